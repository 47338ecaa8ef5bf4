import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import type { Frame, InvalidFrame } from '../../src/codec/frame.js';
import { FrameDecoder } from '../../src/codec/frame-decoder.js';
import { isProtocolError } from '../../src/errors.js';
import { createDeflate } from '../../src/node/deflate.js';
import { ascii, hex, join } from '../frame/hex.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

const HEARTBEAT = hex('00 00 00 06 01 04 00 00 08 05');
const heartbeat = { type: 'HeartbeatInfo', version: 1, flags: 0, message: { sentAtMs: 5n, serverTimeMs: 0n, background: false } };
/** A sound frame whose payload is none: tag 0. */
const MALFORMED = hex('00 00 00 05 01 04 00 00 00');
/** A sound frame whose message breaks rules. */
const INVALID = hex('00 00 00 04 01 03 00 00');
const UNKNOWN_TYPE = hex('00 00 00 05 01 c8 00 00 00');

test('frames are returned in order, as plain objects', () => {
  const decoder = new FrameDecoder();
  const frames = decoder.push(join(HEARTBEAT, hex('00 00 00 07 00 40 00 00 0a 01 01'), HEARTBEAT));
  expect(frames).toEqual([heartbeat, expect.objectContaining({ type: 'Hello', version: 0 }), heartbeat]);
  expect(decoder.pendingBytes).toBe(0);
  decoder.end();
});

test('an incomplete frame waits, no matter which length it announces', () => {
  const decoder = new FrameDecoder({ limits: { maxFrameBytes: 16_777_219 } });
  expect(decoder.push(hex('00 ff ff ff 01 07 00 00 01'))).toEqual([]);
  expect(decoder.pendingBytes).toBe(9);
  expect(thrownBy(() => decoder.end())).toMatchObject({
    code: 'TRUNCATED',
    message: '[TRUNCATED] the stream ended inside a frame: got 9 of 16777219 bytes, at byte 0',
    offset: 0,
  });
});

test('a stream that ends inside a header is TRUNCATED, one that ends between frames is not', () => {
  const decoder = new FrameDecoder();
  decoder.end();
  decoder.push(HEARTBEAT);
  decoder.end();
  decoder.push(hex('00'));
  expect(thrownBy(() => decoder.end()).message).toBe(
    '[TRUNCATED] the stream ended inside the header of a frame: got 1 of 8 bytes, at byte 10',
  );
  expect(thrownBy(() => decoder.push(HEARTBEAT)).code).toBe('TRUNCATED');
});

test('a frame with an invalid payload is a value, and the stream continues', () => {
  const decoder = new FrameDecoder();
  const stream = join(HEARTBEAT, MALFORMED, HEARTBEAT, INVALID, UNKNOWN_TYPE, HEARTBEAT);
  const frames = decoder.push(stream);
  expect(frames.map(({ type }) => type)).toEqual([
    'HeartbeatInfo',
    'invalid',
    'HeartbeatInfo',
    'invalid',
    'invalid',
    'HeartbeatInfo',
  ]);
  const invalid = frames.filter((frame): frame is InvalidFrame => frame.type === 'invalid');
  expect(invalid.map(({ error, ...rest }) => ({ ...rest, text: error.message, offsetInFrame: error.offset }))).toEqual([
    {
      type: 'invalid',
      version: 1,
      typeNumber: 4,
      flags: 0,
      offset: 10,
      bytes: MALFORMED,
      text: '[MALFORMED_PAYLOAD] HeartbeatInfo: tag 0, at byte 8',
      offsetInFrame: 8,
    },
    {
      type: 'invalid',
      version: 1,
      typeNumber: 3,
      flags: 0,
      offset: 29,
      bytes: INVALID,
      text: '[INVALID_MESSAGE] UserInfo breaks 2 rules: userId: got 0, at least 1; terminal: got 0, at least 1',
      offsetInFrame: undefined,
    },
    {
      type: 'invalid',
      version: 1,
      typeNumber: 200,
      flags: 0,
      offset: 37,
      bytes: UNKNOWN_TYPE,
      text: '[UNSUPPORTED_TYPE] type 200 at byte 5, which is unknown',
      offsetInFrame: 5,
    },
  ]);
  for (const { bytes } of invalid) expect(bytes.buffer).toBe(stream.buffer);
});

