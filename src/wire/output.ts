// Memory for encoders. Small results are consecutive views of a shared slab, which costs a fraction of an allocation each. Large ones are
// written to a scratch buffer and copied, so that they keep no other memory alive.
import { allocate } from './platform.js';

/** Memory to write to: `bytes` from `start` on. */
export class Output {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The buffer of `bytes`. Reading `bytes.buffer` takes longer than creating a view. */
  readonly buffer: ArrayBuffer;
  start = 0;

  constructor(size: number) {
    this.bytes = allocate(size);
    this.buffer = this.bytes.buffer;
  }
}

const SLAB_BYTES = 65_536;
/** Maximum capacity that is taken from a slab. The rest of a slab is wasted when the next one is allocated. */
const LARGEST_IN_SLAB = 32_768;
/** Maximum size of the scratch buffer that is kept: the memory of a huge message is freed. */
const LARGEST_KEPT = 1_048_576;

let slab: Output | undefined;
let scratch: Output | undefined;

/**
 * Takes memory with `capacity` bytes after `start`. Until it is returned, another caller gets new memory: so an encoder that is re-entered
 * (from a getter of the message), or that throws, overwrites nothing.
 */
export function allocateOutput(capacity: number): Output {
  if (capacity <= LARGEST_IN_SLAB) {
    const out = slab;
    slab = undefined;
    return out !== undefined && SLAB_BYTES - out.start >= capacity ? out : new Output(SLAB_BYTES);
  }
  const out = scratch;
  scratch = undefined;
  return out !== undefined && out.bytes.length >= capacity ? out : new Output(Math.max(capacity, SLAB_BYTES + 1));
}

/** Returns the memory, and what was written to it up to `end`, as an array that belongs to the caller. */
export function returnOutput(out: Output, end: number): Uint8Array<ArrayBuffer> {
  const { bytes, buffer, start } = out;
  // A message that changed between the two passes (a getter) may exceed its capacity. Writes after the end of the array were dropped.
  if (end > bytes.length) throw new RangeError('the message changed while it was encoded');
  if (bytes.length === SLAB_BYTES) {
    out.start = end;
    slab = out;
    return new Uint8Array(buffer, start, end - start);
  }
  if (bytes.length <= LARGEST_KEPT) scratch = out;
  // Not bytes.slice, which clears the memory first.
  const own = allocate(end);
  own.set(end === bytes.length ? bytes : bytes.subarray(0, end));
  return own;
}
