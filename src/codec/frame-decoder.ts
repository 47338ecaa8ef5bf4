import { type FrameMessages, REGISTRY } from '../../generated/registry.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import { type Deflate, requireBytes } from '../frame/deflate.js';
import { FrameSplitter } from '../frame/frame-splitter.js';
import { DEFAULT_LIMITS } from '../limits.js';
import type { MessageMap, Registry } from '../wire/codec.js';
import type { DecodeFrameOptions } from './decode-frame.js';
import { type FrameOf, frameTypes, type InvalidFrame } from './frame.js';
import { hideStacks, isFrame, type ReadRules, tryFrame } from './read-frame.js';

/**
 * Streaming decoder: accepts chunks of any size and returns frames. An incomplete frame waits for the next chunk. A frame with valid framing and
 * an invalid payload becomes a value of type `'invalid'`, and the stream continues. Malformed framing throws, and the decoder cannot be used
 * again.
 *
 * Time is linear in the number of bytes for any chunking. Memory grows with the bytes received, never with a declared length. A frame that
 * lies within one chunk is decoded in place: `bytes` fields of its message are views of the chunk. For a frame that spans chunks, they are
 * views of a private copy.
 */
export class FrameDecoder<M extends MessageMap = FrameMessages> {
  readonly #splitter: FrameSplitter;
  readonly #rules: ReadRules;
  readonly #maxFramesPerPush: number;
  readonly #maxInflatedBytes: number;
  #deflate: Deflate | undefined;
  /** Number of bytes that this push has inflated. */
  #inflatedBytes = 0;
  /** The error that follows the frames of the last push. */
  #break: ProtocolError | undefined;

  /**
   * @param registry the messages of another protocol. Default: this one.
   * @throws RangeError for `limits` out of range.
   */
  constructor(options: DecodeFrameOptions = {}, registry?: Registry<M>) {
    const messages = (registry ?? REGISTRY) as Registry<MessageMap>;
    const { validate = true, version, deflate, limits } = options;
    this.#rules = { types: frameTypes(messages), newest: messages.version, version, validate, deflate: undefined };
    this.deflate = deflate;
    this.#maxFramesPerPush = limits?.maxFramesPerPush ?? DEFAULT_LIMITS.maxFramesPerPush;
    if (!(this.#maxFramesPerPush >= 1)) throw new RangeError(`maxFramesPerPush is 1 or more, got ${this.#maxFramesPerPush}`);
    this.#maxInflatedBytes = limits?.maxInflatedBytesPerPush ?? DEFAULT_LIMITS.maxInflatedBytesPerPush;
    if (!(this.#maxInflatedBytes >= 1))
      throw new RangeError(`maxInflatedBytesPerPush is 1 or more, got ${this.#maxInflatedBytes}`);
    this.#splitter = new FrameSplitter({ maxFrameBytes: limits?.maxFrameBytes ?? DEFAULT_LIMITS.maxFrameBytes });
  }

  /** Maximum size of a frame, header included, in bytes: 8 to 16777219. It may be changed at any time, with effect from the next frame. */
  get maxFrameBytes(): number {
    return this.#splitter.maxFrameBytes;
  }

  set maxFrameBytes(bytes: number) {
    this.#splitter.maxFrameBytes = bytes;
  }

  /** The version that every frame must have, except those of the handshake; undefined = any version of this release. */
  get version(): number | undefined {
    return this.#rules.version;
  }

  set version(version: number | undefined) {
    this.#rules.version = version;
  }

  /** Inflates compressed frames; undefined = they are refused with NOT_NEGOTIATED. */
  get deflate(): Deflate | undefined {
    return this.#deflate;
  }

  set deflate(deflate: Deflate | undefined) {
    this.#deflate = deflate;
    this.#rules.deflate = deflate && {
      deflate: (bytes) => deflate.deflate(bytes),
      inflate: (bytes, maxBytes) => {
        const inflated = requireBytes(deflate.inflate(bytes, maxBytes), 'inflate');
        this.#inflatedBytes += inflated.length;
        return inflated;
      },
    };
  }

  /** Number of bytes received of frames that have not been returned yet. */
  get pendingBytes(): number {
    return this.#splitter.pendingBytes;
  }

  /**
   * Accepts a chunk and returns the frames that it completes, in order. Frames over `limits.maxFramesPerPush`, and frames after
   * `limits.maxInflatedBytesPerPush` is exceeded, are returned by the next push, which may be of an empty chunk. Frames before malformed
   * framing are returned; the next call throws.
   * @throws ProtocolError FOREIGN_PROTOCOL, FRAME_TOO_SHORT or FRAME_TOO_LARGE; its offset counts from the start of the stream. Each later call
   * throws an error with the same code and offset.
   */
  push(chunk: Uint8Array): (FrameOf<M> | InvalidFrame)[] {
    this.#throwBreak();
    const frames: (FrameOf<M> | InvalidFrame)[] = [];
    this.#inflatedBytes = 0;
    try {
      this.#splitter.push(chunk, (buffer, start, end) => {
        frames.push(this.#read(buffer === chunk ? buffer : buffer.slice(start, end), buffer === chunk ? start : 0, end - start));
        return frames.length < this.#maxFramesPerPush && this.#inflatedBytes < this.#maxInflatedBytes;
      });
    } catch (error) {
      // "Good frames before an error are delivered first, and the error is reported after them": by the next call.
      if (frames.length === 0 || !isProtocolError(error)) throw error;
      this.#break = error;
    }
    return frames;
  }

  /**
   * Ends the stream.
   * @throws ProtocolError TRUNCATED inside a frame, header or payload; like `push` for malformed framing.
   * @throws Error if complete frames are left over from `limits.maxFramesPerPush`: push an empty chunk first.
   */
  end(): void {
    this.#throwBreak();
    this.#splitter.end();
  }

  #throwBreak(): void {
    const error = this.#break;
    this.#break = undefined;
    if (error !== undefined) throw error;
  }

  #read(b: Uint8Array, start: number, length: number): FrameOf<M> | InvalidFrame {
    const end = start + length;
    const stacksWereHidden = hideStacks(true);
    try {
      const frame = tryFrame(b, start, end, this.#rules, this.#splitter.maxFrameBytes);
      return isFrame(frame) ? (frame as FrameOf<M>) : this.#invalid(frame, b, start, end);
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      return this.#invalid(error, b, start, end);
    } finally {
      hideStacks(stacksWereHidden);
    }
  }

  #invalid(error: ProtocolError, b: Uint8Array, start: number, end: number): InvalidFrame {
    return {
      type: 'invalid',
      error,
      version: b[start + 4],
      typeNumber: b[start + 5],
      flags: (b[start + 6] << 8) | b[start + 7],
      offset: this.#splitter.bytesRead - (end - start),
      bytes: b.subarray(start, end),
    };
  }
}
