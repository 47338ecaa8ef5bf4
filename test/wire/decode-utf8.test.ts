// "Invalid UTF-8 in a string" is an error, by RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextContent } from '../../generated/models.js';
import { AllTypes } from '../fixtures/generated/models.js';
import { hex } from '../frame/hex.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

const INVALID: readonly [what: string, bytes: string][] = [
  ['a continuation byte alone', '80'],
  ['the last continuation byte alone', 'bf'],
  ['two bytes, cut off', 'c3'],
  ['two bytes, then ASCII', 'c3 61'],
  ['two bytes, then a lead', 'c3 c3'],
  ['three bytes, cut off after one', 'e4'],
  ['three bytes, cut off after two', 'e4 bd'],
  ['three bytes, the second no continuation', 'e4 61 a0'],
  ['three bytes, the third no continuation', 'e4 bd 61'],
  ['three bytes, the third a lead', 'e4 bd c3'],
  ['four bytes, cut off after one', 'f0'],
  ['four bytes, cut off after two', 'f0 9f'],
  ['four bytes, cut off after three', 'f0 9f 98'],
  ['four bytes, the second no continuation', 'f0 61 98 80'],
  ['four bytes, the third no continuation', 'f0 9f 61 80'],
  ['four bytes, the fourth no continuation', 'f0 9f 98 61'],
  ['an overlong NUL of two bytes', 'c0 80'],
  ['an overlong U+007F of two bytes', 'c1 bf'],
  ['an overlong U+07FF of three bytes', 'e0 9f bf'],
  ['an overlong U+0000 of three bytes', 'e0 80 80'],
  ['an overlong U+FFFF of four bytes', 'f0 8f bf bf'],
  ['the surrogate U+D800', 'ed a0 80'],
  ['the surrogate U+DBFF', 'ed af bf'],
  ['the surrogate U+DC00', 'ed b0 80'],
  ['the surrogate U+DFFF', 'ed bf bf'],
  ['a pair of surrogates (CESU-8)', 'ed a0 bd ed b8 80'],
  ['U+110000', 'f4 90 80 80'],
  ['the lead F5', 'f5 80 80 80'],
  ['five bytes', 'f8 88 80 80 80'],
  ['six bytes', 'fc 84 80 80 80 80'],
  ['FE', 'fe'],
  ['FF', 'ff'],
];

const VALID: readonly [what: string, bytes: string, text: string][] = [
  ['U+0000', '00', '\0'],
  ['U+007F', '7f', '\x7f'],
  ['U+0080', 'c2 80', '\x80'],
  ['U+07FF', 'df bf', '\u07ff'],
  ['U+0800', 'e0 a0 80', '\u0800'],
  ['U+D7FF', 'ed 9f bf', '\ud7ff'],
  ['U+E000', 'ee 80 80', '\ue000'],
  ['U+FEFF, also as the first character', 'ef bb bf', '\ufeff'],
  ['U+FFFD', 'ef bf bd', '\ufffd'],
  ['U+FFFF', 'ef bf bf', '\uffff'],
  ['U+10000', 'f0 90 80 80', '\u{10000}'],
  ['U+10FFFF', 'f4 8f bf bf', '\u{10ffff}'],
];

/** A TextContent, tag and length first. */
function content(text: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let n = text.length; ; n >>>= 7) {
    if (n < 128) return Uint8Array.from([0x0a, ...length, n, ...text]);
    length.push((n & 127) | 128);
  }
}

const repeat = (bytes: Uint8Array, times: number): Uint8Array =>
  Uint8Array.from(
    Array(times)
      .fill([...bytes])
      .flat(),
  );

/** What may stand around the place in question: it decides which way a string is decoded. */
const SURROUNDINGS: readonly [what: string, before: Uint8Array, after: Uint8Array, beforeText: string, afterText: string][] = [
  ['alone', hex(''), hex(''), '', ''],
  ['before ASCII, short', hex(''), hex('61 62'), '', 'ab'],
  ['behind ASCII, short', hex('61 62'), hex(''), 'ab', ''],
  ['before ASCII, long', hex(''), repeat(hex('61'), 40), '', 'a'.repeat(40)],
  ['behind ASCII, long', repeat(hex('61'), 40), hex(''), 'a'.repeat(40), ''],
  ['within ASCII', repeat(hex('61'), 40), repeat(hex('62'), 40), 'a'.repeat(40), 'b'.repeat(40)],
  ['within Chinese', repeat(hex('e4 bd a0'), 10), repeat(hex('e5 a5 bd'), 10), '你'.repeat(10), '好'.repeat(10)],
  ['within emoji', repeat(hex('f0 9f 98 80'), 9), repeat(hex('f0 9f 98 81'), 9), '😀'.repeat(9), '😁'.repeat(9)],
  ['within Latin', repeat(hex('c3 a9'), 9), repeat(hex('c3 a8'), 9), 'é'.repeat(9), 'è'.repeat(9)],
  ['beside U+FFFD that is meant', repeat(hex('ef bf bd'), 9), repeat(hex('61'), 9), '\ufffd'.repeat(9), 'a'.repeat(9)],
];

