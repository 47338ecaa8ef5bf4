// Text and memory where there is no Buffer: browsers, workers, other runtimes.
import { Fault } from './fault.js';

interface TextGlobals {
  TextEncoder: new () => { encodeInto(text: string, into: Uint8Array): { written: number } };
  TextDecoder: new (label: string, options: { fatal: boolean; ignoreBOM: boolean }) => { decode(bytes: Uint8Array): string };
}
const { TextEncoder, TextDecoder } = globalThis as unknown as TextGlobals;
const encoder = new TextEncoder();
// ignoreBOM: a leading U+FEFF is a character of the text.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Memory; here it comes cleared. */
export function allocate(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size);
}

/** Writes text that has no lone surrogate; returns how many bytes it took. `b` has room for three a character. */
export function writeUtf8(text: string, b: Uint8Array, p: number): number {
  return encoder.encodeInto(text, b.subarray(p)).written;
}

/** The text in b[p, e); throws a Fault unless it is valid UTF-8. */
export function readUtf8(b: Uint8Array, p: number, e: number): string {
  try {
    return decoder.decode(b.subarray(p, e));
  } catch {
    throw new Fault('invalid UTF-8', p);
  }
}
