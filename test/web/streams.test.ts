// Frames as web streams.
import { expect, it } from 'vitest';
import { encodeFrame, type Frame, type FrameName, type InvalidFrame } from '../../src/index.js';
import { createDecoderStream, createEncoderStream } from '../../src/web/streams.js';
import { custom, textOf } from '../connection/messages.js';

function streamOf<T>(items: readonly T[]): ReadableStream<T> {
  return new ReadableStream({
    start(controller) {
      for (const item of items) controller.enqueue(item);
      controller.close();
    },
  });
}

async function all<T>(stream: ReadableStream<T>): Promise<T[]> {
  const items: T[] = [];
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) items.push(next.value);
  return items;
}

type Message = { type: FrameName; message: Frame['message'] };
const message = (text: string): Message => ({ type: 'SendInfo', message: custom(text) as Frame['message'] });
const decoded = (chunks: readonly Uint8Array[]): Promise<(Frame | InvalidFrame)[]> =>
  all(streamOf(chunks).pipeThrough(createDecoderStream() as never));

it('frames go through both, in chunks of any size', async () => {
  const texts = ['a', 'b'.repeat(1000), 'c'];
  const chunks = await all(
    streamOf(texts.map(message)).pipeThrough(createEncoderStream() as never) as ReadableStream<Uint8Array>,
  );
  const bytes = Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
  for (const size of [1, 7, bytes.length]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
    const frames = await decoded(pieces);
    expect(frames.map((frame) => (frame.type === 'SendInfo' ? textOf(frame.message) : frame.type))).toEqual(texts);
  }
});

it('a frame with a bad payload is a value, and the stream goes on', async () => {
  const bad = Uint8Array.of(0, 0, 0, 6, 1, 7, 0, 0, 8, 0x80);
  const frames = await decoded([bad, encodeFrame('SendInfo', { cmd: 1000 })]);
  expect(frames.map(({ type }) => type)).toEqual(['invalid', 'SendInfo']);
});

it.each([
  ['the end inside a frame', Uint8Array.of(0, 0, 0), 'TRUNCATED'],
  ['another protocol', Uint8Array.of(0x47), 'FOREIGN_PROTOCOL'],
])('%s fails the stream', async (_what, bytes, code) => {
  await expect(decoded([bytes])).rejects.toMatchObject({ code });
});

it('a message that breaks a rule fails the stream', async () => {
  const bad = { type: 'SendInfo', message: { cmd: 0 } as Frame['message'] } as Message;
  await expect(all(streamOf([bad]).pipeThrough(createEncoderStream() as never))).rejects.toMatchObject({
    code: 'INVALID_MESSAGE',
  });
});

it('a decoder stream decodes no more than its reader has room for, and ends with its reader', async () => {
  const push = encodeFrame('SendInfo', { cmd: 1000 });
  let inflated = 0;
  const deflate = {
    deflate: () => Uint8Array.of(0),
    inflate() {
      inflated += 1;
      return Uint8Array.from([...push.subarray(8), ...new Uint8Array(0)]);
    },
  };
  const compressed = Uint8Array.of(0, 0, 0, 5, 1, 7, 0, 1, 0);
  const chunk = Uint8Array.from(Array.from({ length: 5000 }, () => [...compressed]).flat());
  const { readable, writable } = createDecoderStream({ deflate });
  const writer = writable.getWriter();
  const written = writer.write(chunk).then(() => writer.close());
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(inflated).toBe(2048);
  expect(await all(readable)).toHaveLength(5000);
  await written;
  const second = createDecoderStream({ deflate });
  const refused = second.writable.getWriter().write(chunk);
  await second.readable.cancel('enough');
  await refused.catch(() => {});
  expect(inflated).toBeLessThan(5000 + 5000);
});
