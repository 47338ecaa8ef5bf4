// The rules that readers precheck (src/wire/text.ts), so that the check skips them in a message without suspect values. Both emitters use these
// functions, so that no rule is skipped that readers do not cover.
import type { FieldModel } from './model.js';
import type { Rule } from './rule.js';

/** All characters that the rules of a text refuse, as a regular expression; undefined without such rules. */
export function refusedCharacters(rules: readonly Rule[]): string | undefined {
  const classes = rules.flatMap((rule) => rule.refuses ?? []);
  return classes.length === 0 ? undefined : classes.join('|');
}

/** True if ids (1 or more) keep all rules of the elements of a list. Readers of packed lists mark others as suspect. */
export function areIds({ kind, type }: FieldModel, items: readonly Rule[]): boolean {
  const isList = kind === 'list' && type.kind === 'scalar' && type.scalar === 'sfixed64';
  return isList && items.length > 0 && items.every(isKeptByIds);
}

function isKeptByIds({ name, bound }: Rule): boolean {
  return name === 'min' && bound !== undefined && bound <= 1n;
}

/**
 * A varint of at most this many bytes keeps the rules of the field, except for 0 perhaps; undefined = not prechecked. Only for 64 bits, because
 * comparing bigints is slow, and comparing numbers is not.
 */
export function precheckedVarintBytes({ kind, type }: FieldModel, whole: readonly Rule[]): number | undefined {
  const isLong = kind === 'one' && type.kind === 'scalar' && /^u?int64$/.test(type.scalar);
  if (!isLong || whole.length === 0) return undefined;
  let most = 2n ** 63n - 1n;
  for (const rule of whole) {
    if (rule.name === 'max' && rule.bound !== undefined) most = rule.bound < most ? rule.bound : most;
    else if (!isKeptByIds(rule)) return undefined;
  }
  let bytes = 0;
  while (2n ** BigInt((bytes + 1) * 7) - 1n <= most) bytes++;
  return bytes === 0 ? undefined : bytes;
}

/**
 * The bytes of UTF-8 text without refused characters, as ranges. Only the first byte of a character is considered, so some valid texts have
 * other bytes too. Continuation bytes are always included.
 */
export function precheckedBytes(refused: string): (readonly [first: number, last: number])[] {
  const refuses = new RegExp(refused, 'u');
  const sound = new Array<boolean>(256).fill(true);
  for (let point = 0; point <= 0x10ffff; point++) {
    const isSurrogate = point >= 0xd800 && point <= 0xdfff;
    if (!isSurrogate && sound[leadByte(point)] && refuses.test(String.fromCodePoint(point))) sound[leadByte(point)] = false;
  }
  // If only ASCII is allowed, no other byte is included.
  if (!sound.slice(0xc2, 0xf5).includes(true)) sound.fill(false, 0x80);
  const ranges: [number, number][] = [];
  sound.forEach((isSound, byte) => {
    if (isSound && sound[byte - 1]) ranges[ranges.length - 1][1] = byte;
    else if (isSound) ranges.push([byte, byte]);
  });
  return ranges;
}

/** True if a text without refused characters is ASCII, so that it has as many bytes as UTF-16 code units. */
export function allowsOnlyAscii(refused: string): boolean {
  return precheckedBytes(refused).every(([, last]) => last < 0x80);
}

/** First byte of a character in UTF-8. */
function leadByte(point: number): number {
  if (point < 0x80) return point;
  if (point < 0x800) return 0xc0 | (point >>> 6);
  return point < 0x10000 ? 0xe0 | (point >>> 12) : 0xf0 | (point >>> 18);
}
