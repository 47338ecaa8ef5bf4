// Text and memory where there is no Buffer: browsers, workers, other runtimes.

import { CodecError } from './codec-error.js';
import { chars, decodeStrict } from './utf8.js';

declare const TextEncoder: new () => { encodeInto(text: string, into: Uint8Array): { written: number } };
declare const TextDecoder: new (
  label: string,
  options: { fatal?: boolean; ignoreBOM: boolean },
) => { decode(bytes: Uint8Array | Uint16Array): string };
// Marked as pure, so that bundlers drop what is unused.
const encoder = /* @__PURE__ */ new TextEncoder();
// ignoreBOM: a leading U+FEFF is a character of the text.
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf16 = /* @__PURE__ */ new TextDecoder('utf-16le', { ignoreBOM: true });

/** Up to this length, ASCII is written faster by a loop than by `writeUtf8`; at most 42 characters. */
export const LOOP_ASCII = 42;
/**
 * Up to this size in bytes, wide text (Chinese) is read by our own loop. That is two to three times as fast as engines without SIMD, and as
 * fast as those with it. Longer text is decoded by the engine.
 */
const LOOP_WIDE = 192;

/** Allocates memory. */
export function allocate(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size);
}

/** Writes text and returns the number of bytes. `b` has capacity for three bytes per character. @throws CodecError for a lone surrogate. */
export function writeUtf8(text: string, b: Uint8Array, p: number): number {
  const { written } = encoder.encodeInto(text, b.subarray(p));
  // One byte per character is ASCII. In other text, the native call silently replaces a lone surrogate.
  if (written !== text.length && !text.isWellFormed()) throw new CodecError('lone surrogate', -1);
  return written;
}

/** Reads the text in b[p, e), which is not empty. @throws CodecError for invalid UTF-8. */
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
