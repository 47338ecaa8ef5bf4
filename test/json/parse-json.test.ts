import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/json/index.js';
import { SEED } from '../seed.js';
import { thrownBy } from '../thrown-by.js';

describe('numbers', () => {
  test.each([
    ['0', 0],
    ['-0', -0],
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['18446744073709551615', 18446744073709551615n],
    ['1e18', 1000000000000000000n],
    ['9.007199254740993e15', 9007199254740993n],
    ['9007199254740992.5', 9007199254740992],
    ['0.1', 0.1],
    ['1.5e-3', 0.0015],
    ['-12.5E+1', -125],
  ])('reads %s exactly', (text, value) => {
    expect(parseJson(text)).toBe(value);
  });

  test('refuses a number beyond the largest double', () => {
    const error = thrownBy(() => parseJson('[1, 1e309]'));
    expect(error.message).toBe('[INVALID_MESSAGE] no JSON that can be read: a number beyond the largest double at character 4');
    expect(error.issues).toEqual([{ path: '', rule: 'json', message: error.message.slice('[INVALID_MESSAGE] '.length) }]);
  });

  test('does not read a megabyte of digits as a bigint', () => {
    expect(thrownBy(() => parseJson('9'.repeat(1_000_000))).code).toBe('INVALID_MESSAGE');
  });
});

describe('objects', () => {
  test('keeps __proto__ as a key', () => {
    const value = parseJson('{"__proto__": {"polluted": true}, "a": 1}') as object;
    expect(Object.keys(value)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":true},"a":1}');
  });

  test('keeps keys that objects inherit', () => {
    expect(JSON.stringify(parseJson('{"constructor":1,"toString":2}'))).toBe('{"constructor":1,"toString":2}');
  });

  test.each([
    ['{"a": 1, "a": 2}', 9],
    ['{"a": 1, "\\u0061": 2}', 9],
    ['{"__proto__": 1, "__proto__": 2}', 17],
  ])('refuses a key that is given twice: %s', (text, at) => {
    expect(thrownBy(() => parseJson(text)).message).toBe(
      `[INVALID_MESSAGE] no JSON that can be read: a key that the object has already at character ${at}`,
    );
  });
});

describe('text that is no JSON', () => {
  test.each([
    ['', 'the end of the text at character 0'],
    ['  ', 'the end of the text at character 2'],
    ['{', 'the end of the text at character 1'],
    ['{"a"', 'the end of the text at character 4'],
    ['{"a":1', 'the end of the text at character 6'],
    ['{"a":1,}', 'a } at character 7'],
    ['{a:1}', 'a a at character 1'],
    ["{'a':1}", "a ' at character 1"],
    ['[1,]', 'a ] at character 3'],
    ['[1 2]', 'a 2 at character 3'],
    ['[1}', 'a } at character 2'],
    ['01', 'a 1 at character 1'],
    ['+1', 'a + at character 0'],
    ['-', 'a - at character 0'],
    ['1.', 'a . at character 1'],
    ['.5', 'a . at character 0'],
    ['NaN', 'a N at character 0'],
    ['nul', 'a n at character 0'],
    ['nulll', 'a n at character 0'],
    ['True', 'a T at character 0'],
    ['"a', 'the end of the text at character 2'],
    ['"a\nb"', 'U+000A at character 2'],
    ['"\\x"', 'an escape that JSON does not have at character 1'],
    ['"\\u12g4"', 'an escape that JSON does not have at character 1'],
    ['1 1', 'a 1 at character 2'],
    ['{} // end', 'a / at character 3'],
    ['\uFEFF{}', 'U+FEFF at character 0'],
    ['\u00a0{}', 'U+00A0 at character 0'],
  ])('refuses %j', (text, what) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(thrownBy(() => parseJson(text)).message).toBe(`[INVALID_MESSAGE] no JSON that can be read: ${what}`);
  });

  test.each([
    [202, undefined],
    [203, undefined],
    [204, '[INVALID_MESSAGE] no JSON that can be read: JSON nested deeper than 203 levels at character 203'],
  ])('%i levels', (levels, message) => {
    const text = '['.repeat(levels) + ']'.repeat(levels);
    if (message === undefined) expect(JSON.stringify(parseJson(text))).toBe(text);
    else expect(thrownBy(() => parseJson(text)).message).toBe(message);
  });

  test('a million brackets are refused like any other nesting', () => {
    expect(thrownBy(() => parseJson('['.repeat(1_000_000))).code).toBe('INVALID_MESSAGE');
  });

  test('many siblings are not nesting', () => {
    expect(parseJson(`[${'[],'.repeat(1000)}[]]`)).toHaveLength(1001);
  });
});

test('escapes are read as JSON.parse reads them', () => {
  const text = '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u4F60\\ud83d\\ude00 \\ud800 é"';
  expect(parseJson(text)).toBe(JSON.parse(text));
});

const asNumbers = (_key: string, item: unknown) => (typeof item === 'bigint' ? Number(item) : item);

test(`agrees with JSON.parse (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.json({ noUnicodeString: false }), fc.constantFrom(undefined, 1, '\t'), (json, space) => {
      const value = JSON.parse(json);
      const text = JSON.stringify(value, null, space);
      expect(JSON.stringify(parseJson(text), asNumbers)).toBe(JSON.stringify(value));
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test(`refuses what JSON.parse refuses, and no more (seed ${SEED})`, () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"b"',
    '1',
    '-',
    '.5',
    'e3',
    ' ',
    'true',
    'null',
    '"\\n"',
    '"',
    '\\',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 9 }), (parts) => {
      const text = parts.join('');
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        expect(() => parseJson(text)).toThrow('[INVALID_MESSAGE] no JSON that can be read');
        return;
      }
      // Which of two values with one key counts, JSON.parse decides silently.
      if (/"([ab])".*"\1":/s.test(text)) return;
      // Integers that a double does not hold exactly are bigints here.
      expect(JSON.stringify(parseJson(text), asNumbers)).toBe(JSON.stringify(expected));
    }),
    { seed: SEED, numRuns: 5000 },
  );
});
