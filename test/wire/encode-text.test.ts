// Strings as UTF-8; "encode refuses, with the path: a lone surrogate".
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SendInfo, TextContent } from '../../generated/models.js';
import { AllTypes } from '../fixtures/generated/models.js';
import { hex } from '../frame/hex.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

/** Short texts are written by a loop, longer than 32 characters by a native call. */
const LENGTHS = [0, 1, 2, 30, 31, 32, 33, 34, 100, 200, 5000];

const FILLERS = ['a', 'é', '你', '😀'];

test('a lone surrogate is refused wherever it stands, in short and in long texts', () => {
  for (const filler of FILLERS) {
    for (const length of LENGTHS) {
      const fill = filler.repeat(length);
      for (const surrogate of ['\ud800', '\udbff', '\udc00', '\udfff', '\udc00\ud800', '\ud800\ud800', '\ud800a']) {
        for (const [text, at] of [
          [surrogate + fill, 0],
          [fill + surrogate, fill.length],
          [`${fill}${surrogate}z${fill}`, fill.length],
        ] as const) {
          const error = thrownBy(() => TextContent.encode({ text }));
          expect(error.message).toBe(`[INVALID_MESSAGE] TextContent breaks 1 rule: text: character ${at} is a lone surrogate`);
          expect(error.issues).toEqual([{ path: 'text', rule: 'surrogate', message: `character ${at} is a lone surrogate` }]);
        }
      }
    }
  }
});

test('a lone surrogate is refused in lists, maps, oneofs and messages inside', () => {
  const lone = '\ud83d';
  const rows: readonly [init: object, path: string][] = [
    [{ stringList: ['a', lone] }, 'stringList[1]'],
    [{ stringMap: new Map([['k', lone]]) }, 'stringMap["k"]'],
    [{ stringMap: new Map([[lone, 'v']]) }, 'stringMap["\\ud83d"]'],
    [{ optionalString: lone }, 'optionalString'],
    [{ choice: { $case: 'choiceString', value: lone } }, 'choiceString'],
    [{ messageField: { name: lone } }, 'messageField.name'],
    [{ messageList: [{}, { name: 'x'.repeat(40) + lone }] }, 'messageList[1].name'],
  ];
  for (const [init, path] of rows)
    expect(thrownBy(() => AllTypes.encode(init)).issues).toMatchObject([{ path, rule: 'surrogate' }]);
});

test('the value of a secret is not in the text of an error', () => {
  const accessToken = `secret${'\ud800'}`;
  const error = thrownBy(() => SendInfo.encode({ data: { $case: 'login', value: { accessToken } } }));
  expect(error.message).toBe('[INVALID_MESSAGE] SendInfo breaks 1 rule: login.accessToken: character 6 is a lone surrogate');
});

test('texts of every length about the bounds of loop, native call and length bytes are written right', () => {
  const encoder = new TextEncoder();
  for (const filler of FILLERS) {
    for (const bytes of [0, 1, 31, 32, 33, 41, 42, 43, 63, 64, 126, 127, 128, 129, 130, 16_382, 16_383, 16_384, 16_385, 16_386]) {
      const text = filler.repeat(Math.ceil(bytes / encoder.encode(filler).length));
      const utf8 = encoder.encode(text);
      const written = TextContent.encode({ text });
      const head = utf8.length === 0 ? 0 : utf8.length < 128 ? 2 : utf8.length < 16_384 ? 3 : 4;
      expect(written.length).toBe(utf8.length + head);
      expect(TextContent.decode(written).text === text).toBe(true);
    }
  }
});

test('a text whose middle character misleads the guess of its length is written right', () => {
  for (const [text, length] of [
    // The middle is wide, the rest is not, and the other way round.
    [`${'a'.repeat(40)}你${'a'.repeat(40)}`, 83],
    [`${'你'.repeat(40)}a${'你'.repeat(40)}`, 241],
    [`${'你'.repeat(20)}a${'你'.repeat(20)}`, 121],
    [`${'a'.repeat(6000)}你${'a'.repeat(6000)}`, 12_003],
    [`${'你'.repeat(3000)}a${'你'.repeat(3000)}`, 18_001],
  ] as const) {
    const written = TextContent.encode({ text });
    expect(written.length).toBe(1 + (length < 128 ? 1 : length < 16_384 ? 2 : 3) + length);
    expect(TextContent.decode(written).text).toBe(text);
  }
});

test('the bytes are those of RFC 3629', () => {
  expect(TextContent.encode({ text: '\0' })).toEqual(hex('0a 01 00'));
  expect(TextContent.encode({ text: '\x7f\x80\u07ff' })).toEqual(hex('0a 05 7f c2 80 df bf'));
  expect(TextContent.encode({ text: '\u0800\ud7ff\ue000\uffff' })).toEqual(hex('0a 0c e0 a0 80 ed 9f bf ee 80 80 ef bf bf'));
  expect(TextContent.encode({ text: '\u{10000}\u{10ffff}' })).toEqual(hex('0a 08 f0 90 80 80 f4 8f bf bf'));
  expect(TextContent.encode({ text: '\ufeff你' })).toEqual(hex('0a 06 ef bb bf e4 bd a0'));
});

test(`any text comes back, as TextEncoder writes it (seed ${SEED})`, () => {
  const encoder = new TextEncoder();
  const text = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.constantFrom(...FILLERS)), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(text, (parts) => {
      const all = parts.join('');
      const written = TextContent.encode({ text: all });
      expect(TextContent.decode(written)).toMatchObject({ text: all });
      const utf8 = encoder.encode(all);
      expect(written.subarray(written.length - utf8.length)).toEqual(utf8);
    }),
    { seed: SEED, numRuns: 500 },
  );
});