test('validate: false accepts messages that break rules', () => {
  const [frame] = new FrameDecoder({ validate: false }).push(INVALID);
  expect(frame).toMatchObject({ type: 'UserInfo', message: { userId: 0n, terminal: 0 } });
  expect(new FrameDecoder({ validate: undefined }).push(INVALID)[0].type).toBe('invalid');
});

test.each<[what: string, broken: Uint8Array, text: string]>([
  [
    'another protocol',
    ascii('GET / HTTP/1.1'),
    "[FOREIGN_PROTOCOL] a frame begins with 0x00, got 0x47 'G' at byte 20: this looks like an HTTP request (GET)",
  ],
  [
    'a length below 4',
    hex('00 00 00 02 01 04 00 00'),
    '[FRAME_TOO_SHORT] length field of a frame: got 2, at least 4, at byte 20',
  ],
  ['a length above the limit', hex('00 10 00 00'), '[FRAME_TOO_LARGE] frame of 1048580 bytes, limit 1048576, at byte 20'],
])('the good frames before a break are returned, and the next call throws it: %s', (_, broken, text) => {
  for (const next of ['push', 'end'] as const) {
    const decoder = new FrameDecoder();
    expect(decoder.push(join(HEARTBEAT, HEARTBEAT, broken))).toEqual([heartbeat, heartbeat]);
    const error = thrownBy(() => (next === 'push' ? decoder.push(HEARTBEAT) : decoder.end()));
    expect(error).toMatchObject({ message: text, offset: 20 });
    // From then on it says that it is dead.
    const dead = `[${error.code}] the decoder is dead since byte 20: ${text.slice(String(error.code).length + 3)}`;
    for (const again of [() => decoder.push(HEARTBEAT), () => decoder.end(), () => decoder.push(hex(''))]) {
      expect(thrownBy(again)).toMatchObject({ code: error.code, message: dead, offset: 20 });
    }
  }
  // Alone in its chunk, it is thrown at once, in the same words.
  const decoder = new FrameDecoder();
  decoder.push(join(HEARTBEAT, HEARTBEAT));
  expect(thrownBy(() => decoder.push(broken)).message).toBe(text);
});

test('maxFramesPerPush limits a push; the next one returns the rest, also for an empty chunk', () => {
  for (const max of [1, 2, 3]) {
    const decoder = new FrameDecoder({ limits: { maxFramesPerPush: max } });
    const chunk = join(HEARTBEAT, INVALID, HEARTBEAT, HEARTBEAT, HEARTBEAT);
    const counts = [decoder.push(chunk).length];
    chunk.fill(0xff);
    for (let i = 0; i < 5; i++) counts.push(decoder.push(hex('')).length);
    expect(counts.reduce((a, b) => a + b)).toBe(5);
    expect(Math.max(...counts)).toBe(max);
    expect(decoder.pendingBytes).toBe(0);
  }
});

test('a push of exactly maxFramesPerPush frames is complete; end requires that all were returned', () => {
  const decoder = new FrameDecoder({ limits: { maxFramesPerPush: 2 } });
  expect(decoder.push(join(HEARTBEAT, HEARTBEAT))).toHaveLength(2);
  decoder.end();
  expect(decoder.push(join(HEARTBEAT, HEARTBEAT, HEARTBEAT))).toHaveLength(2);
  expect(() => decoder.end()).toThrow(/^FrameSplitter\.end was called before the frames/);
  expect(decoder.push(hex(''))).toEqual([heartbeat]);
  decoder.end();
});

test('broken framing after maxFramesPerPush frames is reported by the push that reaches it', () => {
  const decoder = new FrameDecoder({ limits: { maxFramesPerPush: 1 } });
  expect(decoder.push(join(HEARTBEAT, HEARTBEAT, hex('16 03 01')))).toHaveLength(1);
  expect(decoder.push(hex(''))).toHaveLength(1);
  expect(thrownBy(() => decoder.push(hex(''))).code).toBe('FOREIGN_PROTOCOL');
});

test('invalid limits are refused', () => {
  for (const maxFrameBytes of [7, 16_777_220, 0, -1, 1.5, Number.NaN]) {
    expect(() => new FrameDecoder({ limits: { maxFrameBytes } })).toThrow(RangeError);
  }
  for (const maxFramesPerPush of [0, -1, Number.NaN]) {
    expect(() => new FrameDecoder({ limits: { maxFramesPerPush } })).toThrow(
      new RangeError(`maxFramesPerPush is 1 or more, got ${maxFramesPerPush}`),
    );
  }
});

