// Classes of characters that RE2 and ECMAScript read alike. They agree on few escapes, so that a class is written as ranges of code points.

/** A range of code points, both inclusive. */
type Range = readonly [first: number, last: number];

const MAX_POINT = 0x10ffff;
const SURROGATES: Range = [0xd800, 0xdfff];

/** Many fields have the same class, and it takes long to compute. */
const known = new Map<string, string>();

/** The class of the characters that all classes of `allowed` have, and none of `forbidden`, as a part of a pattern: `[!-~]`. */
export function classOf(allowed: readonly string[], forbidden: readonly string[]): string {
  // A character is refused that one of these matches.
  const refused = [...allowed.map((set) => `[^${set}]`), ...forbidden.map((set) => `[${set}]`)].join('|');
  const text = known.get(refused) ?? textOf(new RegExp(refused, 'u'));
  known.set(refused, text);
  return text;
}

function textOf(refused: RegExp): string {
  const inside: [number, number][] = [];
  const outside: [number, number][] = [];
  for (let point = 0; point <= MAX_POINT; point++) {
    // Surrogates are not characters, and belong to the ranges around them.
    if (point === SURROGATES[0]) point = SURROGATES[1] + 1;
    const [ranges, others] = refused.test(String.fromCodePoint(point)) ? [outside, inside] : [inside, outside];
    const last = ranges.at(-1);
    if (last !== undefined && last[1] > (others.at(-1)?.[1] ?? -1)) last[1] = point;
    else ranges.push([point, point]);
  }
  if (inside.length === 0) return NOTHING;
  return outside.length < inside.length ? `[^${outside.map(rangeText).join('')}]` : `[${inside.map(rangeText).join('')}]`;
}

/** A class without characters: all that is not any character. */
const NOTHING = '[^\\x00-\u{10ffff}]';

function rangeText([first, last]: Range): string {
  if (first === last) return pointText(first);
  return `${pointText(first)}${last === first + 1 ? '' : '-'}${pointText(last)}`;
}

function pointText(point: number): string {
  const char = String.fromCodePoint(point);
  // What is special in a class, or in the raw strings of CEL, or cannot be seen. Both know \xHH only below U+0100.
  const isPlain = point > 0xff || (/[!-~]/.test(char) && !/['"\\[\]^&~-]/.test(char)) || char === '~';
  return isPlain ? char : `\\x${point.toString(16).padStart(2, '0')}`;
}
