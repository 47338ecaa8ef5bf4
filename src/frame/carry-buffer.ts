// What a stream decoder has to hold from one chunk to the next: the bytes of a frame that has not arrived whole, or what a callback
// stopped in front of. It grows with the bytes that arrive, by doubling, so that the cost is linear for any chunking.

const EMPTY = new Uint8Array(0);

/** The first buffer: a frame of a chat and to spare. */
const SMALLEST_BYTES = 1024;

/** A larger buffer is given back once it is empty: thousands of idle connections must not keep what a rare large frame took. */
const RETAINED_BYTES = 65_536;

/** Below this, a loop copies faster than the call of `set`. */
const LOOP_COPY_BYTES = 32;

/** A growable buffer, written at its end and consumed from its front: `bytes[start]` to `bytes[end - 1]` are held. */
export class CarryBuffer {
  bytes: Uint8Array = EMPTY;
  start = 0;
  end = 0;

  /** How many bytes are held. */
  get length(): number {
    return this.end - this.start;
  }

  /**
   * Copies `chunk[from]` to `chunk[to - 1]` behind what is held.
   * @param most how many bytes will be held at most, where that is known (the size of the frame): the buffer is not made larger; 0 = not known.
   */
  append(chunk: Uint8Array, from: number, to: number, most: number): void {
    const count = to - from;
    if (this.end + count > this.bytes.length) this.#makeRoom(count, most);
    const bytes = this.bytes;
    const end = this.end;
    if (count > LOOP_COPY_BYTES) bytes.set(count === chunk.length ? chunk : chunk.subarray(from, to), end);
    else for (let i = 0; i < count; i++) bytes[end + i] = chunk[from + i];
    this.end = end + count;
  }

  /** Lets go of all but the last `count` bytes. */
  keepLast(count: number): void {
    if (count > 0) this.start = this.end - count;
    else this.clear();
  }

  /** Lets go of everything. */
  clear(): void {
    this.start = 0;
    this.end = 0;
    if (this.bytes.length > RETAINED_BYTES) this.bytes = EMPTY;
  }

  #makeRoom(count: number, most: number): void {
    const { bytes, start, end, length } = this;
    const needed = length + count;
    // What is moved to the front is less than what was appended since the last move: linear.
    const reuse = needed <= bytes.length && length <= bytes.length >> 1 && bytes.length <= RETAINED_BYTES;
    if (reuse) bytes.copyWithin(0, start, end);
    else {
      this.bytes = new Uint8Array(capacityFor(needed, count, most));
      this.bytes.set(bytes.subarray(start, end));
    }
    this.start = 0;
    this.end = length;
  }
}

/** Twice what there is, as more will come; but not above what is known to come, and no more than asked where it is the first. */
function capacityFor(needed: number, count: number, most: number): number {
  const doubled = needed === count && most === 0 ? needed : 2 * needed;
  return Math.max(SMALLEST_BYTES, needed, most === 0 ? doubled : Math.min(doubled, most));
}
