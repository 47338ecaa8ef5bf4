// Where encoders write. Small results are views of a shared slab, one behind the other, which costs a fraction of an allocation each;
// large ones are written to a scratch buffer and copied out, so that they pin nothing but themselves.
import { allocate } from './platform.js';

/** Memory that is being written to; nobody else writes to it meanwhile. */
export interface Output {
  readonly bytes: Uint8Array;
  readonly start: number;
}

const SLAB_BYTES = 65_536;
/** The largest room that is taken from a slab: what is left of one when it is given up is wasted. */
const LARGEST_IN_SLAB = 16_384;
/** The largest scratch buffer that is kept: after a huge message its memory goes back. */
const LARGEST_KEPT = 1_048_576;

let slab: Uint8Array | undefined;
let used = 0;
let scratch: Uint8Array | undefined;

/**
 * Takes memory with `room` bytes behind `start`. What is taken is not there for a second taker, so that an encode that is re-entered
 * (from a getter of the message) or that throws leaves nothing half-written behind: the next one gets new memory.
 */
export function allocateOutput(room: number): Output {
  if (room <= LARGEST_IN_SLAB) {
    const bytes = slab;
    slab = undefined;
    if (bytes !== undefined && SLAB_BYTES - used >= room) return { bytes, start: used };
    used = 0;
    return { bytes: allocate(SLAB_BYTES), start: 0 };
  }
  const bytes = scratch;
  scratch = undefined;
  return { bytes: bytes !== undefined && bytes.length >= room ? bytes : allocate(room), start: 0 };
}

/** Gives the memory back and returns what was written, up to `end`, as an array of the caller's own. */
export function returnOutput({ bytes, start }: Output, end: number): Uint8Array {
  // A message that changed between the two passes (a getter) may have outgrown its room: writes behind the end were dropped.
  if (end > bytes.length) throw new RangeError('the message changed while it was encoded');
  if (bytes.length === SLAB_BYTES) {
    slab = bytes;
    used = end;
    return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
  }
  if (bytes.length <= LARGEST_KEPT) scratch = bytes;
  return bytes.slice(0, end);
}