test('maxFrameBytes may be changed at any time, with effect from the next frame', () => {
  const decoder = new FrameDecoder({ limits: { maxFrameBytes: 10 } });
  expect(decoder.maxFrameBytes).toBe(10);
  expect(decoder.push(HEARTBEAT)).toHaveLength(1);
  const larger = hex('00 00 00 07 01 04 00 00 08 85 00');
  decoder.maxFrameBytes = 11;
  expect(decoder.push(larger)).toHaveLength(1);
  // A frame whose header was looked at goes by the limit of then.
  decoder.push(larger.subarray(0, 8));
  decoder.maxFrameBytes = 10;
  expect(decoder.push(larger.subarray(8))).toHaveLength(1);
  expect(thrownBy(() => decoder.push(larger))).toMatchObject({ code: 'FRAME_TOO_LARGE', limit: 10, actual: 11 });
});

test('the version may be set once it is negotiated', () => {
  const decoder = new FrameDecoder();
  expect(decoder.version).toBeUndefined();
  expect(decoder.push(HEARTBEAT)[0].type).toBe('HeartbeatInfo');
  decoder.version = 2;
  expect(decoder.push(HEARTBEAT)[0]).toMatchObject({
    type: 'invalid',
    version: 1,
    error: { message: '[UNSUPPORTED_VERSION] version 1 at byte 4, expected 2 (negotiated)' },
  });
  expect(decoder.push(hex('00 00 00 07 00 40 00 00 0a 01 01'))[0].type).toBe('Hello');
  decoder.version = 1;
  expect(decoder.push(HEARTBEAT)[0].type).toBe('HeartbeatInfo');
});

test('compressed frames are read once deflate is negotiated', () => {
  const decoder = new FrameDecoder();
  const compressed = hex('00 00 00 06 01 04 00 01 03 00');
  expect(decoder.push(compressed)[0]).toMatchObject({ type: 'invalid', flags: 1, error: { code: 'NOT_NEGOTIATED' } });
  decoder.deflate = createDeflate();
  expect(decoder.push(compressed)[0]).toEqual({
    ...heartbeat,
    flags: 1,
    message: { sentAtMs: 0n, serverTimeMs: 0n, background: false },
  });
});

const TOPIC = encodeFrame('TopicMessage', { topic: 't', payload: { $case: 'raw', value: hex('01 02 03') } });
const rawOf = (frame: Frame | InvalidFrame): Uint8Array | undefined =>
  frame.type === 'TopicMessage' && frame.message.payload?.$case === 'raw' ? frame.message.payload.value : undefined;

test('bytes of a frame within one chunk are views of it', () => {
  const chunk = join(HEARTBEAT, TOPIC);
  const raw = rawOf(new FrameDecoder().push(chunk)[1])!;
  expect(raw.buffer).toBe(chunk.buffer);
  chunk.fill(9);
  expect(raw).toEqual(hex('09 09 09'));
});

test('bytes of a frame that spans chunks are views of a copy, which does not change', () => {
  for (let cut = 1; cut < TOPIC.length; cut++) {
    const decoder = new FrameDecoder();
    const chunks = [TOPIC.slice(0, cut), join(TOPIC.subarray(cut), TOPIC.subarray(0, cut)), TOPIC.slice(cut)];
    const raws: Uint8Array[] = [];
    for (const chunk of chunks) {
      for (const frame of decoder.push(chunk)) raws.push(rawOf(frame)!);
      chunk.fill(0xff);
    }
    const later = join(...Array(30).fill(HEARTBEAT));
    for (let at = 0; at < later.length; at += 7) decoder.push(later.slice(at, at + 7));
    expect(raws).toEqual([hex('01 02 03'), hex('01 02 03')]);
  }
});

test('bytes of an invalid frame that spans chunks are a copy as well', () => {
  const decoder = new FrameDecoder();
  const first = MALFORMED.slice(0, 4);
  decoder.push(first);
  const [frame] = decoder.push(MALFORMED.slice(4));
  const later = join(...Array(30).fill(HEARTBEAT));
  for (let at = 0; at < later.length; at += 7) decoder.push(later.slice(at, at + 7));
  expect(frame).toMatchObject({ type: 'invalid', offset: 0, bytes: MALFORMED });
});

