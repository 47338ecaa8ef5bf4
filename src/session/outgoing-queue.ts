import { ProtocolError } from '../errors.js';
import { MAX_QUEUED_FRAMES } from '../limits.js';

/** Frames that wait to be written: bounded in bytes, and in their number. */
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

  /** `add` takes a frame of this size. */
  hasRoomFor(frameBytes: number): boolean {
    return (this.#bytes === 0 || this.#bytes + frameBytes <= this.maxBytes) && this.#frames.length < MAX_QUEUED_FRAMES;
  }

  /** Returns SLOW_CONSUMER, and leaves the queue as it is, where it would exceed a bound. One frame always has room. */
  add(frame: Uint8Array): ProtocolError | undefined {
    const bytes = this.#bytes + frame.length;
    if (!this.hasRoomFor(frame.length)) {
      if (bytes > this.maxBytes) return tooMuch(bytes, 'bytes', this.maxBytes);
      return tooMuch(this.#frames.length + 1, 'frames', MAX_QUEUED_FRAMES);
    }
    this.#frames.push(frame);
    this.#bytes = bytes;
    return undefined;
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

function tooMuch(actual: number, unit: string, limit: number): ProtocolError {
  return new ProtocolError('SLOW_CONSUMER', `${actual} ${unit} wait to be written, limit ${limit}`, { limit, actual });
}
