// Rules of strings: of their sizes and parts.
import { exceedsBytes, lacksBytes } from '../rules.js';
import { maxBytesText, minBytesText } from '../violations.js';
import { plainRule, type StandardRule } from './rule.js';

/** Number of code points. */
function lengthOf(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    // A pair of surrogates is one code point.
    if ((text.charCodeAt(i) & 0xfc00) !== 0xd800 || (text.charCodeAt(i + 1) & 0xfc00) !== 0xdc00) continue;
    length--;
    i++;
  }
  return length;
}

function gotCharacters(text: string): string {
  const length = lengthOf(text);
  return `got ${length} ${length === 1 ? 'character' : 'characters'}`;
}

/** `len`: the exact number of code points. */
export function length(wanted: number): StandardRule<string> {
  return {
    name: 'len',
    // A code point has one or two UTF-16 code units.
    refuses: (text) => text.length < wanted || text.length > wanted * 2 || lengthOf(text) !== wanted,
    text: (text) => `${gotCharacters(text)}, expected ${wanted}`,
  };
}

/** `min_len` */
export function minLength(limit: number): StandardRule<string> {
  return {
    name: 'min_len',
    refuses: (text) => text.length < limit || (text.length < limit * 2 && lengthOf(text) < limit),
    text: (text) => `${gotCharacters(text)}, at least ${limit}`,
  };
}

/** `max_len` */
export function maxLength(limit: number): StandardRule<string> {
  return {
    name: 'max_len',
    refuses: (text) => text.length > limit && (text.length > limit * 2 || lengthOf(text) > limit),
    text: (text) => `${gotCharacters(text)}, limit ${limit}`,
  };
}

/** `min_bytes` in UTF-8. */
export function minTextBytes(limit: number): StandardRule<string> {
  return { name: 'min_bytes', refuses: (text) => lacksBytes(text, limit), text: (text) => minBytesText(text, limit) };
}

/** `max_bytes` in UTF-8. */
export function maxTextBytes(limit: number): StandardRule<string> {
  return { name: 'max_bytes', refuses: (text) => exceedsBytes(text, limit), text: (text) => maxBytesText(text, limit) };
}

/** `prefix` */
export function prefix(wanted: string): StandardRule<string> {
  return plainRule('prefix', (text) => !text.startsWith(wanted), `does not begin with ${JSON.stringify(wanted)}`);
}

/** `suffix` */
export function suffix(wanted: string): StandardRule<string> {
  return plainRule('suffix', (text) => !text.endsWith(wanted), `does not end with ${JSON.stringify(wanted)}`);
}

/** `contains` */
export function contains(wanted: string): StandardRule<string> {
  return plainRule('contains', (text) => !text.includes(wanted), `does not contain ${JSON.stringify(wanted)}`);
}

/** `not_contains` */
export function notContains(refused: string): StandardRule<string> {
  return plainRule('not_contains', (text) => text.includes(refused), `contains ${JSON.stringify(refused)}`);
}
