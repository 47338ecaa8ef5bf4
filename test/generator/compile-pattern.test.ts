// Patterns by our machine, beside the library of Buf that parses them and has a machine of its own.
import { RE2JS } from '@bufbuild/re2';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../scripts/protoc-gen-im-protocol/buf-validate/compile-pattern.js';
import { pattern } from '../../src/wire/standard/pattern.js';

function finder(source: string): (text: string) => boolean {
  const rule = pattern(compilePattern(source), source);
  return (text) => !rule.refuses(text);
}

const PATTERNS = [
  '',
  'a',
  '^a',
  'a$',
  '^$',
  '^a*$',
  '^(a|ab)(c|bcd)$',
  'a.c',
  '(?s)a.c',
  '(?i)k',
  '(?i)^straße$',
  '(?m)^b$',
  '\\Aa\\z',
  '\\bab\\b',
  '\\Bb',
  '[^a]',
  '[[:alpha:]]+[[:digit:]]',
  '\\d\\w\\s',
  '\\pL',
  '\\p{Greek}',
  '^.{2}$',
  'a{2,3}b',
  '(?:a|b)*?c',
  '(a+)+b',
  '\\x{1F642}',
  '[\\x{1F600}-\\x{1F64F}]',
  '\\Qa.c\\E',
  'x*y*z*$',
];
const TEXTS = [
  '',
  'a',
  'b',
  'c',
  'ab',
  'abc',
  'abcd',
  'aab',
  'aaab',
  'a.c',
  'a\nc',
  'a\nb\nc',
  'K',
  '\u212a',
  'STRASSE',
  'straße',
];
const OTHERS = ['a1', '1a ', 'α', '中', '🙂', '🙂🙂', 'x', 'xyz', ' ab ', 'a_b', '\r', '\u2028', '\ufffd'];

describe.each(PATTERNS)('/%s/', (source) => {
  it('finds what RE2 finds', () => {
    const re2 = RE2JS.compile(source);
    const texts = [...TEXTS, ...OTHERS];
    expect(texts.filter(finder(source))).toEqual(texts.filter((text) => re2.test(text)));
  });
});

it('the time is linear, also of a pattern that takes a regular expression of JavaScript an age', () => {
  expect(finder('^(a+)+$')(`${'a'.repeat(100_000)}!`)).toBe(false);
  expect(finder('(x+x+)+y')('x'.repeat(100_000))).toBe(false);
});
