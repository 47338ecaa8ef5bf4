// UTF-8 by our own loops, strict in both directions (RFC 3629; Unicode table 3-7): for short text, and for text that is mostly not ASCII.
import { CodecError } from './codec-error.js';

// Code units of a text, collected before they become a string.

/** Longer texts are concatenated from pieces of this length. */
export const CHARS = 16_384;
/** Valid within one call. In a loop, copy it to a local variable: a bundler may turn it into a `var`, which is not a constant to engines. */
export const chars = /* @__PURE__ */ new Uint16Array(CHARS);

/** Up to this length, `fewChars` is the fastest way to create a string. */
export const FEW_CHARS = 24;

const { fromCharCode } = String;

/**
 * The first `n` code units of `chars`, at most FEW_CHARS, as a string. One call with literal arguments takes 15 ns for 4 characters and 50 ns
 * for 24; a native slice takes 55 to 75 ns for any. The result is one flat string, while a concatenation is flattened when it is used.
 */
export function fewChars(n: number): string {
  const c = chars;
  // biome-ignore format: one line a length
  switch (n) {
    case 1: return fromCharCode(c[0]);
    case 2: return fromCharCode(c[0], c[1]);
    case 3: return fromCharCode(c[0], c[1], c[2]);
    case 4: return fromCharCode(c[0], c[1], c[2], c[3]);
    case 5: return fromCharCode(c[0], c[1], c[2], c[3], c[4]);
    case 6: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5]);
    case 7: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6]);
    case 8: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]);
    case 9: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8]);
    case 10: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9]);
    case 11: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10]);
    case 12: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11]);
    case 13: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12]);
    case 14: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13]);
    case 15: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], c[14]);
    case 16: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], c[14], c[15]);
    case 17: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], c[14], c[15], c[16]);
    case 18: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], c[14], c[15], c[16], c[17]);
    case 19: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], c[14], c[15], c[16], c[17], c[18]);
    case 20: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], c[14], c[15], c[16], c[17], c[18], c[19]);
    case 21: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], c[14], c[15], c[16], c[17], c[18], c[19], c[20]);
    case 22: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], c[14], c[15], c[16], c[17], c[18], c[19], c[20], c[21]);
    case 23: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], c[14], c[15], c[16], c[17], c[18], c[19], c[20], c[21], c[22]);
    case 24: return fromCharCode(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12], c[13], c[14], c[15], c[16], c[17], c[18], c[19], c[20], c[21], c[22], c[23]);
    default: return '';
  }
}

/**
 * Decodes b[p, e).
 * @param toText creates a string of the first `length` code units of `chars`, which are more than FEW_CHARS.
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
  const last = n <= FEW_CHARS ? fewChars(n) : toText(n);
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
