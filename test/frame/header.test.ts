import { describe, expect, it } from 'vitest';
import { isProtocolError, readHeader, writeHeader } from '../../src/frame/index.js';
import { hex, toHex } from './hex.js';
import { thrownBy } from './outcome.js';

describe('writeHeader', () => {
  it('writes length, version, type and flags in network order', () => {
    const bytes = new Uint8Array(8);
    writeHeader(bytes, 0, 19, 1, 7, 0x8002);
    expect(toHex(bytes)).toBe('00 00 00 0f 01 07 80 02');
  });

  it('writes at its position and nowhere else', () => {
    const bytes = new Uint8Array(11).fill(0xee);
    writeHeader(bytes, 2, 8, 0, 64, 0);
    expect(toHex(bytes)).toBe('ee ee 00 00 00 04 00 40 00 00 ee');
  });

  it('writes the largest frame', () => {
    const bytes = new Uint8Array(8);
    writeHeader(bytes, 0, 16777219, 127, 255, 65535);
    expect(toHex(bytes)).toBe('00 ff ff ff 7f ff ff ff');
  });

  it.each([-1, 1, 8, Number.NaN])('refuses to write behind the array, at %s of 8', (at) => {
    const bytes = new Uint8Array(8);
    expect(() => writeHeader(bytes, at, 8, 1, 7, 0)).toThrow(
      new RangeError(`a frame header takes 8 bytes, got byte ${at} of 8 to write it at`),
    );
    expect(toHex(bytes)).toBe('00 00 00 00 00 00 00 00');
  });
});

describe('readHeader', () => {
  it('reads every field', () => {
    expect(readHeader(hex('00 00 00 0f 01 07 80 02'))).toEqual({ frameBytes: 19, version: 1, type: 7, flags: 0x8002 });
  });

  it('reads at a position, in a subarray of another array too', () => {
    const bytes = hex('ff ff 00 01 00 04 00 40 01 00').subarray(1);
    expect(readHeader(bytes, 1)).toEqual({ frameBytes: 65544, version: 0, type: 64, flags: 256 });
  });

  it('says what the length field holds and does not judge it', () => {
    expect(readHeader(hex('ff ff ff ff ff ff ff ff'))).toEqual({ frameBytes: 4294967299, version: 255, type: 255, flags: 65535 });
    expect(readHeader(hex('00 00 00 00 00 00 00 00'))).toEqual({ frameBytes: 4, version: 0, type: 0, flags: 0 });
  });

  it.each([
    [7, 0, 7],
    [0, 0, 0],
    [16, 9, 7],
    [4, 9, 0],
  ])('says that a header in %i bytes at byte %i is truncated', (length, at, actual) => {
    const error = thrownBy(() => readHeader(new Uint8Array(length), at));
    expect(isProtocolError(error, 'TRUNCATED')).toBe(true);
    expect(error).toMatchObject({
      message: `[TRUNCATED] a frame header takes 8 bytes, got ${actual} at byte ${at}`,
      offset: at,
      limit: 8,
      actual,
    });
  });
});
