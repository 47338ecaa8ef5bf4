// Text and memory in Node, by the native methods of Buffer's prototype, which accept any Uint8Array. Chosen by the export condition `node`.
// It imports nothing of node:*, so that a bundle that contains it by mistake still loads.

import { CodecError } from './codec-error.js';
import { FEW_CHARS, fewChars } from './few-chars.js';
import { CHARS, chars, decodeStrict } from './utf8.js';
import { isWellFormed } from './well-formed.js';

export { FEW_CHARS, fewChars };

interface NodeBuffer {
  allocUnsafeSlow(size: number): Uint8Array<ArrayBuffer>;
  prototype: {
    utf8Write(this: Uint8Array, text: string, offset: number, length: number): number;
    ucs2Write(this: Uint8Array, text: string, offset: number, length: number): number;
    utf8Slice(this: Uint8Array, start: number, end: number): string;
    ucs2Slice(this: Uint8Array, start: number, end: number): string;
    latin1Slice(this: Uint8Array, start: number, end: number): string;
  };
}
type IsUtf8 = (bytes: Uint8Array) => boolean;
type Transcode = (from: Uint8Array, fromEncoding: 'utf8' | 'ucs2', toEncoding: 'utf8' | 'ucs2') => Uint8Array;
interface NodeGlobals {
  Buffer: NodeBuffer;
  process?: { versions?: { node?: string }; getBuiltinModule?(id: string): { isUtf8?: IsUtf8; transcode?: Transcode } };
}
const { Buffer, process } = globalThis as unknown as NodeGlobals;
const { utf8Write, ucs2Write, utf8Slice, ucs2Slice, latin1Slice } = Buffer.prototype;
/** Created once: creating a view takes 30 ns. */
const charBytes = new Uint8Array(chars.buffer);

// The fastest way depends on the version. Node 22 writes ASCII without leaving optimized code (20 ns instead of 60), Node 24 reads UTF-8 by
// SIMD (Chinese: 0.8 ns per character instead of 11).
const major = Number.parseInt(process?.versions?.node ?? '', 10);

/** Up to this length, ASCII is written faster by a loop than by `writeUtf8`; at most 42 characters. */
export const LOOP_ASCII = major >= 24 ? 30 : major >= 22 ? 9 : 42;
/** From this size on, wide text is read faster by utf8Slice than by the loop; never before Node 24. */
const SLICE_WIDE = major >= 24 ? 60 : 0x3fff_ffff;

/**
 * `transcode` of node:buffer converts by SIMD and refuses invalid input. But a call takes 700 ns, and its result is memory outside the heap.
 * It is not available before Node 20.16, and other runtimes may be less strict: then it is not used.
 */
const transcode = strictTranscode();
/** Bytes of wide text from which `transcode` beats the loop: 4 KiB in 2.2 us instead of 4.3 (Node 20). */
const TRANSCODE_BYTES = 1500;
/** Characters of wide text from which `transcode` beats utf8Write and isWellFormed: 4 KiB in 1.9 us instead of 3.3 (Node 20). */
const TRANSCODE_CHARS = 600;

/** `isUtf8` of node:buffer, where it is as strict as ours. */
const isUtf8 = strictIsUtf8();
/**
 * Bytes of wide text from which `isUtf8` beats a search for U+FFFD, which stops at every character with a byte FD or FF, such as a Chinese
 * comma: 4 KiB in 1.6 us instead of 2.3 (Node 24).
 */
const IS_UTF8_BYTES = 600;

/** Allocates memory that is not cleared. The caller overwrites all that it hands out. */
export function allocate(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
}

