import { execFileSync } from 'node:child_process';

/** Runs npm in a folder and returns what it prints. Throws, with its messages, if it fails. */
export function npm(args: readonly string[], cwd: string): string {
  // On Windows npm is a script, which needs a shell; the arguments are our own.
  return execFileSync('npm', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
}

/** What takes longer hangs. */
const DEADLINE_MS = 110_000;

/** Runs a script by Node in a folder and returns what it prints. Throws, with its messages, if it fails or hangs. */
export function node(args: readonly string[], cwd: string): string {
  return execFileSync(process.execPath, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: DEADLINE_MS });
}
