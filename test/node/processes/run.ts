// Processes of their own: for what a process keeps, how it ends, and how one is killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Child {
  readonly process: ChildProcess;
  /** The next line that it prints. */
  line(): Promise<string>;
  /** What it has written to stderr so far. */
  errors(): string;
  /** Its exit code, or the signal that ended it. */
  readonly exit: Promise<number | string>;
}

/** Starts a file of this folder, which ends with the test. */
export function start(name: string, ...args: string[]): Child {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', path, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    line: async () => (await lines.next()).value as string,
    errors: () => errors,
    exit: once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string),
  };
}
