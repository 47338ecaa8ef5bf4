// Text and memory in Node: native calls on Buffer's prototype, which take any Uint8Array. No import of node:*, so that a bundle that
// comes by it does not break; chosen by the export condition `node`.
import { decodeStrict } from './utf8.js';

interface NodeBuffer {
  allocUnsafeSlow(size: number): Uint8Array<ArrayBuffer>;
  prototype: {
    utf8Write(this: Uint8Array, text: string, offset: number, length: number): number;
    utf8Slice(this: Uint8Array, start: number, end: number): string;
    ucs2Slice(this: Uint8Array, start: number, end: number): string;
  };
}
const { Buffer } = globalThis as unknown as { Buffer: NodeBuffer };
const { utf8Write, utf8Slice, ucs2Slice } = Buffer.prototype;

/** Memory that is not cleared: it is overwritten before anyone sees it. */
export function allocate(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
}

/** Writes text that has no lone surrogate; returns how many bytes it took. `b` has room for three a character. */
export function writeUtf8(text: string, b: Uint8Array, p: number): number {
  return utf8Write.call(b, text, p, text.length * 3);
}

/** The text in b[p, e), which is 16 bytes or more; throws a Fault unless it is valid UTF-8. */
export function readUtf8(b: Uint8Array, p: number, e: number): string {
  // Wide text (Chinese): the own loop is two to three times as fast as the native call.
  if ((b[p] & b[(p + e) >>> 1] & b[e - 1]) > 127) return decodeStrict(b, p, e, charsToText);
  const text = utf8Slice.call(b, p, e);
  // The native call replaces what is invalid by U+FFFD, which may also be meant: the strict loop tells.
  return text.includes('\ufffd') ? decodeStrict(b, p, e, charsToText) : text;
}

function charsToText(chars: Uint16Array, length: number): string {
  return ucs2Slice.call(new Uint8Array(chars.buffer), 0, length * 2);
}
