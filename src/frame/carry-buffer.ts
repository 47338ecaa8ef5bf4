// Bytes that a stream decoder keeps between chunks: those of an incomplete frame, or those after which a callback stopped. The buffer doubles
// as bytes arrive, so that time is linear for any chunking.

const EMPTY = new Uint8Array(0);

/** Size of the first buffer, enough for a chat message. */
const SMALLEST_BYTES = 1024;

/** A larger buffer is freed once it is empty, so that thousands of idle connections do not keep the memory of a rare large frame. */
const RETAINED_BYTES = 65_536;

/** Below this size, a loop copies faster than `set`. */
const LOOP_COPY_BYTES = 32;

/**
 * A growable buffer that is written at its end and consumed from its front. It contains `bytes[start]` to `bytes[end - 1]`. `end` is 0 if it is
 * empty.
 */
export class CarryBuffer {
  bytes: Uint8Array = EMPTY;
  start = 0;
  end = 0;

  /** Number of bytes in the buffer. */
  get length(): number {
    return this.end - this.start;
  }

  /**
   * Appends `chunk[from]` to `chunk[to - 1]`.
   * @param most maximum number of bytes that will be in the buffer, if known (the size of the frame): it grows no larger; 0 = unknown.
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

  /** Drops all but the last `count` bytes. */
  keepLast(count: number): void {
    if (count > 0) this.start = this.end - count;
    else this.clear();
  }

  /** Drops all bytes. */
  clear(): void {
    this.start = 0;
    this.end = 0;
    if (this.bytes.length > RETAINED_BYTES) this.bytes = EMPTY;
  }

  #makeRoom(count: number, most: number): void {
    const { bytes, start, end, length } = this;
    const needed = length + count;
    // Linear, because fewer bytes are moved to the front than were appended since the last move.
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

/** Twice the present size, but at most what is known to be needed; for the first buffer, no more than needed. */
function capacityFor(needed: number, count: number, most: number): number {
  const doubled = needed === count && most === 0 ? needed : 2 * needed;
  return Math.max(SMALLEST_BYTES, needed, most === 0 ? doubled : Math.min(doubled, most));
}
