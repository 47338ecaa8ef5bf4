// Starts a client or server program. It is killed when this process exits.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Program } from '../languages/language.js';
import { linesOf } from './lines-of.js';

export interface RunningProgram {
  /** The lines printed so far. */
  readonly lines: readonly string[];
  /** Resolves with the first line that passes, past or future. Rejects if the program ends, or after 20 s. */
  line(passes: (line: string) => boolean): Promise<string>;
  /** Ends standard input, on which programs exit, and resolves with the exit code. Killed after 20 s. */
  end(): Promise<number | null>;
}

const DEADLINE_MS = 20_000;

export function startProgram({ program, args, cwd, env }: Program, moreArgs: readonly string[]): RunningProgram {
  const child = spawn(program, [...args, ...moreArgs], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const { lines, line } = linesOf(child.stdout, DEADLINE_MS);
  const exited = exitCode(child).finally(() => process.off('exit', kill));
  return {
    lines,
    line,
    async end() {
      child.stdin.end();
      const timer = setTimeout(kill, DEADLINE_MS);
      return exited.finally(() => clearTimeout(timer));
    },
  };
}

function exitCode(child: ChildProcessByStdio<Writable, Readable, null>): Promise<number | null> {
  child.stdin.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}
