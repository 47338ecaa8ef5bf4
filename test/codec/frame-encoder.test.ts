import { expect, test } from 'vitest';
import { Command } from '../../generated/models.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { FrameDecoder } from '../../src/codec/frame-decoder.js';
import { FrameEncoder } from '../../src/codec/frame-encoder.js';
import { createDeflate } from '../../src/node/deflate.js';
import { hex, join, sameBytes } from '../frame/hex.js';
import { thrownBy } from '../thrown-by.js';

const FRAME = hex('00 00 00 06 01 04 00 00 08 05');

test('take returns all pushed frames in order, and starts an empty buffer', () => {
  const encoder = new FrameEncoder();
  encoder.push('HeartbeatInfo', { sentAtMs: 5n });
  encoder.push('Hello', { versions: [1] });
  expect(encoder.length).toBe(21);
  expect(encoder.take()).toEqual(join(FRAME, hex('00 00 00 07 00 40 00 00 0a 01 01')));
  expect(encoder.length).toBe(0);
  expect(encoder.take()).toEqual(new Uint8Array(0));
  encoder.push('HeartbeatInfo', { sentAtMs: 5n });
  expect(encoder.take()).toEqual(FRAME);
});

test('its frames are those of encodeFrame, whatever their sizes', () => {
  const encoder = new FrameEncoder({ validate: false, maxFrameBytes: 16_777_219 });
  const expected: Uint8Array[] = [];
  for (const size of [0, 1, 100, 4000, 5000, 20_000, 3, 300_000, 0, 2_000_000, 7]) {
    const message = {
      topic: 'x'.repeat(size % 5000),
      payload: { $case: 'raw' as const, value: new Uint8Array(size).fill(size) },
    };
    encoder.push('TopicMessage', message);
    expected.push(encodeFrame('TopicMessage', message, { validate: false, maxFrameBytes: 16_777_219 }));
  }
  expect(sameBytes(encoder.take(), join(...expected))).toBe(true);
});

test('an array that was taken is not written to again', () => {
  const encoder = new FrameEncoder();
  encoder.push('HeartbeatInfo', { sentAtMs: 5n });
  const taken = encoder.take();
  for (let i = 0; i < 100; i++) encoder.push('HeartbeatInfo', { sentAtMs: 6n });
  expect(taken).toEqual(FRAME);
  expect(encoder.take().buffer).not.toBe(taken.buffer);
});

test('an array that was passed to reuse is written to again', () => {
  const encoder = new FrameEncoder();
  encoder.push('HeartbeatInfo', { sentAtMs: 5n });
  const first = encoder.take();
  encoder.reuse(first);
  encoder.push('HeartbeatInfo', { sentAtMs: 6n });
  const second = encoder.take();
  expect(second.buffer).toBe(first.buffer);
  expect(second).toEqual(hex('00 00 00 06 01 04 00 00 08 06'));
});

test('an array passed to reuse while frames wait, or a huge one, is not kept', () => {
  const encoder = new FrameEncoder({ validate: false, maxFrameBytes: 16_777_219 });
  encoder.push('HeartbeatInfo', { sentAtMs: 5n });
  const first = encoder.take();
  encoder.push('HeartbeatInfo', { sentAtMs: 5n });
  encoder.reuse(first);
  expect(encoder.take().buffer).not.toBe(first.buffer);
  encoder.push('TopicMessage', { payload: { $case: 'raw', value: new Uint8Array(4_200_000) } });
  const huge = encoder.take();
  encoder.reuse(huge);
  encoder.push('HeartbeatInfo', { sentAtMs: 5n });
  const next = encoder.take();
  expect(next.buffer).not.toBe(huge.buffer);
  expect(next).toEqual(FRAME);
  encoder.reuse(new Uint8Array(0));
  encoder.push('HeartbeatInfo', { sentAtMs: 5n });
  expect(encoder.take()).toEqual(FRAME);
});

