// Text and memory where there is no Buffer: browsers, workers, other runtimes. What the platform lacks or does wrong is done by our own loops.

import { CodecError } from './codec-error.js';
import { nativeDecoder, nativeEncoder, nativeUtf16, type ReadNative, type TextGlobals, type WriteNative } from './native-text.js';
import { chars, decodeStrict, putChars } from './utf8.js';
import { isWellFormed } from './well-formed.js';

declare const TextEncoder: TextGlobals['TextEncoder'];
declare const TextDecoder: TextGlobals['TextDecoder'];

/** Up to this length, ASCII is written faster by a loop than by `writeUtf8`; at most 42 characters. */
export const LOOP_ASCII = 128;
/**
 * Up to this size in bytes, wide text (Chinese) is read by our own loop. That is two to three times as fast as engines without SIMD, and as
 * fast as those with it. Longer text is decoded by the engine.
 */
const LOOP_WIDE = 192;
/** Up to this length, ASCII is read faster by `fewChars` than by a native call, in Chromium: 32 characters in 0.1 us instead of 0.3. */
export const FEW_CHARS = 64;
/** Code units of a call of `String.fromCharCode`: engines limit the number of arguments. */
const UNITS_PER_CALL = 1024;

const { fromCharCode } = String;

// Chosen at the first call, so that importing this module calls nothing.
let write: WriteNative | undefined;
let read: ReadNative<Uint8Array> | undefined;
let readUnits: ReadNative<Uint16Array> | undefined;

/** Allocates memory. */
export function allocate(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size);
}

/** Writes text and returns the number of bytes. `b` has capacity for three bytes per character. @throws CodecError for a lone surrogate. */
export function writeUtf8(text: string, b: Uint8Array, p: number): number {
  write ??= nativeEncoder(textGlobals()) ?? ((from, into) => putChars(from, into, 0));
  const written = write(text, b.subarray(p));
  // One byte per character is ASCII. In other text, the native call silently replaces a lone surrogate.
  if (written !== text.length && !isWellFormed(text)) throw new CodecError('lone surrogate', -1);
  return written;
}

/** Reads the text in b[p, e), which is not empty. @throws CodecError for invalid UTF-8. */
export function readUtf8(b: Uint8Array, p: number, e: number): string {
  if (e - p <= LOOP_WIDE && (b[p] & b[(p + e) >>> 1]) > 127) return decodeStrict(b, p, e, charsToText);
  read ??= nativeDecoder(textGlobals()) ?? ((from) => decodeStrict(from, 0, from.length, charsToText));
  try {
    return read(b.subarray(p, e));
  } catch {
    throw new CodecError('invalid UTF-8', p);
  }
}

/** The first `n` code units of `chars`, at most FEW_CHARS, as a string. Calls with literal arguments are several times faster than one with a list. */
export function fewChars(n: number): string {
  const c = chars;
  let text = '';
  let i = 0;
  for (; i + 8 <= n; i += 8) text += fromCharCode(c[i], c[i + 1], c[i + 2], c[i + 3], c[i + 4], c[i + 5], c[i + 6], c[i + 7]);
  if (n & 4) {
    text += fromCharCode(c[i], c[i + 1], c[i + 2], c[i + 3]);
    i += 4;
  }
  if (n & 2) {
    text += fromCharCode(c[i], c[i + 1]);
    i += 2;
  }
  return n & 1 ? text + fromCharCode(c[i]) : text;
}

/** Nothing, because engines have no fast call for this: strings in a row are read one by one (text-run.ts). */
export function latin1Text(): string {
  return '';
}

/** Text of the first `length` code units of `chars`. */
export function charsToText(length: number): string {
  if (length <= FEW_CHARS) return fewChars(length);
  readUnits ??= nativeUtf16(textGlobals()) ?? unitsToText;
  return readUnits(chars.subarray(0, length));
}

function unitsToText(units: Uint16Array): string {
  let text = '';
  for (let at = 0; at < units.length; at += UNITS_PER_CALL) {
    text += String.fromCharCode.apply(undefined, units.subarray(at, at + UNITS_PER_CALL) as unknown as number[]);
  }
  return text;
}

/** `typeof` does not throw for a global that does not exist. */
function textGlobals(): TextGlobals {
  return {
    ...(typeof TextEncoder === 'undefined' ? undefined : { TextEncoder }),
    ...(typeof TextDecoder === 'undefined' ? undefined : { TextDecoder }),
  };
}
