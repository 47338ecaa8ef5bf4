import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { decodeFrame } from '../../src/codec/decode-frame.js';
import { hex, join } from '../frame/hex.js';
import { thrownBy } from '../thrown-by.js';

const refusalOf = (bytes: string, options: Parameters<typeof decodeFrame>[1] = {}) => {
  const { code, message, offset, limit, actual, path } = thrownBy(() => decodeFrame(hex(bytes), options));
  expect(message.startsWith(`[${code}] `)).toBe(true);
  return { code, text: message.slice(String(code).length + 3), offset, limit, actual, path };
};

test('a frame is a plain object: type, version, flags and the whole message', () => {
  const frame = decodeFrame(hex('00 00 00 0c 01 07 01 02 08 02 10 01 62 02 08 01'));
  expect(frame).toEqual({
    type: 'SendInfo',
    version: 1,
    flags: 0x0102,
    message: {
      cmd: 2,
      sequence: 1,
      replyTo: 0,
      data: { $case: 'heartbeat', value: { sentAtMs: 1n, serverTimeMs: 0n, background: false } },
    },
  });
  expect(Object.getPrototypeOf(frame)).toBe(Object.prototype);
  expect(decodeFrame(hex('00 00 00 07 00 40 00 00 0a 01 01'))).toMatchObject({
    type: 'Hello',
    version: 0,
    message: { versions: [1] },
  });
});

test.each<[what: string, bytes: string, code: string, text: string, offset: number, limit: number | undefined, actual: number]>([
  ['no bytes', '', 'TRUNCATED', 'got 0 bytes of a frame of 8', 0, 8, 0],
  ['one byte', '00', 'TRUNCATED', 'got 1 bytes of a frame of 8', 1, 8, 1],
  ['a header without its last byte', '00 00 00 04 01 04 00', 'TRUNCATED', 'got 7 bytes of a frame of 8', 7, 8, 7],
  ['a payload cut off', '00 00 00 06 01 04 00 00 08', 'TRUNCATED', 'got 9 bytes of a frame of 10', 9, 10, 9],
  ['a byte behind', '00 00 00 04 01 04 00 00 00', 'MALFORMED_PAYLOAD', 'got 1 bytes after the frame, at byte 8', 8, 8, 9],
  [
    'a frame behind',
    '00 00 00 04 01 04 00 00 00 00 00 04 01 04 00 00',
    'MALFORMED_PAYLOAD',
    'got 8 bytes after the frame, at byte 8',
    8,
    8,
    16,
  ],
  [
    'a length of 3',
    '00 00 00 03 01 04 00 00',
    'FRAME_TOO_SHORT',
    'length field of a frame: got 3, at least 4, at byte 0',
    0,
    4,
    3,
  ],
  [
    'a length of 0xFFFFFFFF',
    'ff ff ff ff 01 04 00 00',
    'FOREIGN_PROTOCOL',
    'a frame begins with 0x00, got 0xff at byte 0: this looks like another protocol, or a frame of 16 MiB or more',
    0,
    undefined,
    255,
  ],
  [
    'a length above the limit',
    '00 10 00 00 01 04 00 00',
    'FRAME_TOO_LARGE',
    'frame of 1048580 bytes, limit 1048576, at byte 0',
    0,
    1_048_576,
    1_048_580,
  ],
  [
    'JSON text behind a length',
    '00 00 00 09 7b 22 61 22 3a 31 7d 0a 0a',
    'FOREIGN_PROTOCOL',
    "version of a frame: got 0x7b '{' at byte 4: this looks like the legacy form of a 4-byte length and JSON text",
    4,
    undefined,
    0x7b,
  ],
])('%s is refused by its framing', (_, bytes, code, text, offset, limit, actual) => {
  expect(refusalOf(bytes)).toMatchObject({ code, text, offset, limit, actual });
});

