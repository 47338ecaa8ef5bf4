import { type FrameMessages, REGISTRY } from '../../generated/registry.js';
import type { MessageMap, Registry } from '../wire/codec.js';
import { allocate } from '../wire/platform.js';
import { frameEntry } from './encode-frame.js';
import { type EncodeFrameOptions, type FrameSettings, frameRoom, frameSettings, writeFrame } from './write-frame.js';

const FIRST_BYTES = 4096;
/** Maximum size of the buffer that is kept between two takes: the memory of a huge batch is freed. */
const LARGEST_KEPT = 4_194_304;
const NONE = new Uint8Array(0);

/**
 * Encodes many messages into one buffer: push them, then take the bytes of all frames, for one write to the socket.
 *
 * The result of `take` belongs to the caller: the encoder continues with another buffer. After the bytes have been written (the callback of
 * `socket.write`), `reuse` returns them, which saves an allocation.
 */
export class FrameEncoder<M extends MessageMap = FrameMessages> {
  readonly #registry: Registry<M>;
  readonly #settings: FrameSettings;
  #buffer: Uint8Array<ArrayBuffer> = NONE;
  #length = 0;
  #busy = false;

  /**
   * @param options for every frame.
   * @param registry the messages of another protocol. Default: this one.
   */
  constructor(options: EncodeFrameOptions = {}, registry?: Registry<M>) {
    this.#settings = frameSettings(options);
    this.#registry = registry ?? (REGISTRY as unknown as Registry<M>);
  }

  /** Number of bytes pushed and not taken. */
  get length(): number {
    return this.#length;
  }

  /**
   * Appends the frame of a message. If it throws, nothing was appended.
   * @param options for this frame, instead of those of the encoder.
   * @throws ProtocolError like `encodeFrame`.
   */
  push<Name extends keyof M & string>(type: Name, message: M[Name]['init'], options?: EncodeFrameOptions): void {
    this.#requireRest('push');
    this.#busy = true;
    try {
      const entry = frameEntry(this.#registry, type);
      const settings = options === undefined ? this.#settings : frameSettings(options);
      this.#reserve(frameRoom(entry, message, settings));
      const end = writeFrame(entry, message, settings, this.#buffer, this.#length);
      if (end > this.#buffer.length) throw new RangeError('the message changed while it was encoded');
      this.#length = end;
    } finally {
      this.#busy = false;
    }
  }

  /** Returns all frames pushed since the last take, in order; empty if there are none. The array belongs to the caller. */
  take(): Uint8Array<ArrayBuffer> {
    this.#requireRest('take');
    const bytes = this.#buffer.subarray(0, this.#length);
    this.#buffer = NONE;
    this.#length = 0;
    return bytes;
  }

  /** Returns an array of `take` that is no longer read. The encoder writes to it again. */
  reuse(taken: Uint8Array<ArrayBuffer>): void {
    this.#requireRest('reuse');
    if (this.#length > 0 || taken.buffer.byteLength > LARGEST_KEPT) return;
    this.#buffer = new Uint8Array(taken.buffer);
  }

  /** A getter of the message that is being pushed may call the encoder, in the middle of a frame. */
  #requireRest(method: string): void {
    if (this.#busy) throw new Error(`FrameEncoder.${method} was called from inside push`);
  }

  #reserve(room: number): void {
    const needed = this.#length + room;
    if (needed <= this.#buffer.length) return;
    const grown = allocate(Math.max(needed, this.#buffer.length * 2, FIRST_BYTES));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}
