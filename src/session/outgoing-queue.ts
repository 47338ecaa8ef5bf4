/** Frames that wait to be written: bounded in bytes. */
export class OutgoingQueue {
  readonly maxBytes: number;
  #frames: Uint8Array[] = [];
  #bytes = 0;

  /** @param maxBytes 1 or more. */
  constructor(maxBytes: number) {
    if (!(maxBytes >= 1)) throw new RangeError(`maxQueuedBytes is 1 or more, got ${maxBytes}`);
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Returns false, and leaves the queue as it is, where it would exceed its bound. One frame always has room. */
  add(frame: Uint8Array): boolean {
    if (this.#bytes > 0 && this.#bytes + frame.length > this.maxBytes) return false;
    this.#frames.push(frame);
    this.#bytes += frame.length;
    return true;
  }

  take(): Uint8Array[] {
    const frames = this.#frames;
    if (frames.length > 0) this.clear();
    return frames;
  }

  clear(): void {
    this.#frames = [];
    this.#bytes = 0;
  }
}