test.each<[what: string, bytes: string, code: string, text: string, offset: number]>([
  ['version 3', '00 00 00 04 03 04 00 00', 'UNSUPPORTED_VERSION', 'version 3 at byte 4, expected 1 to 2', 4],
  ['version 255', '00 00 00 04 ff 04 00 00', 'UNSUPPORTED_VERSION', 'version 255 at byte 4, expected 1 to 2', 4],
  ['version 3 of an unknown type', '00 00 00 04 03 c8 00 00', 'UNSUPPORTED_VERSION', 'version 3 at byte 4, expected 1 to 2', 4],
  [
    'type 11, which version 1 does not have',
    '00 00 00 04 01 0b 00 00',
    'UNSUPPORTED_TYPE',
    'type 11 at byte 5, which is unknown',
    5,
  ],
  ['type 0', '00 00 00 04 01 00 00 00', 'UNSUPPORTED_TYPE', 'type 0 at byte 5, which is unknown', 5],
  ['type 200', '00 00 00 04 01 c8 00 00', 'UNSUPPORTED_TYPE', 'type 200 at byte 5, which is unknown', 5],
  ['an unknown type of version 0', '00 00 00 04 00 43 00 00', 'UNSUPPORTED_TYPE', 'type 67 at byte 5, which is unknown', 5],
  [
    'a Hello of version 1',
    '00 00 00 04 01 40 00 00',
    'UNSUPPORTED_TYPE',
    'type 64 (Hello) at byte 5, which does not go with version 1',
    5,
  ],
  [
    'a Hello of version 2',
    '00 00 00 04 02 40 00 00',
    'UNSUPPORTED_TYPE',
    'type 64 (Hello) at byte 5, which does not go with version 2',
    5,
  ],
  [
    'a Reject of version 255',
    '00 00 00 04 ff 42 00 00',
    'UNSUPPORTED_TYPE',
    'type 66 (Reject) at byte 5, which does not go with version 255',
    5,
  ],
  [
    'a SendInfo of version 0',
    '00 00 00 04 00 07 00 00',
    'UNSUPPORTED_TYPE',
    'type 7 (SendInfo) at byte 5, which does not go with version 0',
    5,
  ],
  ['flag 0x0004', '00 00 00 04 01 04 00 04', 'UNSUPPORTED_FLAGS', 'flag bits 0x0004 at byte 6, which are unknown', 6],
  ['all critical flags', '00 00 00 04 01 04 ff ff', 'UNSUPPORTED_FLAGS', 'flag bits 0x00fc at byte 6, which are unknown', 6],
  [
    'COMPRESSED in a handshake',
    '00 00 00 04 00 40 00 01',
    'UNSUPPORTED_FLAGS',
    'flag bits 0x0001 at byte 6, which a handshake does not have',
    6,
  ],
  [
    'IGNORABLE in a handshake',
    '00 00 00 04 00 40 01 02',
    'UNSUPPORTED_FLAGS',
    'flag bits 0x0002 at byte 6, which a handshake does not have',
    6,
  ],
  ['COMPRESSED', '00 00 00 04 01 04 00 01', 'NOT_NEGOTIATED', 'COMPRESSED at byte 6, but deflate was not negotiated', 6],
])('%s is refused by its header', (_, bytes, code, text, offset) => {
  expect(refusalOf(bytes)).toMatchObject({ code, text, offset });
});

test('IGNORABLE and advisory flags are passed on', () => {
  expect(decodeFrame(hex('00 00 00 04 01 04 ff 02')).flags).toBe(0xff02);
  expect(decodeFrame(hex('00 00 00 07 00 40 ff 00 0a 01 01')).flags).toBe(0xff00);
});

test('on a connection each frame has the negotiated version, except the handshake', () => {
  expect(decodeFrame(hex('00 00 00 04 01 04 00 00'), { version: 1 }).version).toBe(1);
  expect(decodeFrame(hex('00 00 00 07 00 40 00 00 0a 01 01'), { version: 1 }).version).toBe(0);
  expect(refusalOf('00 00 00 04 01 04 00 00', { version: 2 })).toMatchObject({
    code: 'UNSUPPORTED_VERSION',
    text: 'version 1 at byte 4, expected 2 (negotiated)',
    limit: 2,
    actual: 1,
  });
});

test('offsets of a bad payload count from the first byte of the frame', () => {
  expect(refusalOf('00 00 00 07 01 07 00 00 08 02 00')).toMatchObject({
    code: 'MALFORMED_PAYLOAD',
    text: 'SendInfo: tag 0, at byte 10',
    offset: 10,
  });
  expect(refusalOf('00 00 00 0a 01 07 00 00 08 01 52 02 0a 05')).toMatchObject({
    text: 'SendInfo.login.accessToken: length 5, but its parent ends after 0 bytes, at byte 13',
    offset: 13,
    path: 'login.accessToken',
  });
});