test.each(SURROUNDINGS)('invalid UTF-8 is refused at the start of its string: %s', (_, before, after) => {
  for (const [what, bytes] of INVALID) {
    const input = content(new Uint8Array([...before, ...hex(bytes), ...after]));
    const offset = before.length + hex(bytes).length + after.length < 128 ? 2 : 3;
    const error = thrownBy(() => TextContent.decode(input));
    const message = `[MALFORMED_PAYLOAD] TextContent.text: invalid UTF-8, at byte ${offset}`;
    expect({ what, message: error.message, offset: error.offset, path: error.path }).toEqual({
      what,
      message,
      offset,
      path: 'text',
    });
  }
});

test.each(SURROUNDINGS)('valid UTF-8 is read character for character: %s', (_, before, after, beforeText, afterText) => {
  for (const [what, bytes, text] of VALID) {
    const read = TextContent.decode(content(new Uint8Array([...before, ...hex(bytes), ...after]))).text;
    expect({ what, read }).toEqual({ what, read: beforeText + text + afterText });
  }
});

// The strict decoder puts a longer text together from pieces of 16384 code units.
test.each([16_380, 16_381, 16_382, 16_383, 16_384, 16_385, 32_766, 32_768])(
  'texts of about %i code units, with a pair at the end of a piece',
  (units) => {
    for (const filler of ['a', 'é', '你']) {
      const text = `${'你'.repeat(8)}${filler.repeat(units - 9)}😀😁你`;
      const bytes = new TextEncoder().encode(text);
      expect(TextContent.decode(content(bytes)).text === text).toBe(true);
      // The last character of the pair is cut: what follows is no continuation.
      const broken = content(bytes);
      broken[broken.length - 4] = 0x61;
      expect(thrownBy(() => TextContent.decode(broken)).message).toBe(
        '[MALFORMED_PAYLOAD] TextContent.text: invalid UTF-8, at byte 4',
      );
    }
  },
);

test('a character does not reach over the end of its string, whatever follows', () => {
  const error = thrownBy(() => AllTypes.decode(hex('72 02 e4 bd a0 01 01')));
  expect(error.message).toBe('[MALFORMED_PAYLOAD] AllTypes.stringField: invalid UTF-8, at byte 2');
  const long = new Uint8Array([0x72, 0x1a, ...repeat(hex('e4 bd a0'), 8), 0xe4, 0xbd, 0x88, 0x01]);
  expect(thrownBy(() => AllTypes.decode(long)).message).toBe(
    '[MALFORMED_PAYLOAD] AllTypes.stringField: invalid UTF-8, at byte 2',
  );
});

test.each([
  ['an optional string', 'b2 01 01 ff', 'optionalString', 3],
  ['an element of a list', 'e2 02 01 61 e2 02 01 ff', 'stringList[1]', 7],
  ['the key of a map', '8a 04 03 0a 01 ff', 'stringMap', 5],
  ['the value of a map', '8a 04 06 0a 01 6b 12 01 ff', 'stringMap', 8],
  ['a member of a oneof', '92 05 01 ff', 'choiceString', 3],
])('%s is checked, too', (_, bytes, path, offset) => {
  const error = thrownBy(() => AllTypes.decode(hex(bytes)));
  expect(error).toMatchObject({
    message: `[MALFORMED_PAYLOAD] AllTypes.${path}: invalid UTF-8, at byte ${offset}`,
    offset,
    path,
  });
});

test('bytes and unknown fields are not asked for UTF-8', () => {
  expect(AllTypes.decode(hex('7a 02 ff fe')).bytesField).toEqual(hex('ff fe'));
  expect(() => AllTypes.decode(hex('92 0f 02 ff fe'))).not.toThrow();
});

test(`any bytes: as a fatal TextDecoder decides (seed ${SEED})`, () => {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const piece = fc.oneof(
    fc.constantFrom(...INVALID.map(([, bytes]) => [...hex(bytes)]), ...VALID.map(([, bytes]) => [...hex(bytes)])),
    fc.string({ unit: 'grapheme' }).map((text) => [...new TextEncoder().encode(text)]),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => [...bytes]),
  );
  const run = { seed: SEED, numRuns: 3000 };
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const bytes = Uint8Array.from(pieces.flat());
      let expected: string | undefined;
      try {
        expected = strict.decode(bytes);
      } catch {
        expected = undefined;
      }
      const decode = () => TextContent.decode(content(bytes)).text;
      if (expected === undefined) expect(decode).toThrow(/invalid UTF-8/);
      else expect(decode()).toBe(expected);
    }),
    run,
  );
});
