import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd: string;
  /** On top of the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly input?: string | Uint8Array;
  /** Exit codes besides 0 that are no failure. */
  readonly mayEndWith?: readonly number[];
}

/** So long may a program take; fetching what a language needs is the longest. */
const DEADLINE_MS = 300_000;

/** Runs a program to its end and returns its standard output. Its standard error is told only where it fails. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<Buffer> {
  const { cwd, env, input, mayEndWith = [] } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, timeout: DEADLINE_MS, killSignal: 'SIGKILL' });
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.once('error', reject);
    // A program that ends early does not read the rest; how it ended says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('close', (code, signal) => {
      process.off('exit', kill);
      if (code === 0 || mayEndWith.includes(code ?? -1)) resolve(Buffer.concat(output));
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code ?? signal}:\n${end([...output, ...errors])}`));
    });
  });
}

/** As much as helps: Maven tells its errors on standard output, and a program that answers vectors has told much before it fails. */
function end(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString().slice(-3000);
}
