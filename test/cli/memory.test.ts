// "A 1 GiB capture in constant memory"; "a broken pipe is quiet".
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { be, ipv4, pcap, tcp } from './capture/write-capture.js';
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

/** Frames in segments of a hundred connections, each of which goes on where it was in the block before. */
function* captureBlocks(wrap: (frames: Buffer) => Buffer, start: Buffer): Generator<Uint8Array> {
  const payload = wrap(SMALL.subarray(0, 1375));
  const sides = Array.from({ length: 100 }, (_, i) => `10.0.0.1:${5000 + i}`);
  const segment = (from: string, number: number, bytes: Buffer, flags: 'SYN' | 'ACK'): Buffer =>
    ipv4(tcp(bytes, { from, number: number % 2 ** 32, flags }), { from });
  yield pcap(
    sides.flatMap((from) => [segment(from, 0, Buffer.alloc(0), 'SYN'), segment(from, 1, start, 'ACK')]),
    { link: 101 },
  );
  for (let number = 1 + start.length; ; number += payload.length) {
    yield pcap(
      sides.map((from) => segment(from, number, payload, 'ACK')),
      { link: 101 },
    ).subarray(24);
  }
}

/** A field of protobuf. */
function delimited(field: number, bytes: Uint8Array): Buffer {
  const length: number[] = [];
  for (let left = bytes.length; length.length === 0 || left > 0; left >>>= 7) length.push((left & 127) | (left > 127 ? 128 : 0));
  return Buffer.concat([Buffer.of((field << 3) | 2, ...length), bytes]);
}

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: im.v1\r\n\r\n');
/** A masked message of 126 bytes or more. The mask is 0. */
const message = (frames: Buffer): Buffer =>
  Buffer.concat([Buffer.from('82fe', 'hex'), be(2, frames.length), Buffer.alloc(4), frames]);

function* again(block: Uint8Array): Generator<Uint8Array> {
  for (;;) yield block;
}

/** Feeds it blocks, up to so many megabytes. What it writes is thrown away. */
async function run(args: readonly string[], megabytes: number, blocks: Iterable<Uint8Array>): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, ...args]);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.resume();
  const closed = once(child, 'close') as Promise<[number | null]>;
  let peak = 0;
  let sent = 0;
  for (const block of blocks) {
    if (sent >= megabytes * 1e6) break;
    sent += block.length;
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
  it.each<[string, string[], number, Iterable<Uint8Array>]>([
    ['validate', ['validate', '-q'], 600, again(SMALL)],
    ['decode --json', ['decode', '--json', '-q'], 20, again(SMALL)],
    ['decode, of large frames', ['decode', '--json', '-q'], 300, again(LARGE.subarray(0, 1_000_016))],
    ['inspect', ['inspect', '-q'], 3, again(SMALL.subarray(0, 55_000))],
    ['inspect, of what is no frame', ['inspect', '-q', '--from', 'raw'], 200, again(Buffer.alloc(1_000_000, 0xee))],
    ['validate, of a capture', ['validate', '-q'], 200, captureBlocks((frames) => frames, SMALL.subarray(0, 55))],
    ['validate, of WebSockets in a capture', ['validate', '-q'], 200, captureBlocks(message, REQUEST)],
  ])('%s', async (_name, args, megabytes, blocks) => {
    const { peak, stderr, code } = await run(args, megabytes, blocks);
    expect([stderr, code === 0 || code === 1]).toEqual(['', true]);
    expect(peak).toBeGreaterThan(20);
    expect(peak).toBeLessThan(350);
  });
});

it.skipIf(process.platform !== 'linux')(
  'nor with what compressed frames hold, which is a thousand times as much',
  { timeout: 100_000 },
  async () => {
    // A private message of 16 MiB of text, in 16 kB; a dozen of them are read from the file at once.
    const text = delimited(10, delimited(10, delimited(1, Buffer.alloc(16_777_000, 'a'))));
    const payload = deflateRawSync(Buffer.concat([Buffer.from('0804', 'hex'), delimited(14, text)]), { level: 9 });
    const frame = Buffer.concat([be(4, payload.length + 4), Buffer.from('01070001', 'hex'), payload]);
    const folder = mkdtempSync(join(tmpdir(), 'im-memory-'));
    try {
      const file = join(folder, 'frames.bin');
      writeFileSync(file, Buffer.concat(Array.from({ length: 12 }, () => frame)));
      const child = spawn(process.execPath, [MAIN, 'decode', '--json', '-q', file]);
      let [peak, bytes] = [0, 0];
      child.stdout.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (child.exitCode === null) peak = Math.max(peak, residentMegabytes(child));
      });
      expect(await once(child, 'close')).toEqual([1, null]);
      expect(bytes).toBeGreaterThan(12 * 16_777_000);
      expect(peak).toBeGreaterThan(20);
      expect(peak).toBeLessThan(450);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

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

it('decode reads no further than broken framing, where there is one stream', async () => {
  const child = spawn(process.execPath, [MAIN, 'decode', '-q', '--from', 'raw']);
  child.stdin.on('error', () => {});
  const closed = once(child, 'close');
  // And the input stays open.
  child.stdin.write('GET / HTTP/1.1\r\n');
  expect((await closed)[0]).toBe(1);
});
