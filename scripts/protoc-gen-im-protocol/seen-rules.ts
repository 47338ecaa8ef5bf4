// The rules that readers look at while they read (src/wire/doubt.ts), so that the check of what was read without a doubt skips them.
// Both emitters ask here: what one leaves out, the other has looked at.
import type { FieldModel } from './model.js';
import type { Rule } from './rule.js';

/** What all rules of its characters together refuse in a text, as a regular expression; undefined = it has no such rules. */
export function refusedCharacters(rules: readonly Rule[]): string | undefined {
  const classes = rules.flatMap((rule) => rule.refuses ?? []);
  return classes.length === 0 ? undefined : classes.join('|');
}

/** All rules of the elements of a list are kept by ids, which are 1 or more: readers of packed lists see to that. */
export function areIds({ kind, type }: FieldModel, items: readonly Rule[]): boolean {
  const isList = kind === 'list' && type.kind === 'scalar' && type.scalar === 'sfixed64';
  return isList && items.length > 0 && items.every(isKeptByIds);
}

function isKeptByIds({ name, bound }: Rule): boolean {
  return name === 'min' && bound !== undefined && bound <= 1n;
}

/**
 * A varint of so many bytes, at most, keeps the rules of the field, but for 0 perhaps; undefined = readers do not look at it. Comparing
 * numbers is cheap, and comparing bigints is not: so it is for 64 bits.
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
 * The bytes of texts in UTF-8 that have none of the refused characters, as ranges. A character is judged by its first byte alone, so that
 * some texts that are fine have other bytes too; the bytes behind the first are in any case among them.
 */
export function precheckedBytes(refused: string): (readonly [first: number, last: number])[] {
  const refuses = new RegExp(refused, 'u');
  const sound = new Array<boolean>(256).fill(true);
  for (let point = 0; point <= 0x10ffff; point++) {
    const isSurrogate = point >= 0xd800 && point <= 0xdfff;
    if (!isSurrogate && sound[leadByte(point)] && refuses.test(String.fromCodePoint(point))) sound[leadByte(point)] = false;
  }
  // Of ASCII alone: nothing else is among them.
  if (!sound.slice(0xc2, 0xf5).includes(true)) sound.fill(false, 0x80);
  const ranges: [number, number][] = [];
  sound.forEach((isSound, byte) => {
    if (isSound && sound[byte - 1]) ranges[ranges.length - 1][1] = byte;
    else if (isSound) ranges.push([byte, byte]);
  });
  return ranges;
}

/** First byte of a character in UTF-8. */
function leadByte(point: number): number {
  if (point < 0x80) return point;
  if (point < 0x800) return 0xc0 | (point >>> 6);
  return point < 0x10000 ? 0xe0 | (point >>> 12) : 0xf0 | (point >>> 18);
}