/** Writes text and returns the number of bytes. `b` has capacity for three bytes per character. @throws CodecError for a lone surrogate. */
export function writeUtf8(text: string, b: Uint8Array, p: number): number {
  const length = text.length;
  if (length >= TRANSCODE_CHARS && length <= CHARS && transcode !== undefined && text.charCodeAt(length >>> 1) > 0x7ff) {
    ucs2Write.call(charBytes, text, 0, length * 2);
    const utf8 = attempt(transcode, charBytes.subarray(0, length * 2), 'ucs2', 'utf8');
    if (utf8 !== undefined) {
      b.set(utf8, p);
      return utf8.length;
    }
    // A lone surrogate, or no memory: the native call below finds out which.
  }
  const written = utf8Write.call(b, text, p, length * 3);
  // One byte per character is ASCII. In other text, the native call silently replaces a lone surrogate.
  if (written !== length && !isWellFormed(text)) throw new CodecError('lone surrogate', -1);
  return written;
}

/** Reads the text in b[p, e), which is not empty. @throws CodecError for invalid UTF-8. */
export function readUtf8(b: Uint8Array, p: number, e: number): string {
  const first = b[p];
  const middle = b[(p + e) >>> 1];
  const last = b[e - 1];
  // Two of three bytes are not ASCII: wide text (Chinese), perhaps with ASCII at its start or end.
  if (((first & middle) | (middle & last) | (first & last)) > 127) {
    if (e - p < SLICE_WIDE) return readWide(b, p, e);
    if (e - p >= IS_UTF8_BYTES && isUtf8?.(new Uint8Array(b.buffer, b.byteOffset + p, e - p)) === true)
      return utf8Slice.call(b, p, e);
  }
  const text = utf8Slice.call(b, p, e);
  // The native call replaces invalid bytes by U+FFFD, which may also be part of the text: the strict loop decides.
  return text.includes('\ufffd') ? decodeStrict(b, p, e, charsToText) : text;
}

function readWide(b: Uint8Array, p: number, e: number): string {
  if (e - p >= TRANSCODE_BYTES && transcode !== undefined) {
    const ucs2 = attempt(transcode, b.subarray(p, e), 'utf8', 'ucs2');
    if (ucs2 !== undefined) return ucs2Slice.call(ucs2, 0, ucs2.length);
  }
  return decodeStrict(b, p, e, charsToText);
}

/** Each byte of b[p, e) as one character. */
export function latin1Text(b: Uint8Array, p: number, e: number): string {
  return latin1Slice.call(b, p, e);
}

/** Text of the first `length` code units of `chars`. */
export function charsToText(length: number): string {
  return length <= FEW_CHARS ? fewChars(length) : ucs2Slice.call(charBytes, 0, length * 2);
}

function strictTranscode(): Transcode | undefined {
  const found = process?.getBuiltinModule?.('node:buffer').transcode;
  if (found === undefined || attempt(found, Uint8Array.of(0xe4, 0xbd, 0xa0), 'utf8', 'ucs2')?.length !== 2) return undefined;
  const refuses =
    attempt(found, Uint8Array.of(0xe4, 0xbd), 'utf8', 'ucs2') === undefined &&
    attempt(found, Uint8Array.of(0x00, 0xd8), 'ucs2', 'utf8') === undefined;
  return refuses ? found : undefined;
}

function strictIsUtf8(): IsUtf8 | undefined {
  const found = process?.getBuiltinModule?.('node:buffer').isUtf8;
  if (found === undefined || attempt(found, Uint8Array.of(0xe4, 0xbd, 0xa0)) !== true) return undefined;
  const invalid = [
    Uint8Array.of(0xe4, 0xbd),
    Uint8Array.of(0xed, 0xa0, 0x80),
    Uint8Array.of(0xe0, 0x80, 0x80),
    Uint8Array.of(0xff),
  ];
  return invalid.every((bytes) => attempt(found, bytes) === false) ? found : undefined;
}

/** Undefined if the call throws. */
function attempt<A extends unknown[], R>(call: (...args: A) => R, ...args: A): R | undefined {
  try {
    return call(...args);
  } catch {
    return undefined;
  }
}
