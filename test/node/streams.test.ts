// Frames as streams of Node, in pipelines with files.
import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, it, onTestFinished } from 'vitest';
import { encodeFrame, type Frame, type InvalidFrame } from '../../src/index.js';
import { createDecoderStream, createDeflate, createEncoderStream } from '../../src/node/index.js';
import { custom, textOf } from '../connection/messages.js';

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'im-streams-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'frames');
}

/** Collects, as slowly as an application may be. */
function collector(): { sink: Writable; frames: (Frame | InvalidFrame)[] } {
  const frames: (Frame | InvalidFrame)[] = [];
  const sink = new Writable({
    objectMode: true,
    highWaterMark: 1,
    write(frame, _encoding, done) {
      frames.push(frame);
      setImmediate(done);
    },
  });
  return { sink, frames };
}

const texts = Array.from({ length: 1000 }, (_, i) => String(i).repeat(100));
const messages = texts.map((text) => ({ type: 'SendInfo', message: custom(text) }));

it('frames are written to a file and read back, in chunks of any size', async () => {
  const path = file();
  await pipeline(Readable.from(messages), createEncoderStream(), createWriteStream(path));
  for (const highWaterMark of [1000, 65_536]) {
    const { sink, frames } = collector();
    await pipeline(createReadStream(path, { highWaterMark }), createDecoderStream(), sink);
    expect(frames.map((frame) => (frame.type === 'SendInfo' ? textOf(frame.message) : frame.type))).toEqual(texts);
  }
});

it('a frame with an invalid payload is a value, and the stream continues', async () => {
  const { sink, frames } = collector();
  const bad = Uint8Array.of(0, 0, 0, 6, 1, 7, 0, 0, 8, 0x80);
  const good = encodeFrame('SendInfo', { cmd: 1000 });
  await pipeline(Readable.from([bad, good], { objectMode: false }), createDecoderStream(), sink);
  expect(frames.map(({ type }) => type)).toEqual(['invalid', 'SendInfo']);
});

it('a stream that ends inside a frame fails as TRUNCATED', async () => {
  const path = file();
  writeFileSync(path, encodeFrame('SendInfo', { cmd: 1000 }).subarray(0, 9));
  const { sink } = collector();
  await expect(pipeline(createReadStream(path), createDecoderStream(), sink)).rejects.toMatchObject({ code: 'TRUNCATED' });
});

it('broken framing fails the stream, with its code', async () => {
  const { sink } = collector();
  const failed = pipeline(Readable.from([Buffer.from('GET / HTTP/1.1')], { objectMode: false }), createDecoderStream(), sink);
  await expect(failed).rejects.toMatchObject({ code: 'FOREIGN_PROTOCOL' });
});

it('a message that breaks a rule fails the stream, with its code', async () => {
  const { sink } = collector();
  const failed = pipeline(Readable.from([{ type: 'SendInfo', message: { cmd: 0 } }]), createEncoderStream(), sink);
  await expect(failed).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
});

it('options are those of encodeFrame and of a decoder', async () => {
  const { sink, frames } = collector();
  const source = Readable.from([{ type: 'SendInfo', message: { cmd: 0 } }]);
  await pipeline(source, createEncoderStream({ validate: false }), createDecoderStream({ validate: false }), sink);
  expect(frames.map(({ type }) => type)).toEqual(['SendInfo']);
});

it('a decoder stream decodes and inflates no more than its reader has room for', async () => {
  let inflated = 0;
  const { inflate, ...rest } = createDeflate();
  const deflate = {
    ...rest,
    inflate(bytes: Uint8Array, maxBytes: number) {
      inflated += 1;
      return inflate(bytes, maxBytes);
    },
  };
  const value = { typeUrl: 'a/b', value: new Uint8Array(1_000_000) };
  const bomb = encodeFrame('SendInfo', { cmd: 1000, data: { $case: 'custom', value } }, { compress: createDeflate() });
  const stream = createDecoderStream({ deflate });
  stream.write(Buffer.concat(new Array<Uint8Array>(200).fill(bomb)));
  await new Promise((resolve) => setImmediate(resolve));
  expect(inflated).toBeLessThan(25);
  stream.end();
  let count = 0;
  for await (const _frame of stream) count += 1;
  expect([count, inflated]).toEqual([200, 200]);
});
