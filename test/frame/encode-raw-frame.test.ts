import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { encodeRawFrame, FLAG_COMPRESSED, FLAG_IGNORABLE, type RawFrameOptions } from '../../src/frame/index.js';
import { hex, toHex } from './hex.js';
import { thrownBy } from './outcome.js';

describe('encodeRawFrame', () => {
  it('puts a header before the payload', () => {
    expect(toHex(encodeRawFrame(7, hex('08 02')))).toBe('00 00 00 06 01 07 00 00 08 02');
  });

  it('makes a frame without a payload', () => {
    expect(toHex(encodeRawFrame(64, hex(''), { version: 0 }))).toBe('00 00 00 04 00 40 00 00');
  });

  it('writes version and flags', () => {
    const frame = encodeRawFrame(200, hex('aa'), { version: 2, flags: FLAG_COMPRESSED | FLAG_IGNORABLE });
    expect(toHex(frame)).toBe('00 00 00 05 02 c8 00 03 aa');
  });

  it('takes every number at the ends of its range', () => {
    expect(toHex(encodeRawFrame(0, hex(''), { version: 0, flags: 0 }))).toBe('00 00 00 04 00 00 00 00');
    expect(toHex(encodeRawFrame(255, hex(''), { version: 127, flags: 65535 }))).toBe('00 00 00 04 7f ff ff ff');
  });

  it('copies the payload', () => {
    const payload = hex('01 02');
    const frame = encodeRawFrame(7, payload);
    payload[0] = 9;
    frame[9] = 9;
    expect(toHex(frame)).toBe('00 00 00 06 01 07 00 00 01 09');
    expect(toHex(payload)).toBe('09 02');
  });

  it('takes a Buffer, a subarray and an array of another realm', () => {
    const expected = '00 00 00 06 01 07 00 00 08 02';
    expect(toHex(encodeRawFrame(7, Buffer.from('0802', 'hex')))).toBe(expected);
    expect(toHex(encodeRawFrame(7, hex('ff 08 02 ff').subarray(1, 3)))).toBe(expected);
    expect(toHex(encodeRawFrame(7, runInNewContext('new Uint8Array([8, 2])')))).toBe(expected);
  });

  it.each([
    [-1, {}, 'type of a frame is an integer from 0 to 255, got -1'],
    [256, {}, 'type of a frame is an integer from 0 to 255, got 256'],
    [1.5, {}, 'type of a frame is an integer from 0 to 255, got 1.5'],
    [7, { version: -1 }, 'version of a frame is an integer from 0 to 127, got -1'],
    [7, { version: 128 }, 'version of a frame is an integer from 0 to 127, got 128'],
    [7, { version: 0x5b }, 'version 91 is never assigned'],
    [7, { version: 0x7b }, 'version 123 is never assigned'],
    [7, { flags: -1 }, 'flags of a frame is an integer from 0 to 65535, got -1'],
    [7, { flags: 65536 }, 'flags of a frame is an integer from 0 to 65535, got 65536'],
  ] as [number, RawFrameOptions, string][])('refuses type %s with %j', (type, options, text) => {
    expect(() => encodeRawFrame(type, hex(''), options)).toThrow(new RangeError(text));
  });

  it.each([
    ['text', 'string'],
    [[1, 2], 'Array'],
    [new ArrayBuffer(2), 'ArrayBuffer'],
    [new DataView(new ArrayBuffer(2)), 'DataView'],
    [null, 'Null'],
    [undefined, 'undefined'],
  ])('refuses the payload %s', (payload, kind) => {
    expect(() => encodeRawFrame(7, payload as never)).toThrow(
      new TypeError(`the payload of a frame is a Uint8Array, got ${kind}`),
    );
  });

  it('keeps the limit at one byte under it, at it and one above', () => {
    const payload = hex('01 02 03');
    expect(encodeRawFrame(7, payload, { maxFrameBytes: 12 })).toHaveLength(11);
    expect(encodeRawFrame(7, payload, { maxFrameBytes: 11 })).toHaveLength(11);
    expect(thrownBy(() => encodeRawFrame(7, payload, { maxFrameBytes: 10 }))).toMatchObject({
      code: 'FRAME_TOO_LARGE',
      message: '[FRAME_TOO_LARGE] frame of 11 bytes, limit 10',
      limit: 10,
      actual: 11,
    });
  });

  it('keeps the limit of the length field, whatever else is said', () => {
    const frame = encodeRawFrame(7, new Uint8Array(16777211));
    expect(toHex(frame, 0, 8)).toBe('00 ff ff ff 01 07 00 00');
    expect(frame).toHaveLength(16777219);
    expect(thrownBy(() => encodeRawFrame(7, new Uint8Array(16777212), { maxFrameBytes: 2 ** 40 }))).toMatchObject({
      message: '[FRAME_TOO_LARGE] frame of 16777220 bytes, limit 16777219',
    });
  });
});
