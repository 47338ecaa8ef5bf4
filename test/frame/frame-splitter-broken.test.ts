import { describe, expect, it } from 'vitest';
import { FrameSplitter, isProtocolError } from '../../src/frame/index.js';
import { ascii, hex, join, toHex } from './hex.js';
import { everyByte, outcomeOf, textThrownBy, thrownBy } from './outcome.js';

const GOOD = '00 00 00 06 01 07 00 00 08 02';

const LEGACY_8 = ': this looks like the legacy form of an 8-byte length and JSON text';
const LEGACY_4 = ': this looks like the legacy form of a 4-byte length and JSON text';
const GET = "got 0x47 'G' at byte 0: this looks like an HTTP request (GET)";
const TLS = 'got 0x16 at byte 0: this looks like a TLS ClientHello: the peer speaks TLS to a port without it';

// What was sent, the code, the offset, and the text behind the code.
const BROKEN: [string, Uint8Array, string, number, string][] = [
  ['an HTTP request', ascii('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), 'FOREIGN_PROTOCOL', 0, `a frame begins with 0x00, ${GET}`],
  ['a TLS ClientHello', hex('16 03 01 02 00 01 00 01 fc 03 03'), 'FOREIGN_PROTOCOL', 0, `a frame begins with 0x00, ${TLS}`],
  [
    'a TLS alert',
    hex('15 03 01 00 02 02 46'),
    'FOREIGN_PROTOCOL',
    0,
    'a frame begins with 0x00, got 0x15 at byte 0: this looks like a TLS alert: the peer expects TLS',
  ],
  [
    'a JSON object',
    ascii('{"cmd":0,"data":{}}'),
    'FOREIGN_PROTOCOL',
    0,
    "a frame begins with 0x00, got 0x7b '{' at byte 0: this looks like JSON text",
  ],
  [
    'a JSON list',
    ascii('[1,2]'),
    'FOREIGN_PROTOCOL',
    0,
    "a frame begins with 0x00, got 0x5b '[' at byte 0: this looks like JSON text",
  ],
  [
    'an HTTP response',
    ascii('HTTP/1.1 400 Bad Request\r\n'),
    'FOREIGN_PROTOCOL',
    0,
    "a frame begins with 0x00, got 0x48 'H' at byte 0: this looks like an HTTP response, or an HTTP request (HEAD)",
  ],
  [
    'an HTTP/2 preface',
    ascii('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    'FOREIGN_PROTOCOL',
    0,
    "a frame begins with 0x00, got 0x50 'P' at byte 0: this looks like an HTTP request (POST, PUT, PATCH), the HTTP/2 preface (PRI) or a PROXY protocol header (PROXY)",
  ],
  [
    'a PROXY protocol header, version 2',
    hex('0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a'),
    'FOREIGN_PROTOCOL',
    0,
    'a frame begins with 0x00, got 0x0d at byte 0: this looks like a PROXY protocol header, version 2',
  ],
  [
    'an SSH banner',
    ascii('SSH-2.0-OpenSSH_9.2\r\n'),
    'FOREIGN_PROTOCOL',
    0,
    "a frame begins with 0x00, got 0x53 'S' at byte 0: this looks like an SSH banner",
  ],
  [
    'a WebSocket frame that was not unwrapped',
    hex('82 0a', GOOD),
    'FOREIGN_PROTOCOL',
    0,
    'a frame begins with 0x00, got 0x82 at byte 0: this looks like a WebSocket binary frame: frames are what is in it',
  ],
  [
    'a message without a frame',
    hex('08 02 10 01'),
    'FOREIGN_PROTOCOL',
    0,
    'a frame begins with 0x00, got 0x08 at byte 0: this looks like a protobuf message without a frame header',
  ],
  [
    'a length of 0xFFFFFFFF',
    hex('ff ff ff ff 01 07 00 00'),
    'FOREIGN_PROTOCOL',
    0,
    'a frame begins with 0x00, got 0xff at byte 0: this looks like another protocol, or a frame of 16 MiB or more',
  ],
  [
    'the smallest length above the largest',
    hex('01 00 00 00 01 07 00 00'),
    'FOREIGN_PROTOCOL',
    0,
    'a frame begins with 0x00, got 0x01 at byte 0: this looks like another protocol, or a frame of 16 MiB or more',
  ],
  [
    'a space',
    ascii(' {}'),
    'FOREIGN_PROTOCOL',
    0,
    'a frame begins with 0x00, got 0x20 at byte 0: this looks like another protocol, or a frame of 16 MiB or more',
  ],
  [
    'the legacy form with a length of 8 bytes',
    join(hex('00 00 00 00 00 00 00 09'), ascii('{"cmd":0}')),
    'FRAME_TOO_SHORT',
    0,
    `length field of a frame: got 0, at least 4, at byte 0${LEGACY_8}`,
  ],
  [
    'the legacy form with a length of 4 bytes',
    join(hex('00 00 00 09'), ascii('{"cmd":0}')),
    'FOREIGN_PROTOCOL',
    4,
    `version of a frame: got 0x7b '{' at byte 4${LEGACY_4}`,
  ],
  [
    'the legacy form with a length of 4 bytes and a list',
    join(hex('00 00 00 09'), ascii('[1,2,3,4]')),
    'FOREIGN_PROTOCOL',
    4,
    `version of a frame: got 0x5b '[' at byte 4${LEGACY_4}`,
  ],
  ['a length of 1', hex('00 00 00 01 01'), 'FRAME_TOO_SHORT', 0, 'length field of a frame: got 1, at least 4, at byte 0'],
  ['a length of 3', hex('00 00 00 03 01 07 00'), 'FRAME_TOO_SHORT', 0, 'length field of a frame: got 3, at least 4, at byte 0'],
  ['16 MiB - 1', hex('00 ff ff ff'), 'FRAME_TOO_LARGE', 0, 'frame of 16777219 bytes, limit 1048576, at byte 0'],
  [
    'a frame that is too large and has a bracket for a version',
    hex('00 ff ff ff 7b'),
    'FRAME_TOO_LARGE',
    0,
    'frame of 16777219 bytes, limit 1048576, at byte 0',
  ],
];

describe('a stream that is broken', () => {
  it.each(BROKEN)('by %s says so, whatever the chunking', (_, bytes, code, offset, text) => {
    const whole = outcomeOf(bytes, []);
    expect(whole).toMatchObject({ frames: [], error: { code, offset, message: `[${code}] ${text}` } });
    for (const cut of bytes.keys()) expect(outcomeOf(bytes, [cut])).toEqual(whole);
    expect(outcomeOf(bytes, everyByte(bytes))).toEqual(whole);
  });

  it.each(BROKEN)('by %s says so behind good frames, which are delivered before', (_, bytes, code, offset, text) => {
    const stream = join(hex(GOOD, GOOD), bytes);
    const message = `[${code}] ${text.replace(/at byte \d+/, `at byte ${offset + 20}`)}`;
    const whole = outcomeOf(stream, []);
    expect(whole).toMatchObject({ frames: [GOOD, GOOD], error: { code, offset: offset + 20, message } });
    for (const cut of stream.keys()) expect(outcomeOf(stream, [cut])).toEqual(whole);
    expect(outcomeOf(stream, everyByte(stream))).toEqual(whole);
  });

  it.each([
    ['a first byte that is not 0, at that byte', '47', ''],
    ['a length of 0, at four bytes', '00', '00 00 00'],
    ['a length over the limit, at four bytes', 'ff', '00 ff ff'],
    ['a bracket for a version, at five bytes', '7b', '00 00 00 09'],
  ])('is found as early as can be: %s', (_, last, before) => {
    const splitter = new FrameSplitter();
    splitter.push(hex(before), () => {});
    expect(isProtocolError(thrownBy(() => splitter.push(hex(last), () => {})))).toBe(true);
  });

  it('by neither of the two versions next to a bracket', () => {
    const frames = ['5a', '5c', '7a', '7c'].map((version) => `00 00 00 04 ${version} 07 00 00`);
    expect(outcomeOf(hex(...frames), [])).toEqual({ frames });
  });

  it('gives figures', () => {
    expect(outcomeOf(hex('00 00 00 02'), []).error).toMatchObject({ offset: 0, limit: 4, actual: 2 });
    expect(outcomeOf(hex('00 20 00 00'), []).error).toMatchObject({ offset: 0, limit: 1_048_576, actual: 2_097_156 });
    expect(outcomeOf(hex('47'), []).error).toMatchObject({ offset: 0, limit: undefined, actual: 0x47 });
    expect(outcomeOf(hex('00 00 00 09 7b'), []).error).toMatchObject({ offset: 4, limit: undefined, actual: 0x7b });
  });

  it('is dead from then on, and says since where', () => {
    const splitter = new FrameSplitter();
    const frames: string[] = [];
    const onFrame = (buffer: Uint8Array, start: number, end: number) => void frames.push(toHex(buffer, start, end));
    const text = "a frame begins with 0x00, got 0x47 'G' at byte 10: this looks like an HTTP request (GET)";
    expect(textThrownBy(() => splitter.push(join(hex(GOOD), ascii('GET / HTTP/1.1\r\n')), onFrame))).toBe(
      `[FOREIGN_PROTOCOL] ${text}`,
    );
    for (const call of [() => splitter.push(hex(GOOD), onFrame), () => splitter.push(hex(''), onFrame), () => splitter.end()]) {
      expect(thrownBy(call)).toMatchObject({
        code: 'FOREIGN_PROTOCOL',
        message: `[FOREIGN_PROTOCOL] the decoder is dead since byte 10: ${text}`,
        offset: 10,
        actual: 0x47,
      });
    }
    expect(frames).toEqual([GOOD]);
    expect([splitter.bytesRead, splitter.pendingBytes]).toEqual([10, 0]);
  });

  it('holds nothing any more', () => {
    const splitter = new FrameSplitter();
    for (const piece of [GOOD, '00 00', '00 09']) splitter.push(hex(piece), () => {});
    expect(splitter.pendingBytes).toBe(4);
    expect(isProtocolError(thrownBy(() => splitter.push(hex('7b'), () => {})))).toBe(true);
    expect([splitter.bytesRead, splitter.pendingBytes]).toEqual([10, 0]);
  });

  it('keeps its code and figures when it says so again', () => {
    const splitter = new FrameSplitter({ maxFrameBytes: 16_384 });
    thrownBy(() => splitter.push(hex('00 00 3f fd'), () => {}));
    expect(thrownBy(() => splitter.end())).toMatchObject({
      code: 'FRAME_TOO_LARGE',
      message: '[FRAME_TOO_LARGE] the decoder is dead since byte 0: frame of 16385 bytes, limit 16384, at byte 0',
      limit: 16_384,
      actual: 16_385,
    });
  });
});
