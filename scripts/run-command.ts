import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly input?: string | Uint8Array;
  /** Exit codes besides 0 that are not failures. */
  readonly mayEndWith?: readonly number[];
  /** Default: 5 minutes; downloads take longest. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 300_000;

/** Runs a program and returns its standard output. Standard error is only shown if it fails. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions): Promise<Buffer> {
  const { cwd, env, input, mayEndWith = [], deadlineMs = DEADLINE_MS } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, timeout: deadlineMs, killSignal: 'SIGKILL' });
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.once('error', reject);
    // A program that exits early does not read its input; its exit code shows why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.once('close', (code, signal) => {
      process.off('exit', kill);
      if (code === 0 || mayEndWith.includes(code ?? -1)) resolve(Buffer.concat(output));
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code ?? signal}:\n${end([...output, ...errors])}`));
    });
  });
}

/** The end of the output: Maven prints errors to standard output, and programs may print much before they fail. */
function end(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString().slice(-3000);
}