test('a chunk may be reused: an incomplete frame was copied', () => {
  const decoder = new FrameDecoder();
  const buffer = new Uint8Array(7);
  const frames: unknown[] = [];
  const stream = join(...Array(10).fill(HEARTBEAT));
  for (let at = 0; at < stream.length; at += 7) {
    const part = stream.subarray(at, at + 7);
    buffer.set(part);
    frames.push(...decoder.push(buffer.subarray(0, part.length)));
    buffer.fill(0xff);
  }
  expect(frames).toEqual(Array(10).fill(heartbeat));
});

test('a chunk is a Uint8Array', () => {
  const decoder = new FrameDecoder();
  for (const value of ['text', [0], undefined, null, new ArrayBuffer(8)]) {
    expect(() => decoder.push(value as unknown as Uint8Array)).toThrow(TypeError);
  }
  expect(decoder.push(Buffer.from(HEARTBEAT))).toEqual([heartbeat]);
});

/** All that a decoder makes of chunks, in words. */
function outcome(chunks: readonly Uint8Array[], maxFramesPerPush?: number): unknown[] {
  const decoder = new FrameDecoder({ limits: { maxFramesPerPush } as never });
  const seen: unknown[] = [];
  const add = (frames: readonly (Frame | InvalidFrame)[]): number => {
    for (const frame of frames)
      seen.push(frame.type === 'invalid' ? [frame.error.message, frame.offset, [...frame.bytes]] : structuredClone(frame));
    return frames.length;
  };
  try {
    for (const chunk of chunks) add(decoder.push(chunk));
    while (add(decoder.push(new Uint8Array(0))) > 0);
    decoder.end();
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    seen.push([error.message, error.offset, error.limit, error.actual]);
  }
  return seen;
}

test(`any chunking of any stream gives the same frames, faults and break (seed ${SEED})`, () => {
  const good = fc.constantFrom(HEARTBEAT, TOPIC, INVALID, MALFORMED, UNKNOWN_TYPE, hex('00 00 00 04 00 40 00 00'));
  const end = fc.oneof(
    fc.constant(new Uint8Array(0)),
    fc.constantFrom(
      hex('16 03 01 00'),
      hex('00 00 00 00'),
      hex('00 00 00 03 01'),
      hex('00 20 00 00 01'),
      hex('00 00 00 09 7b'),
      HEARTBEAT.slice(0, 9),
    ),
    fc.uint8Array({ maxLength: 12 }),
  );
  const stream = fc.tuple(fc.array(good, { maxLength: 12 }), end, fc.array(good, { maxLength: 2 }));
  fc.assert(
    fc.property(
      stream,
      fc.array(fc.nat({ max: 200 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 5 }),
      ([before, broken, behind], cuts, max) => {
        const bytes = join(...before, broken, ...behind);
        const whole = outcome([bytes]);
        const sorted = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
        const chunks = sorted.slice(1).map((cut, i) => bytes.slice(sorted[i], cut));
        expect(outcome(chunks)).toEqual(whole);
        expect(outcome([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
        expect(outcome(chunks, max)).toEqual(whole);
      },
    ),
    { seed: SEED, numRuns: 300 },
  );
});

test('a push inflates no more than maxInflatedBytesPerPush and one frame; the next returns the rest', () => {
  const payload = Uint8Array.of(8, 0xe8, 7);
  const deflate = { deflate: (bytes: Uint8Array) => bytes, inflate: () => payload };
  const chunk = Uint8Array.from(Array.from({ length: 10 }, () => [0, 0, 0, 5, 1, 7, 0, 1, 0]).flat());
  for (const [maxInflatedBytesPerPush, counts] of [
    [5, [2, 2, 2, 2, 2, 0]],
    [6, [2, 2, 2, 2, 2, 0]],
    [7, [3, 3, 3, 1]],
    [undefined, [10]],
  ] as const) {
    const decoder = new FrameDecoder({ deflate, limits: { maxInflatedBytesPerPush } as never });
    expect(decoder.deflate).toBe(deflate);
    expect(counts.map((_, i) => decoder.push(i === 0 ? chunk : new Uint8Array(0)).length)).toEqual(counts);
  }
  expect(() => new FrameDecoder({ limits: { maxInflatedBytesPerPush: 0 } })).toThrow(
    new RangeError('maxInflatedBytesPerPush is 1 or more, got 0'),
  );
});
