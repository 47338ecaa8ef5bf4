import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../../src/json/base64.js';
import { SEED } from '../seed.js';

describe('toBase64', () => {
  // RFC 4648, section 10.
  test.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('writes %j as %j', (text, base64) => {
    expect(toBase64(new TextEncoder().encode(text))).toBe(base64);
  });

  test('uses the standard alphabet', () => {
    expect(toBase64(Uint8Array.of(0xfb, 0xff, 0xbf))).toBe('+/+/');
  });
});

describe('fromBase64', () => {
  test.each([
    ['', []],
    ['Zg==', [0x66]],
    ['Zg', [0x66]],
    ['Zm8=', [0x66, 0x6f]],
    ['Zm8', [0x66, 0x6f]],
    ['+/+/', [0xfb, 0xff, 0xbf]],
    ['-_-_', [0xfb, 0xff, 0xbf]],
    // The conformance suite wants bits behind the last byte to be ignored.
    ['-_', [0xfb]],
  ])('reads %j', (base64, bytes) => {
    expect([...fromBase64(base64)!]).toEqual(bytes);
  });

  test.each([
    ['a length that no bytes have', 'Zm9vY'],
    ['one character', 'Z'],
    ['padding that does not fill the group', 'Zg='],
    ['padding behind a full group', 'Zm9v='],
    ['padding alone', '='],
    ['a group of padding', '===='],
    ['three characters of padding', 'Z==='],
    ['padding in the middle', 'Zg==Zg=='],
    ['white space', 'Zm 9v'],
    ['a line break at the end', 'Zm9v\n'],
    ['another character', 'Zm9*'],
    ['a character beyond ASCII', 'Zm9é'],
    ['a character that looks right in its low byte', 'Zm9\u0141'],
  ])('refuses %s', (_what, base64) => {
    expect(fromBase64(base64)).toBeUndefined();
  });
});

test(`base64 agrees with Buffer, in both alphabets (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
      const buffer = Buffer.from(bytes);
      expect(toBase64(bytes)).toBe(buffer.toString('base64'));
      expect(Buffer.from(fromBase64(buffer.toString('base64'))!).equals(buffer)).toBe(true);
      expect(Buffer.from(fromBase64(buffer.toString('base64url'))!).equals(buffer)).toBe(true);
    }),
    { seed: SEED, numRuns: 50 },
  );
});
