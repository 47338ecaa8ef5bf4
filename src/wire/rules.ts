// The predicates of the rules in im/options/v1/options.proto, for generated checks. None allocates if the rule is kept. Each value is of the
// right type: shape.ts checks that.

/** The default of a bytes field. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** The default of a list. */
export const NO_ITEMS: readonly never[] = [];

/** The default of a map. */
export const NO_ENTRIES: ReadonlyMap<never, never> = new Map<never, never>();

/** Number of bytes of a text in UTF-8. A lone surrogate counts as three, as U+FFFD does. */
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

/** not_blank: true if a text consists of white space. The empty text does not: it is a matter of min_bytes. */
export function isBlank(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first > 0x20 && first < 0x7f) return false;
  return text !== '' && text.trim() === '';
}

/** Up to this length, comparing all pairs is faster than a set. */
const COMPARED = 32;

/** unique: index of the first element that occurred before; -1 = all differ. */
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

/** byte_total: the bytes of a text, of all texts of a list, of all keys and values of a map. */
export function bytesOf(value: string | readonly string[] | ReadonlyMap<unknown, unknown>): number {
  if (typeof value === 'string') return byteLength(value);
  const texts = 'size' in value ? [...value].flat() : value;
  return texts.reduce<number>((sum, text) => sum + (typeof text === 'string' ? byteLength(text) : 0), 0);
}

/** Number of UTF-16 code units of all texts of a list. */
export function charsOfList(list: readonly string[]): number {
  let chars = 0;
  for (let i = 0; i < list.length; i++) chars += list[i].length;
  return chars;
}

/** Number of UTF-16 code units of all keys and values of a map. */
export function charsOfMap(map: ReadonlyMap<unknown, unknown>): number {
  let chars = 0;
  if (map.size === 0) return chars;
  for (const [key, value] of map) {
    if (typeof key === 'string') chars += key.length;
    if (typeof value === 'string') chars += value.length;
  }
  return chars;
}

/** not_in: a set of texts. A lookup costs next to nothing if no text of the set has the same length and first character. */
export class Names {
  private readonly all: ReadonlySet<string>;
  private readonly kinds = new Uint8Array(1024);

  constructor(names: readonly string[]) {
    this.all = new Set(names);
    for (const name of names) this.kinds[kindOf(name)] = 1;
  }

  has(text: string): boolean {
    return this.kinds[kindOf(text)] === 1 && this.all.has(text);
  }
}

/** 5 bits of the first character, 5 of the length. */
function kindOf(text: string): number {
  return ((text.charCodeAt(0) & 31) << 5) | (text.length & 31);
}

/** True if the full name of a message follows the last `/`: names joined by dots, each a letter or _, then letters, digits, _. */
export function isTypeUrl(url: string): boolean {
  const slash = url.lastIndexOf('/');
  if (slash < 0) return false;
  let nameBegins = true;
  for (let i = slash + 1; i < url.length; i++) {
    const char = url.charCodeAt(i);
    if (isNameStart(char)) nameBegins = false;
    else if (nameBegins) return false;
    else if (char === 0x2e) nameBegins = true;
    else if (char < 0x30 || char > 0x39) return false;
  }
  return !nameBegins;
}

function isNameStart(char: number): boolean {
  const lower = char | 0x20;
  return (lower >= 0x61 && lower <= 0x7a && char < 0x80) || char === 0x5f;
}