test('a push that throws appends nothing', () => {
  const encoder = new FrameEncoder();
  encoder.push('HeartbeatInfo', { sentAtMs: 5n });
  const refusals: [() => void, string][] = [
    [() => encoder.push('UserInfo', {}), 'INVALID_MESSAGE'],
    [() => encoder.push('SendInfo', { cmd: Command.LOGIN }), 'COMMAND_DATA_MISMATCH'],
    [() => encoder.push('SendInfo', { cmd: 1.5 as Command }), 'INVALID_MESSAGE'],
    [() => encoder.push('SendInfo', null as unknown as object), 'INVALID_MESSAGE'],
    [() => encoder.push('Nothing' as 'SendInfo', {}), 'UNSUPPORTED_TYPE'],
    [() => encoder.push('HeartbeatInfo', {}, { version: 0 }), 'UNSUPPORTED_VERSION'],
    [() => encoder.push('HeartbeatInfo', {}, { flags: 4 }), 'UNSUPPORTED_FLAGS'],
    [() => encoder.push('HeartbeatInfo', {}, { maxFrameBytes: 7 }), 'FRAME_TOO_LARGE'],
    [
      () =>
        encoder.push('TopicMessage', { topic: 'x'.repeat(100_000), deliverAtMs: 1 as unknown as bigint }, { validate: false }),
      'INVALID_MESSAGE',
    ],
  ];
  for (const [push, code] of refusals) {
    expect(thrownBy(push).code).toBe(code);
    expect(encoder.length).toBe(10);
  }
  encoder.push('HeartbeatInfo', { sentAtMs: 5n });
  expect(encoder.take()).toEqual(join(FRAME, FRAME));
});

test('options of the encoder apply to each push without options', () => {
  const encoder = new FrameEncoder({ version: 3, flags: 2 });
  encoder.push('HeartbeatInfo', {});
  encoder.push('HeartbeatInfo', {}, { version: 4 });
  expect(encoder.take()).toEqual(hex('00 00 00 04 03 04 00 02 00 00 00 04 04 04 00 00'));
  const compressing = new FrameEncoder({ compress: createDeflate() });
  compressing.push(
    'TopicMessage',
    { topic: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' },
    { compress: createDeflate(), validate: false },
  );
  expect(compressing.take()[7]).toBe(1);
});

test('a getter that uses the encoder inside push is refused, and the pushed frames stay correct', () => {
  const encoder = new FrameEncoder();
  encoder.push('HeartbeatInfo', { sentAtMs: 5n });
  const uses: [name: string, use: () => unknown][] = [
    ['push', () => encoder.push('HeartbeatInfo', { sentAtMs: 7n })],
    ['take', () => encoder.take()],
    ['reuse', () => encoder.reuse(new Uint8Array(100))],
  ];
  for (const [name, use] of uses) {
    const message = {
      get sentAtMs(): bigint {
        use();
        return 1n;
      },
    };
    expect(() => encoder.push('HeartbeatInfo', message)).toThrow(new Error(`FrameEncoder.${name} was called from inside push`));
  }
  expect(encoder.take()).toEqual(FRAME);
});

test('a getter may encode with another encoder', () => {
  const encoder = new FrameEncoder();
  const other = new FrameEncoder();
  encoder.push('HeartbeatInfo', {
    get sentAtMs() {
      encodeFrame('HeartbeatInfo', { sentAtMs: 9n });
      other.push('HeartbeatInfo', { sentAtMs: 8n });
      return 5n;
    },
  });
  expect(encoder.take()).toEqual(FRAME);
  expect(other.take().length % 10).toBe(0);
});

test('a thousand frames are one array that a decoder splits', () => {
  const encoder = new FrameEncoder();
  for (let i = 1; i <= 1000; i++) encoder.push('HeartbeatInfo', { sentAtMs: BigInt(i) });
  const frames = new FrameDecoder().push(encoder.take());
  expect(frames).toHaveLength(1000);
  expect(frames.every((frame, i) => frame.type === 'HeartbeatInfo' && frame.message.sentAtMs === BigInt(i + 1))).toBe(true);
});
