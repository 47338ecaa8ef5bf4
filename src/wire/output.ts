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
/** A slab with less room than this is given up: most messages fit. */
const FIRST_ROOM = 1024;
/** The largest result that is a view of a slab, and the largest room that is looked for in one. */
const LARGEST_IN_SLAB = 32_768;
/** The largest scratch buffer that is kept: after a huge message its memory goes back. */
const LARGEST_KEPT = 1_048_576;

let slab: Output | undefined;
let scratch: Output | undefined;

/**
 * Takes memory with at least `room` bytes behind `start`. What is taken is not there for a second taker, so that an encode that is
 * re-entered (from a getter of the message) or that throws leaves nothing half-written behind: the next one gets new memory.
 */
export function allocateOutput(room = FIRST_ROOM): Output {
  if (room <= LARGEST_IN_SLAB) {
    const out = slab;
    slab = undefined;
    return out !== undefined && SLAB_BYTES - out.start >= room ? out : new Output(SLAB_BYTES);
  }
  const out = scratch;
  scratch = undefined;
  return out !== undefined && out.bytes.length >= room ? out : new Output(Math.max(room, SLAB_BYTES + 1));
}

/** More memory than `out`, in which a message would have ended at `end`. It grows by half at least, so that few attempts are enough. */
export function largerOutput(out: Output, end: number): Output {
  const room = out.bytes.length - out.start;
  giveBack(out);
  return allocateOutput(Math.max(end - out.start, Math.ceil(room * 1.5)));
}

/** Gives the memory back and returns what was written, up to `end`, as an array of the caller's own. */
export function returnOutput(out: Output, end: number): Uint8Array<ArrayBuffer> {
  const { bytes, buffer, start } = out;
  const inSlab = bytes.length === SLAB_BYTES && end - start <= LARGEST_IN_SLAB;
  if (inSlab) out.start = end;
  giveBack(out);
  return inSlab ? new Uint8Array(buffer, start, end - start) : bytes.slice(start, end);
}

function giveBack(out: Output): void {
  if (out.bytes.length === SLAB_BYTES) slab = out;
  else if (out.bytes.length <= LARGEST_KEPT) scratch = out;
}
