import type { Random } from '../../../test/fuzz/random.js';
import type { FieldSettings } from '../../protoc-gen-im-protocol/settings.js';

/** Characters of all kinds: white space, control characters, of one to four bytes. */
const CHARACTERS = [
  ...'aZ09_-./:@#%|"\'`$\x7b}\\ ~!\t\n\r\v',
  ...'\u0000\u001f\u007f\u0085\u009f\u00a0\u00e9\u180e\u200b\u2028\u3000\ufeff\u4e2d\uffff\u{1f600}\u{10ffff}',
];
/** Longer texts at a limit are rare, so that few bytes test much. */
const LONG = 300;

/** A text, on a limit or beside it, or with characters and values that the rules refuse. */
export function randomText(rules: readonly FieldSettings[], random: Random, isWrong: boolean): string {
  const min = Math.max(0, ...rules.map(({ minBytes = 0 }) => minBytes));
  const max = Math.min(2 ** 20, ...rules.flatMap(({ maxBytes }) => maxBytes ?? []));
  if (!isWrong) return textOf(allowed(rules), goodSize(min, max, random), random);
  switch (random.below(5)) {
    case 0:
      return textOf(allowed(rules), Math.max(0, min - 1), random);
    case 1:
      return max < LONG || random.oneIn(20) ? textOf(allowed(rules), max === 2 ** 20 ? 10 : max + 1, random) : '';
    case 2:
      return ' \u00a0\u3000\ufeff'.slice(random.below(4));
    case 3: {
      const named = rules.flatMap(({ notIn, notPrefix }) => [...notIn, ...notPrefix.flatMap((prefix) => [prefix, `${prefix}a`])]);
      return named.length === 0 ? random.pick(CHARACTERS) : random.pick(named);
    }
    default:
      return textOf(CHARACTERS, goodSize(min, max, random), random);
  }
}

function goodSize(min: number, max: number, random: Random): number {
  if (random.oneIn(max <= LONG ? 5 : 100) && max < 2 ** 17) return max;
  return Math.min(max, min + random.below(8));
}

/** A text of that many bytes, or a few less where no character fits. */
function textOf(characters: readonly string[], bytes: number, random: Random): string {
  let text = '';
  let left = bytes;
  const shortest = characters.reduce((a, b) => (Buffer.byteLength(b) < Buffer.byteLength(a) ? b : a));
  while (left > 0) {
    const char = bytes > LONG ? shortest : random.pick(characters);
    const fitting = Buffer.byteLength(char) <= left ? char : shortest;
    if (Buffer.byteLength(fitting) > left) break;
    text += fitting;
    left -= Buffer.byteLength(fitting);
  }
  return text;
}

const known = new Map<string, readonly string[]>();

/** The characters that the rules allow, and at least one. */
function allowed(rules: readonly FieldSettings[]): readonly string[] {
  const refused = rules.flatMap(({ alphabet, forbidden }) => [
    ...(alphabet ? [`[^${alphabet}]`] : []),
    ...(forbidden ? [`[${forbidden}]`] : []),
  ]);
  const key = refused.join('|');
  let characters = known.get(key);
  if (characters === undefined) {
    const isAllowed = (char: string): boolean => key === '' || !new RegExp(key, 'u').test(char);
    const all = CHARACTERS.filter(isAllowed);
    characters = all.length > 0 ? all : [firstWhere(isAllowed)];
    known.set(key, characters);
  }
  return characters;
}

function firstWhere(isAllowed: (char: string) => boolean): string {
  for (let point = 0; point <= 0x10ffff; point++) {
    const char = String.fromCodePoint(point);
    if (/\P{Cs}/u.test(char) && isAllowed(char)) return char;
  }
  throw new Error('no character is allowed');
}
