// COMPRESSED: "only on a connection that agreed deflate, never on LOGIN; each frame one complete raw DEFLATE stream, nothing after it;
// 8 + the inflated size obeys the receiver's max_frame_bytes, checked while inflating". By both implementations.
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Command } from '../../generated/models.js';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { encodeFrame } from '../../src/codec/encode-frame.js';
import { FrameDecoder } from '../../src/codec/frame-decoder.js';
import { encodeRawFrame } from '../../src/frame/encode-raw-frame.js';
import { createDeflate as createNodeDeflate } from '../../src/node/deflate.js';
import { createDeflate as createWebDeflate } from '../../src/pako/deflate.js';
import { hex } from '../frame/hex.js';
import { keptMemory } from '../kept-memory.js';
import { thrownBy } from '../thrown-by.js';

const compressed = (type: number, payload: Uint8Array): Uint8Array =>
  encodeRawFrame(type, new Uint8Array(deflateRawSync(payload)), { flags: 1 });
const text = 'the same words, the same words, the same words, the same words, the same words';
const message = {
  cmd: Command.PRIVATE_MESSAGE,
  data: {
    $case: 'privateMessage' as const,
    value: {
      sender: { userId: 1n, terminal: 1 },
      receiverId: 2n,
      content: { body: { $case: 'text' as const, value: { text } } },
    },
  },
};

