// "A 1 GiB capture in constant memory"; "a broken pipe is quiet".
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HEARTBEAT, MAIN, MESSAGE } from './cli.js';

/** A frame of a megabyte of text, and many small ones. */
const LARGE = Buffer.concat([
  Buffer.from('000f424c01820000', 'hex'),
  Buffer.from('0ac0843d', 'hex'),
  Buffer.alloc(1_000_000, 'x'),
  Buffer.alloc(4),
]);
const SMALL = Buffer.from((MESSAGE + HEARTBEAT).repeat(20_000), 'hex');

interface Ran {
  readonly code: number | null;
  readonly stderr: string;
  /** The most memory that it had, in megabytes. */
  readonly peak: number;
}

/** Feeds it the block again and again. What it writes is thrown away. */
async function run(args: readonly string[], megabytes: number, block: Uint8Array): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, ...args]);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.resume();
  const closed = once(child, 'close') as Promise<[number | null]>;
  let peak = 0;
  for (let sent = 0; sent < megabytes * 1e6; sent += block.length) {
    if (!child.stdin.write(block)) await once(child.stdin, 'drain');
    peak = Math.max(peak, residentMegabytes(child));
  }
  child.stdin.end();
  const [code] = await closed;
  return { code, stderr, peak };
}

function residentMegabytes({ pid }: ChildProcess): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000;
}

describe.skipIf(process.platform !== 'linux')('memory does not grow with the input', { timeout: 300_000 }, () => {
  it.each([
    ['validate', ['validate', '-q'], 600, SMALL],
    ['decode --json', ['decode', '--json', '-q'], 20, SMALL],
    ['decode, of large frames', ['decode', '--json', '-q'], 300, LARGE.subarray(0, 1_000_016)],
    ['inspect', ['inspect', '-q'], 3, SMALL.subarray(0, 55_000)],
    ['inspect, of what is no frame', ['inspect', '-q', '--from', 'raw'], 200, Buffer.alloc(1_000_000, 0xee)],
  ])('%s', async (_name, args, megabytes, block) => {
    const { peak, stderr, code } = await run(args as string[], megabytes as number, block as Uint8Array);
    expect([stderr, code === 0 || code === 1]).toEqual(['', true]);
    expect(peak).toBeGreaterThan(20);
    expect(peak).toBeLessThan(350);
  });
});

describe('a reader that has enough', () => {
  it.each(['decode', 'inspect'])('ends %s without a word', async (command) => {
    const child = spawn(process.execPath, [MAIN, command, '-q']);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => {});
    child.stdout.once('data', () => child.stdout.destroy());
    const closed = once(child, 'close');
    const feed = (): void => {
      if (child.exitCode === null && child.stdin.writable) child.stdin.write(SMALL, () => setImmediate(feed));
    };
    feed();
    const [code] = await closed;
    expect([code, stderr]).toEqual([0, '']);
  });
});
