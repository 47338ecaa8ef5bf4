import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { FrameSplitter, isProtocolError } from '../../src/frame/index.js';
import { hex, join, sameBytes } from './hex.js';
import { thrownBy } from './outcome.js';

/** How many bytes of array buffers a call leaves allocated. */
function bytesLeftBy(call: () => void): number {
  const before = process.memoryUsage().arrayBuffers;
  call();
  return process.memoryUsage().arrayBuffers - before;
}

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Collects what nothing holds; a WeakRef holds its target until the running job ends. */
async function collectGarbage(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  gc();
}

const HEADER_OF_16_MIB = hex('00 ff ff ff 01 07 00 00');
const HEADER_OF_1_MIB = hex('00 0f ff fc 01 07 00 00');
const ignore = () => {};

describe('memory of a FrameSplitter', () => {
  it('is not taken for 16 MiB - 1 that are announced and not sent', () => {
    const splitters: FrameSplitter[] = [];
    const left = bytesLeftBy(() => {
      for (let i = 0; i < 1000; i++) {
        const splitter = new FrameSplitter({ maxFrameBytes: 16_777_219 });
        splitter.push(HEADER_OF_16_MIB, ignore);
        splitters.push(splitter);
      }
    });
    expect(splitters.every((splitter) => splitter.pendingBytes === 8)).toBe(true);
    expect(left).toBeLessThanOrEqual(1000 * 1024);
  });

  it('grows with the bytes that have arrived', () => {
    const splitter = new FrameSplitter({ maxFrameBytes: 16_777_219 });
    const chunk = new Uint8Array(100_000);
    const left = bytesLeftBy(() => {
      splitter.push(HEADER_OF_16_MIB, ignore);
      splitter.push(chunk, ignore);
    });
    expect(splitter.pendingBytes).toBe(100_008);
    expect(left).toBeLessThanOrEqual(202_000);
  });

  it('is given back after a large frame', async () => {
    const splitter = new FrameSplitter();
    const buffers: WeakRef<Uint8Array>[] = [];
    const onFrame = (buffer: Uint8Array) => void buffers.push(new WeakRef(buffer));
    splitter.push(HEADER_OF_1_MIB, onFrame);
    splitter.push(new Uint8Array(1_048_568), onFrame);
    expect(buffers.map((buffer) => buffer.deref()?.length)).toEqual([1_048_576]);
    await collectGarbage();
    expect(buffers.map((buffer) => buffer.deref())).toEqual([undefined]);
    expect(splitter.pendingBytes).toBe(0);
  });

  it('is given back where the stream is broken', async () => {
    const splitter = new FrameSplitter();
    const buffers: WeakRef<Uint8Array>[] = [];
    // onFrame stops in front of the second frame, which so is kept, and the broken third one with it.
    const stream = join(hex('00 00 00 04 01 07 00 00'), HEADER_OF_1_MIB, new Uint8Array(1_048_568), hex('47'));
    splitter.push(stream, () => false);
    const refused = thrownBy(() => splitter.push(hex(''), (buffer) => void buffers.push(new WeakRef(buffer))));
    expect(isProtocolError(refused, 'FOREIGN_PROTOCOL')).toBe(true);
    expect(buffers.map((buffer) => buffer.deref()?.length)).toEqual([1_048_577]);
    await collectGarbage();
    expect(buffers.map((buffer) => buffer.deref())).toEqual([undefined]);
    expect(splitter.pendingBytes).toBe(0);
  });

  it('is one small buffer for all small frames that span chunks', () => {
    const splitter = new FrameSplitter();
    const buffers = new Set<Uint8Array>();
    for (let i = 0; i < 1000; i++) {
      splitter.push(hex('00 00 00 06 01'), ignore);
      splitter.push(hex('07 00 00 08 02'), (buffer) => void buffers.add(buffer));
    }
    expect([...buffers].map((buffer) => buffer.length)).toEqual([1024]);
  });

  it('and work are bounded for 1 MiB in 1-byte chunks', () => {
    const stream = join(
      HEADER_OF_1_MIB,
      new Uint8Array(1_048_568).map((_, i) => i),
    );
    const splitter = new FrameSplitter();
    const frames: Uint8Array[] = [];
    const onFrame = (buffer: Uint8Array, start: number, end: number) => void frames.push(buffer.slice(start, end));
    const left = bytesLeftBy(() => {
      for (let at = 0; at < stream.length - 1; at++) splitter.push(stream.subarray(at, at + 1), onFrame);
    });
    // The buffer, those before it (twice as much) where they were not collected yet; views are no array buffers.
    expect(left).toBeLessThanOrEqual(4 * 1_048_576);
    expect(splitter.pendingBytes).toBe(1_048_575);
    splitter.push(stream.subarray(-1), onFrame);
    expect(frames.map((frame) => sameBytes(frame, stream))).toEqual([true]);
  });
});
