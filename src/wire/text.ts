// Strings on the wire: short ones by our own loops, which are faster than a native call, long ones by the platform.

import { charsToText, FEW_CHARS, fewChars, LOOP_ASCII, readUtf8, writeUtf8 } from './platform.js';
import { chars, decodeStrict, putAscii, putChars } from './utf8.js';
import { putVarint32 } from './write-varint.js';

/** Up to this length, wide text (Chinese) is written faster by a loop. It takes at most 126 bytes, so its length takes one byte. */
const LOOP_CHARS = 42;

/** Reads the text in b[p, e). @throws CodecError for invalid UTF-8. */
export function textAt(b: Uint8Array, p: number, e: number): string {
  return e - p <= FEW_CHARS ? shortText(b, p, e) : readUtf8(b, p, e);
}

function shortText(b: Uint8Array, p: number, e: number): string {
  const into = chars;
  const length = e - p;
  let all = 0;
  for (let i = 0; i < length; i++) {
    const byte = b[p + i];
    into[i] = byte;
    all |= byte;
  }
  return all < 128 ? fewChars(length) : decodeStrict(b, p, e, charsToText);
}

/** Writes a string, preceded by its length. `b` has capacity for 5 bytes and three per character. */
export function putText(text: string, b: Uint8Array, p: number): number {
  const length = text.length;
  // A guess at whether the text is wide: the native call writes ASCII much faster than other text.
  if (length <= LOOP_ASCII || (length <= LOOP_CHARS && (text.charCodeAt(0) | text.charCodeAt(length >>> 1)) > 127)) {
    const ascii = putAscii(text, b, p + 1);
    return closeLength(b, p, 1, ascii === 0 ? putChars(text, b, p + 1) : ascii);
  }
  // An estimate of the size: three bytes per character if the one in the middle is wide. If it is wrong, the text is moved.
  const estimate = text.charCodeAt(length >>> 1) > 0x7ff ? length * 3 : length;
  const reserved = lengthBytes(estimate);
  // The native call silently truncates text that does not fit.
  if (p + reserved + length * 3 > b.length) throw new RangeError('the message changed while it was encoded');
  const written = writeUtf8(text, b, p + reserved);
  return closeLength(b, p, reserved, p + reserved + written);
}

/** Writes the length of b[p + reserved, end) at p, where bytes were reserved for it, and returns the new end. */
export function closeLength(b: Uint8Array, p: number, reserved: number, end: number): number {
  const length = end - p - reserved;
  if (length < 128 && reserved === 1) {
    b[p] = length;
    return end;
  }
  const needed = lengthBytes(length);
  if (needed !== reserved) b.copyWithin(p + needed, p + reserved, end);
  putVarint32(length, b, p);
  return end + needed - reserved;
}

/** Number of bytes of a varint. */
export function lengthBytes(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
}

// Rules that readers check while the bytes are at hand, which costs a fraction of what it costs later: the characters of texts, whether
// ids in packed lists of sfixed64 are 1 or more, whether a 64-bit varint is long enough to be negative or over its limit.
// Readers do not report violations: they mark the message as suspect. The check of a message that is not suspect skips these rules, except
// for 0, which is the value of fields that are left out; the check of a suspect message tests all rules. A suspect value may be valid, but
// a value that breaks one of these rules is always suspect.

/** A value that was read since `clearSuspect` may break a rule that a check would skip. */
export let suspect = false;

/** Call before reading a message that is checked afterwards. */
export function clearSuspect(): void {
  suspect = false;
}

/** Marks what was just read as suspect. */
export function markSuspect(): void {
  suspect = true;
}

/** A table of all bytes: bit 0 is set for those in one of the ranges, bit 1 for those of ASCII. */
export function byteSet(...ranges: readonly (readonly [first: number, last: number])[]): Uint8Array {
  const set = new Uint8Array(256).fill(2, 0, 128);
  for (const [first, last] of ranges) for (let byte = first; byte <= last; byte++) set[byte] |= 1;
  return set;
}

/**
 * Reads the text in b[p, e), which is suspect if it has a byte outside of the set.
 * @param run the run of strings that begins at `base` (text-run.ts), if the message is read by runs.
 */
export function scanText(set: Uint8Array, b: Uint8Array, p: number, e: number, run = '', base = 0): string {
  const length = e - p;
  let all = 3;
  if (e - base <= run.length) {
    for (let i = p; i < e; i++) all &= set[b[i]];
    // Else not ASCII: read as below.
    if (all > 1) {
      if (all === 2) markSuspect();
      return run.substring(p - base, e - base);
    }
    all = 3;
  }
  if (length > FEW_CHARS) {
    for (let i = p; i < e; i++) all &= set[b[i]];
    if ((all & 1) === 0) markSuspect();
    return textAt(b, p, e);
  }
  // One loop for the check and for what `textAt` does with a short text.
  const into = chars;
  for (let i = 0; i < length; i++) {
    const byte = b[p + i];
    into[i] = byte;
    all &= set[byte];
  }
  if ((all & 1) === 0) markSuspect();
  return all > 1 ? fewChars(length) : textAt(b, p, e);
}
