// Text and memory where there is no Buffer: browsers, workers, other runtimes.

import { CodecError } from './codec-error.js';
import { chars, decodeStrict } from './utf8.js';

interface TextGlobals {
  TextEncoder: new () => { encodeInto(text: string, into: Uint8Array): { written: number } };
  TextDecoder: new (
    label: string,
    options: { fatal?: boolean; ignoreBOM: boolean },
  ) => { decode(bytes: Uint8Array | Uint16Array): string };
}
const { TextEncoder, TextDecoder } = globalThis as unknown as TextGlobals;
const encoder = new TextEncoder();
// ignoreBOM: a leading U+FEFF is a character of the text.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true });

/** Up to so many characters of ASCII are written faster by a loop than by `writeUtf8`; at most 42. */
export const LOOP_ASCII = 42;
/**
 * Up to so many bytes, wide text (Chinese) is read by the own loop. In engines that decode it one by one that is two to three times as
 * fast, in those that have SIMD about as fast; longer text is left to the engine.
 */
const LOOP_WIDE = 192;

/** Memory; here it comes cleared. */
export function allocate(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size);
}

/** Writes text; returns how many bytes it took, or throws a CodecError. `b` has room for three a character. */
export function writeUtf8(text: string, b: Uint8Array, p: number): number {
  const { written } = encoder.encodeInto(text, b.subarray(p));
  // A byte a character: that was ASCII. In other text the native call replaces a lone surrogate, without a word.
  if (written !== text.length && !text.isWellFormed()) throw new CodecError('lone surrogate', -1);
  return written;
}

/** The text in b[p, e), which is not empty; throws a CodecError unless it is valid UTF-8. */
export function readUtf8(b: Uint8Array, p: number, e: number): string {
  if (e - p <= LOOP_WIDE && (b[p] & b[(p + e) >>> 1]) > 127) return decodeStrict(b, p, e, charsToText);
  try {
    return decoder.decode(b.subarray(p, e));
  } catch {
    throw new CodecError('invalid UTF-8', p);
  }
}

/** Text of the first `length` code units of `chars`. */
export function charsToText(length: number): string {
  return utf16.decode(chars.subarray(0, length));
}
