// The memory that a message is written to before its size is known.
import { allocate } from '../platform.js';

const FIRST_BYTES = 16_384;
/** Maximum size of the memory that is kept: that of a huge message is freed. */
const LARGEST_KEPT = 1_048_576;

/** Where the message is written. Another array takes its place when it is too small. */
export let out: Uint8Array<ArrayBuffer> = /* @__PURE__ */ new Uint8Array(0);
/** Memory that is not in use. A getter of a message may encode another one: each has its own. */
let spare: Uint8Array<ArrayBuffer> | undefined;

/** Runs `write` on memory of its own, which holds the result until the next call, and returns what it returns. */
export function withScratch(write: () => number): number {
  const outer = out;
  out = spare ?? allocate(FIRST_BYTES);
  spare = undefined;
  try {
    return write();
  } finally {
    spare = out;
    out = outer;
  }
}

/** Makes room for `size` bytes at `p`. */
export function reserve(p: number, size: number): void {
  if (p + size > out.length) grow(p, size);
}

function grow(p: number, size: number): void {
  const larger = allocate(Math.max(out.length * 2, p + size));
  larger.set(out.subarray(0, p));
  out = larger;
}

/** Copies the first `length` bytes that `withScratch` wrote to b[p...]. */
export function copyScratch(length: number, b: Uint8Array, p: number): void {
  const from = spare as Uint8Array;
  // A call costs more than to copy a few bytes.
  if (length > 64) b.set(from.subarray(0, length), p);
  else for (let i = 0; i < length; i++) b[p + i] = from[i];
  if (from.length > LARGEST_KEPT) spare = undefined;
}