describe.each([
  ['node', createNodeDeflate],
  ['web', createWebDeflate],
])('deflate of %s', (_, createDeflate) => {
  const deflate = createDeflate();

  test('a payload that gets smaller is compressed, and decoded again', () => {
    const plain = encodeFrame('SendInfo', message);
    const frame = encodeFrame('SendInfo', message, { compress: deflate });
    expect(frame.length).toBeLessThan(plain.length);
    expect([...frame.subarray(0, 8)]).toEqual([0, 0, 0, frame.length - 4, 1, 7, 0, 1]);
    const { flags, ...decoded } = decodeFrame(frame, { deflate });
    const { flags: none, ...expected } = decodeFrame(plain);
    expect([flags, none]).toEqual([1, 0]);
    expect(decoded).toEqual(expected);
    expect(new FrameDecoder({ deflate }).push(frame)).toEqual([{ ...expected, flags: 1 }]);
  });

  test('other flags are kept', () => {
    expect([...encodeFrame('SendInfo', message, { compress: deflate, flags: 0x0102 }).subarray(6, 8)]).toEqual([1, 3]);
  });

  test('a payload that does not get smaller is sent uncompressed', () => {
    expect(encodeFrame('HeartbeatInfo', { sentAtMs: 5n }, { compress: deflate })).toEqual(hex('00 00 00 06 01 04 00 00 08 05'));
    expect(encodeFrame('HeartbeatInfo', {}, { compress: deflate })).toEqual(hex('00 00 00 04 01 04 00 00'));
  });

  test('LOGIN is never compressed, nor the handshake', () => {
    const login = { cmd: Command.LOGIN, data: { $case: 'login' as const, value: { accessToken: 'a'.repeat(500) } } };
    expect(encodeFrame('SendInfo', login, { compress: deflate })).toEqual(encodeFrame('SendInfo', login));
    const info = { accessToken: 'a'.repeat(500) };
    expect(encodeFrame('LoginInfo', info, { compress: deflate })).toEqual(encodeFrame('LoginInfo', info));
    const session = {
      cmd: Command.LOGIN,
      data: { $case: 'session' as const, value: { userId: 1n, terminal: 1, sessionId: 'a'.repeat(128) } },
    };
    expect(encodeFrame('SendInfo', session, { compress: deflate })).toEqual(encodeFrame('SendInfo', session));
    const hello = { versions: [1], agent: 'a'.repeat(256) };
    expect(encodeFrame('Hello', hello, { compress: deflate })).toEqual(encodeFrame('Hello', hello));
  });

  test('a compressed LOGIN is NOT_NEGOTIATED', () => {
    const login = encodeFrame('SendInfo', {
      cmd: Command.LOGIN,
      data: { $case: 'login', value: { accessToken: 'token' } },
    }).subarray(8);
    for (const frame of [compressed(7, login), compressed(1, encodeFrame('LoginInfo', { accessToken: 'token' }).subarray(8))]) {
      for (const validate of [true, false]) {
        expect(thrownBy(() => decodeFrame(frame, { deflate, validate }))).toMatchObject({
          code: 'NOT_NEGOTIATED',
          message: '[NOT_NEGOTIATED] LOGIN is never compressed',
          offset: 6,
        });
      }
    }
  });

  test('the limit applies before compression: a payload that the receiver could not inflate is not sent', () => {
    const plain = encodeFrame('SendInfo', message).length;
    expect(() => encodeFrame('SendInfo', message, { compress: deflate, maxFrameBytes: plain })).not.toThrow();
    expect(thrownBy(() => encodeFrame('SendInfo', message, { compress: deflate, maxFrameBytes: plain - 1 }))).toMatchObject({
      code: 'FRAME_TOO_LARGE',
      limit: plain - 1,
      actual: plain,
    });
  });

  test.each([100, 16_384, 40_000, 1_048_576])('an inflated frame of %i bytes is at the limit, one more is over it', (limit) => {
    // An unknown field of zeros.
    const payload = (frameBytes: number): Uint8Array => {
      const bytes = new Uint8Array(frameBytes - 8);
      const length = frameBytes - 8 - (frameBytes < 140 ? 3 : frameBytes < 16_394 ? 4 : 5);
      bytes.set(
        frameBytes < 140
          ? [0xc2, 0x0c, length]
          : frameBytes < 16_394
            ? [0xc2, 0x0c, (length & 127) | 128, length >> 7]
            : [0xc2, 0x0c, (length & 127) | 128, ((length >> 7) & 127) | 128, length >> 14],
      );
      return bytes;
    };
    const decode = (frameBytes: number) =>
      decodeFrame(compressed(4, payload(frameBytes)), { deflate, limits: { maxFrameBytes: limit } });
    expect(decode(limit - 1).type).toBe('HeartbeatInfo');
    expect(decode(limit).type).toBe('HeartbeatInfo');
    expect(thrownBy(() => decode(limit + 1))).toMatchObject({ code: 'DECOMPRESSED_TOO_LARGE', limit: limit - 8 });
  });

  test('a decompression bomb costs at most the limit, and is an invalid frame: the stream continues', () => {
    const bomb = compressed(4, new Uint8Array(50_000_000));
    expect(bomb.length).toBeLessThan(50_000);
    const decoder = new FrameDecoder({ deflate });
    const { result, bytes } = keptMemory(() => decoder.push(bomb));
    expect(result).toMatchObject([
      { type: 'invalid', typeNumber: 4, flags: 1, error: { code: 'DECOMPRESSED_TOO_LARGE', limit: 1_048_568 } },
    ]);
    expect(bytes).toBeLessThan(4_000_000);
    expect(decoder.push(hex('00 00 00 06 01 04 00 00 08 05'))).toMatchObject([{ type: 'HeartbeatInfo' }]);
  });

  test.each<[what: string, payload: string, message: string, offset: number | undefined]>([
    ['bytes behind it', '03 00 ff', 'compressed payload: got 1 bytes after the DEFLATE stream, limit 0, at byte 2', 10],
    ['no end', '02 00', 'compressed payload: the DEFLATE stream has not ended at byte 2, where the payload ends', 10],
    ['no bytes', '', 'compressed payload: the DEFLATE stream has not ended at byte 0, where the payload ends', 8],
    [
      'a block that there is not',
      '07',
      'compressed payload of 1 bytes: the DEFLATE stream is damaged: invalid block type',
      undefined,
    ],
  ])('a stream with %s is MALFORMED_PAYLOAD; the offset counts from the start of the frame', (_, payload, message, offset) => {
    const frame = encodeRawFrame(4, hex(payload), { flags: 1 });
    expect(thrownBy(() => decodeFrame(frame, { deflate }))).toMatchObject({ message: `[MALFORMED_PAYLOAD] ${message}`, offset });
    expect(new FrameDecoder({ deflate }).push(frame)).toMatchObject([
      { type: 'invalid', error: { code: 'MALFORMED_PAYLOAD', offset } },
    ]);
  });

  test('an invalid message inside has the same position as without compression', () => {
    const inside = hex('08 02 62 02 08 01 00');
    const plain = thrownBy(() => decodeFrame(encodeRawFrame(7, inside)));
    expect(plain.message).toBe('[MALFORMED_PAYLOAD] SendInfo: tag 0, at byte 14');
    expect(thrownBy(() => decodeFrame(compressed(7, inside), { deflate }))).toMatchObject({
      message: plain.message,
      offset: plain.offset,
    });
    expect(thrownBy(() => decodeFrame(compressed(3, hex('')), { deflate })).code).toBe('INVALID_MESSAGE');
    expect(decodeFrame(compressed(3, hex('')), { deflate, validate: false }).message).toEqual({ userId: 0n, terminal: 0 });
  });

  test('bytes of an inflated message are not shared', () => {
    const frame = compressed(10, hex('0a 01 74 62 02 01 02'));
    const decoded = decodeFrame(frame, { deflate });
    frame.fill(0xff);
    decodeFrame(compressed(10, hex('0a 01 74 62 02 08 09')), { deflate });
    expect(decoded.type === 'TopicMessage' && decoded.message.payload).toEqual({ $case: 'raw', value: hex('01 02') });
  });
});

test('each implementation reads what the other writes', () => {
  for (const [write, read] of [
    [createNodeDeflate(), createWebDeflate()],
    [createWebDeflate(), createNodeDeflate()],
  ]) {
    const frame = encodeFrame('SendInfo', message, { compress: write });
    expect(decodeFrame(frame, { deflate: read }).message).toEqual(decodeFrame(encodeFrame('SendInfo', message)).message);
  }
});
