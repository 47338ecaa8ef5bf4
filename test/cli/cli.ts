// Runs the command line as it was built, in a process of its own.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../package/root.js';

export const MAIN = join(ROOT, 'dist/cli/main.js');

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Buffer;
}

const ENV = { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_PATH: process.env['NODE_PATH'] };

/** @param input what it reads from stdin. */
export function cli(args: readonly string[], input: string | Uint8Array = '', env: Record<string, string> = {}): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    input,
    cwd: ROOT,
    env: { ...ENV, ...env },
    maxBuffer: 1 << 30,
  });
  return { code: status, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8'), bytes: stdout };
}

/** The same, while this process goes on: for what talks to it. */
export async function cliAsync(args: readonly string[], env: Record<string, string> = {}): Promise<Omit<Result, 'bytes'>> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT, env: { ...ENV, ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

/** A heartbeat, and a private message. */
export const HEARTBEAT = '0000000d0107000008021001620308e807';
export const MESSAGE = '00000022010700000804100372180a04080110011002520e1202633152080a06e4bda0e5a5bd';
/** A login whose token is "abc". */
export const LOGIN = '0000000f010700000801100152050a03616263';
