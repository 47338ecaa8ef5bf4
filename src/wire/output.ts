// Where encoders write. Small results are views of a shared slab, one behind the other, which costs a fraction of an allocation each;
// large ones are written to a scratch buffer and copied out, so that they pin nothing but themselves.
import { allocate } from './platform.js';

/** Memory to write to: `bytes` from `start` on. */
export class Output {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The memory of `bytes`, all of it: asking a view for its buffer takes longer than making the view. */
  readonly buffer: ArrayBuffer;
  start = 0;

  constructor(size: number) {
    this.bytes = allocate(size);
    this.buffer = this.bytes.buffer;
  }
}

const SLAB_BYTES = 65_536;
/** The largest room that is taken from a slab: what is left of one when it is given up is wasted. */
const LARGEST_IN_SLAB = 32_768;
/** The largest scratch buffer that is kept: after a huge message its memory goes back. */
const LARGEST_KEPT = 1_048_576;

let slab: Output | undefined;
let scratch: Output | undefined;

/**
 * Takes memory with `room` bytes behind `start`. What is taken is not there for a second taker, so that an encode that is re-entered
 * (from a getter of the message) or that throws leaves nothing half-written behind: the next one gets new memory.
 */
export function allocateOutput(room: number): Output {
  if (room <= LARGEST_IN_SLAB) {
    const out = slab;
    slab = undefined;
    return out !== undefined && SLAB_BYTES - out.start >= room ? out : new Output(SLAB_BYTES);
  }
  const out = scratch;
  scratch = undefined;
  return out !== undefined && out.bytes.length >= room ? out : new Output(Math.max(room, SLAB_BYTES + 1));
}

/** Gives the memory back and returns what was written, up to `end`, as an array of the caller's own. */
export function returnOutput(out: Output, end: number): Uint8Array<ArrayBuffer> {
  const { bytes, buffer, start } = out;
  // A message that changed between the two passes (a getter) may have outgrown its room: writes behind the end were dropped.
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
