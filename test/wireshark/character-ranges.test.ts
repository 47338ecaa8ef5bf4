import { expect, it } from 'vitest';
import { characterRanges } from '../../scripts/generate-dissector/character-ranges.js';

it('joins neighbours, and knows code points above U+FFFF', () => {
  expect(characterRanges((c) => /^[a-c_😀😁]$/u.test(c))).toEqual([0x5f, 0x5f, 0x61, 0x63, 0x1f600, 0x1f601]);
});

it('has the ends of Unicode, and nothing where nothing matches', () => {
  expect(characterRanges((c) => c === '\0' || c === '\u{10ffff}')).toEqual([0, 0, 0x10ffff, 0x10ffff]);
  expect(characterRanges(() => false)).toEqual([]);
});