test('the rules of the schema are checked, unless validate is false', () => {
  const mismatch = '00 00 00 08 01 07 00 00 08 01 62 00';
  expect(refusalOf(mismatch)).toMatchObject({ code: 'COMMAND_DATA_MISMATCH', path: 'data' });
  expect(decodeFrame(hex(mismatch), { validate: false }).message).toMatchObject({ cmd: 1, data: { $case: 'heartbeat' } });
  expect(refusalOf('00 00 00 04 01 03 00 00')).toMatchObject({
    code: 'INVALID_MESSAGE',
    text: 'UserInfo breaks 2 rules: userId: got 0, at least 1; terminal: got 0, at least 1',
    path: 'userId',
  });
  expect(decodeFrame(hex('00 00 00 04 01 03 00 00'), { validate: false }).message).toEqual({ userId: 0n, terminal: 0 });
});

test.each([8, 10, 16_384, 1_048_576, 16_777_219])('a limit of %i bytes is kept to the byte', (limit) => {
  const frame = (bytes: number): Uint8Array => {
    const length = bytes - 4;
    return join(Uint8Array.of(0, length >> 16, (length >> 8) & 255, length & 255, 1, 4, 0, 0), new Uint8Array(bytes - 8));
  };
  const decode = (bytes: number) => thrownBy(() => decodeFrame(frame(bytes), { limits: { maxFrameBytes: limit } })).code;
  // The payload is zeros, tag 0: so it got as far as the payload.
  if (limit > 8) expect(decode(limit)).toBe('MALFORMED_PAYLOAD');
  if (limit < 16_777_219) expect(decode(limit + 1)).toBe('FRAME_TOO_LARGE');
  expect(decodeFrame(frame(8), { limits: { maxFrameBytes: limit } }).type).toBe('HeartbeatInfo');
});

test('the checks go from the framing to the rules', () => {
  // Each of these has every fault that comes behind it.
  const order: readonly [bytes: string, code: string][] = [
    ['01 00 00 00 7b c8 00 ff 00', 'FOREIGN_PROTOCOL'],
    ['00 00 00 03 7b c8 00 ff 00', 'FRAME_TOO_SHORT'],
    ['00 ff ff ff 7b c8 00 ff 00', 'FRAME_TOO_LARGE'],
    ['00 00 00 ff 7b c8 00 ff 00', 'FOREIGN_PROTOCOL'],
    ['00 00 00 ff 09 c8 00 ff 00', 'TRUNCATED'],
    ['00 00 00 05 09 40 00 ff 00', 'UNSUPPORTED_TYPE'],
    ['00 00 00 05 09 c8 00 ff 00', 'UNSUPPORTED_VERSION'],
    ['00 00 00 05 01 c8 00 ff 00', 'UNSUPPORTED_TYPE'],
    ['00 00 00 05 01 03 00 ff 00', 'UNSUPPORTED_FLAGS'],
    ['00 00 00 05 01 03 00 01 00', 'NOT_NEGOTIATED'],
    ['00 00 00 05 01 03 00 00 00', 'MALFORMED_PAYLOAD'],
    ['00 00 00 04 01 03 00 00', 'INVALID_MESSAGE'],
  ];
  for (const [bytes, code] of order) expect(refusalOf(bytes).code).toBe(code);
});

test('bytes fields are views of the input; bytes after the frame in its buffer are not read', () => {
  const whole = hex('aa 00 00 00 0b 01 0a 00 00 0a 01 74 62 02 01 02 aa');
  const frame = decodeFrame(whole.subarray(1, 16));
  const payload = frame.type === 'TopicMessage' ? frame.message.payload : undefined;
  expect(payload).toEqual({ $case: 'raw', value: hex('01 02') });
  whole[14] = 9;
  expect(payload?.value).toEqual(hex('09 02'));
});

test('a Buffer and an array of another realm are decoded; anything else is a TypeError', () => {
  const bytes = [0, 0, 0, 6, 1, 4, 0, 0, 8, 5];
  for (const input of [Buffer.from(bytes), runInNewContext(`Uint8Array.from([${bytes}])`) as Uint8Array]) {
    expect(decodeFrame(input)).toEqual({
      type: 'HeartbeatInfo',
      version: 1,
      flags: 0,
      message: { sentAtMs: 5n, serverTimeMs: 0n, background: false },
    });
  }
  for (const value of [bytes, 'frame', undefined, null, new ArrayBuffer(8), new DataView(new ArrayBuffer(8))]) {
    expect(() => decodeFrame(value as unknown as Uint8Array)).toThrow(new TypeError('a frame is a Uint8Array'));
  }
});
