// What generated checks and schemas ask of a value: the predicates of the rules in im/options/v1/options.proto. None of them
// allocates where a rule is kept. Types are judged elsewhere (shape.ts): each value has its own here.

/** Stands for a bytes field that is left out. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** Stands for a list that is left out. */
export const NO_ITEMS: readonly never[] = [];

/** Stands for a map that is left out. */
export const NO_ENTRIES: ReadonlyMap<never, never> = new Map<never, never>();

/** The number of bytes of a text in UTF-8. A lone surrogate counts as three, as U+FFFD does. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char < 0x80) continue;
    bytes += char < 0x800 ? 1 : 2;
    // A pair of surrogates is one character of four bytes, two for each half.
    if ((char & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
  }
  return bytes;
}

/** min_bytes: true if a text has fewer than `min` bytes. A UTF-16 code unit takes one byte at least. */
export function lacksBytes(text: string, min: number): boolean {
  return text.length < min && byteLength(text) < min;
}

/** max_bytes: true if a text has more than `max` bytes. A UTF-16 code unit takes three bytes at most. */
export function exceedsBytes(text: string, max: number): boolean {
  return text.length * 3 > max && (text.length > max || byteLength(text) > max);
}

/** not_blank: true if a text is made of white space alone. The empty text is not: that is min_bytes' business. */
export function isBlank(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first > 0x20 && first < 0x7f) return false;
  return text !== '' && text.trim() === '';
}

/** Up to so many elements, comparing each with each beats a set. */
const COMPARED = 32;

/** unique: index of the first element that was given before; -1 = none was. */
export function firstRepeated(list: readonly unknown[]): number {
  if (list.length > COMPARED) {
    const seen = new Set<unknown>();
    return list.findIndex((item) => seen.size === seen.add(item).size);
  }
  for (let i = 1; i < list.length; i++) {
    for (let j = 0; j < i; j++) if (list[i] === list[j]) return i;
  }
  return -1;
}

/** byte_total: the bytes of all texts of a list. */
export function bytesOfList(list: readonly string[]): number {
  let bytes = 0;
  for (let i = 0; i < list.length; i++) bytes += byteLength(list[i]);
  return bytes;
}

/** byte_total: the bytes of all keys and values of a map. */
export function bytesOfMap(map: ReadonlyMap<unknown, unknown>): number {
  let bytes = 0;
  if (map.size === 0) return bytes;
  for (const [key, value] of map) {
    if (typeof key === 'string') bytes += byteLength(key);
    if (typeof value === 'string') bytes += byteLength(value);
  }
  return bytes;
}

/** The UTF-16 code units of all texts of a list. */
export function charsOfList(list: readonly string[]): number {
  let chars = 0;
  for (let i = 0; i < list.length; i++) chars += list[i].length;
  return chars;
}

/** The UTF-16 code units of all keys and values of a map. */
export function charsOfMap(map: ReadonlyMap<unknown, unknown>): number {
  let chars = 0;
  if (map.size === 0) return chars;
  for (const [key, value] of map) {
    if (typeof key === 'string') chars += key.length;
    if (typeof value === 'string') chars += value.length;
  }
  return chars;
}
