// A strict UTF-8 decoder (RFC 3629; Unicode table 3-7), for text that is mostly not ASCII.
import { Fault } from './fault.js';

/** UTF-16 code units that are collected before they become text; a longer text is put together from pieces. */
const PIECE = 16_384;
const chars = new Uint16Array(PIECE);

/**
 * Decodes b[p, e), or throws a Fault.
 * @param toText makes text of the first `length` code units.
 */
export function decodeStrict(
  b: Uint8Array,
  p: number,
  e: number,
  toText: (chars: Uint16Array, length: number) => string,
): string {
  const start = p;
  let text = '';
  let n = 0;
  while (p < e) {
    const lead = b[p];
    if (lead < 0x80) {
      chars[n++] = lead;
      p += 1;
    } else if (lead >= 0xe0 && lead < 0xf0) {
      const second = p + 2 < e ? b[p + 1] : 0;
      const third = p + 2 < e ? b[p + 2] : 0;
      const char = ((lead & 15) << 12) | ((second & 63) << 6) | (third & 63);
      // Not an overlong form (below U+0800), not a surrogate (U+D800 to U+DFFF).
      if ((second & 0xc0) !== 0x80 || (third & 0xc0) !== 0x80 || char < 0x800 || (char & 0xf800) === 0xd800) throw invalid(start);
      chars[n++] = char;
      p += 3;
    } else if (lead >= 0xc2 && lead < 0xe0) {
      const second = p + 1 < e ? b[p + 1] : 0;
      if ((second & 0xc0) !== 0x80) throw invalid(start);
      chars[n++] = ((lead & 31) << 6) | (second & 63);
      p += 2;
    } else {
      const point = fourBytes(b, p, e, start);
      chars[n++] = 0xd7c0 + (point >>> 10);
      chars[n++] = 0xdc00 | (point & 0x3ff);
      p += 4;
    }
    if (n > PIECE - 2) {
      text += toText(chars, n);
      n = 0;
    }
  }
  return text === '' ? toText(chars, n) : text + toText(chars, n);
}

/** U+10000 to U+10FFFF. */
function fourBytes(b: Uint8Array, p: number, e: number, start: number): number {
  if (b[p] < 0xf0 || b[p] > 0xf4 || p + 3 >= e) throw invalid(start);
  const [lead, second, third, fourth] = [b[p], b[p + 1], b[p + 2], b[p + 3]];
  if ((second & 0xc0) !== 0x80 || (third & 0xc0) !== 0x80 || (fourth & 0xc0) !== 0x80) throw invalid(start);
  const point = ((lead & 7) << 18) | ((second & 63) << 12) | ((third & 63) << 6) | (fourth & 63);
  if (point < 0x10000 || point > 0x10ffff) throw invalid(start);
  return point;
}

function invalid(start: number): Fault {
  return new Fault('invalid UTF-8', start);
}
