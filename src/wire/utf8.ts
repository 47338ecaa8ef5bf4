// UTF-8 by our own loops, strict in both directions (RFC 3629; Unicode table 3-7): for short text, and for text that is mostly not ASCII.
import { CodecError } from './codec-error.js';

// Code units of a text, collected before they become a string.

/** Longer texts are concatenated from pieces of this length. */
export const CHARS = 16_384;
/** Valid within one call. In a loop, copy it to a local variable: a bundler may turn it into a `var`, which is not a constant to engines. */
export const chars = /* @__PURE__ */ new Uint16Array(CHARS);

/**
 * Decodes b[p, e).
 * @param toText creates a string of the first `length` code units of `chars`.
 * @throws CodecError for invalid UTF-8.
 */
export function decodeStrict(b: Uint8Array, p: number, e: number, toText: (length: number) => string): string {
  const start = p;
  const into = chars;
  let text = '';
  let n = 0;
  while (p < e) {
    const lead = b[p];
    if (lead < 0x80) {
      into[n++] = lead;
      p += 1;
    } else if (lead >= 0xe1 && lead <= 0xec) {
      // U+1000 to U+CFFF, which includes Chinese: with these lead bytes, any two continuation bytes are valid. Decoding a run takes half as
      // long as one by one: 2.2 ns per character.
      const end = Math.min(e - 2, p + 3 * (CHARS - n));
      const before = p;
      while (p < end) {
        const row = b[p] - 0xe1;
        const second = b[p + 1] ^ 0x80;
        const third = b[p + 2] ^ 0x80;
        if (row >>> 0 > 11 || (second | third) > 63) break;
        into[n++] = ((row + 1) << 12) | (second << 6) | third;
        p += 3;
      }
      if (p === before) throw invalid(start);
    } else if (lead >= 0xe0 && lead < 0xf0) {
      if (p + 2 >= e) throw invalid(start);
      const bytes = (lead << 16) | (b[p + 1] << 8) | b[p + 2];
      const char = ((bytes >>> 4) & 0xf000) | ((bytes >>> 2) & 0xfc0) | (bytes & 63);
      // Two continuation bytes; not an overlong form (below U+0800), not a surrogate (U+D800 to U+DFFF).
      if ((bytes & 0xc0c0) !== 0x8080 || char < 0x800 || (char & 0xf800) === 0xd800) throw invalid(start);
      into[n++] = char;
      p += 3;
    } else if (lead >= 0xc2 && lead < 0xe0) {
      const second = p + 1 < e ? b[p + 1] : 0;
      if ((second & 0xc0) !== 0x80) throw invalid(start);
      into[n++] = ((lead & 31) << 6) | (second & 63);
      p += 2;
    } else {
      const point = fourBytes(b, p, e, start);
      into[n++] = 0xd7c0 + (point >>> 10);
      into[n++] = 0xdc00 | (point & 0x3ff);
      p += 4;
    }
    if (n > CHARS - 2) {
      // The next character may be a pair.
      text += toText(n);
      n = 0;
    }
  }
  const last = toText(n);
  return text === '' ? last : text + last;
}

/** U+10000 to U+10FFFF. */
function fourBytes(b: Uint8Array, p: number, e: number, start: number): number {
  const lead = b[p];
  if (lead < 0xf0 || lead > 0xf4 || p + 3 >= e) throw invalid(start);
  const second = b[p + 1];
  const third = b[p + 2];
  const fourth = b[p + 3];
  if ((second & 0xc0) !== 0x80 || (third & 0xc0) !== 0x80 || (fourth & 0xc0) !== 0x80) throw invalid(start);
  const point = ((lead & 7) << 18) | ((second & 63) << 12) | ((third & 63) << 6) | (fourth & 63);
  if (point < 0x10000 || point > 0x10ffff) throw invalid(start);
  return point;
}

function invalid(start: number): CodecError {
  return new CodecError('invalid UTF-8', start);
}

/** Writes text and returns the index after it. `b` has capacity for three bytes per character. @throws CodecError for a lone surrogate. */
export function putChars(text: string, b: Uint8Array, p: number): number {
  const length = text.length;
  for (let i = 0; i < length; i++) {
    const char = text.charCodeAt(i);
    if (char < 0x80) {
      b[p++] = char;
    } else if (char < 0x800) {
      b[p] = 0xc0 | (char >>> 6);
      b[p + 1] = 0x80 | (char & 63);
      p += 2;
    } else if ((char & 0xf800) !== 0xd800) {
      b[p] = 0xe0 | (char >>> 12);
      b[p + 1] = 0x80 | ((char >>> 6) & 63);
      b[p + 2] = 0x80 | (char & 63);
      p += 3;
    } else {
      const low = text.charCodeAt(++i);
      // A high surrogate, then a low one. At the end of the text, NaN fails too.
      if (char > 0xdbff || (low & 0xfc00) !== 0xdc00) throw new CodecError('lone surrogate', -1);
      const point = 0x10000 + ((char & 0x3ff) << 10) + (low & 0x3ff);
      b[p] = 0xf0 | (point >>> 18);
      b[p + 1] = 0x80 | ((point >>> 12) & 63);
      b[p + 2] = 0x80 | ((point >>> 6) & 63);
      b[p + 3] = 0x80 | (point & 63);
      p += 4;
    }
  }
  return p;
}

/**
 * Writes text that is ASCII, four characters at a time, which takes two thirds of the time of `putChars`. Returns the index after it, or 0 at a
 * character that is not ASCII. `b` has capacity for the text.
 */
export function putAscii(text: string, b: Uint8Array, p: number): number {
  const length = text.length;
  const fours = length & ~3;
  let i = 0;
  for (; i < fours; i += 4) {
    const first = text.charCodeAt(i);
    const second = text.charCodeAt(i + 1);
    const third = text.charCodeAt(i + 2);
    const fourth = text.charCodeAt(i + 3);
    if ((first | second | third | fourth) > 127) return 0;
    b[p] = first;
    b[p + 1] = second;
    b[p + 2] = third;
    b[p + 3] = fourth;
    p += 4;
  }
  for (; i < length; i++) {
    const char = text.charCodeAt(i);
    if (char > 127) return 0;
    b[p++] = char;
  }
  return p;
}
