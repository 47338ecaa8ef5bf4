import { type FrameMessages, REGISTRY } from '../../generated/registry.js';
import { isProtocolError, judgePeer, type ProtocolError } from '../errors.js';
import { type Deflate, requireBytes } from '../frame/deflate.js';
import { FrameSplitter } from '../frame/frame-splitter.js';
import { DEFAULT_LIMITS } from '../limits.js';
import type { MessageMap, Registry } from '../wire/codec.js';
import type { DecodeFrameOptions } from './decode-frame.js';
import { type FrameOf, frameTypes, type InvalidFrame } from './frame.js';
import { type ReadRules, readFrame } from './read-frame.js';

/**
 * The streaming decoder: chunks of any size in, frames out. Three outcomes: an unfinished frame waits for the next chunk; a sound frame
 * with a bad payload becomes a value of type `'invalid'`, and the stream goes on; broken framing throws, and the decoder is dead.
 *
 * Cost is linear in the bytes for any chunking; memory grows with the bytes that arrive, never with a length that is declared.
 * A frame that lies within one chunk is decoded in place: `bytes` fields of its message are views of the chunk. Of a frame that spans
 * chunks they are views of a copy that nobody else has.
 */
export class FrameDecoder<M extends MessageMap = FrameMessages> {
  readonly #splitter: FrameSplitter;
  readonly #rules: ReadRules;
  readonly #maxFramesPerPush: number;
  readonly #maxInflatedBytes: number;
  #deflate: Deflate | undefined;
  /** How many bytes this push has inflated. */
  #inflatedBytes = 0;
  /** Why nothing behind the frames that the last push returned can be read. */
  #break: ProtocolError | undefined;

  /**
   * @param registry the messages of another protocol; default: this one.
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

  /** The largest whole frame that is accepted, in bytes: 8 to 16777219. It may be changed at any time and holds from the next frame on. */
  get maxFrameBytes(): number {
    return this.#splitter.maxFrameBytes;
  }

  set maxFrameBytes(bytes: number) {
    this.#splitter.maxFrameBytes = bytes;
  }

  /** The version that every frame but those of the handshake must have; undefined = any that this release knows. */
  get version(): number | undefined {
    return this.#rules.version;
  }

  set version(version: number | undefined) {
    this.#rules.version = version;
  }

  /** Inflates compressed frames; undefined = they are NOT_NEGOTIATED. */
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

  /** Bytes that have arrived and belong to a frame that has not been returned yet. */
  get pendingBytes(): number {
    return this.#splitter.pendingBytes;
  }

  /**
   * Takes a chunk and returns the frames that it completes, in their order. If it completes more than `limits.maxFramesPerPush`, or
   * inflates more than `limits.maxInflatedBytesPerPush`, the rest is returned by the next push, for which an empty chunk will do. The good frames before broken framing are returned; the next call throws.
   * @throws ProtocolError FOREIGN_PROTOCOL, FRAME_TOO_SHORT or FRAME_TOO_LARGE; its offset counts from the start of the stream. After that
   * the decoder is dead, and each further call says so with the same code and offset.
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
      // "push returns the good frames before a break; the break is thrown by the next call"
      if (frames.length === 0 || !isProtocolError(error)) throw error;
      this.#break = error;
    }
    return frames;
  }

  /**
   * The stream has ended.
   * @throws ProtocolError TRUNCATED if it ended inside a frame, header or payload; what `push` throws for broken framing.
   * @throws Error while whole frames are held that `limits.maxFramesPerPush` cut off: push an empty chunk first.
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
    try {
      return judgePeer(() => readFrame(b, start, end, this.#rules, this.#splitter.maxFrameBytes)) as FrameOf<M>;
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      return {
        type: 'invalid',
        error,
        version: b[start + 4],
        typeNumber: b[start + 5],
        flags: (b[start + 6] << 8) | b[start + 7],
        offset: this.#splitter.bytesRead - length,
        bytes: b.subarray(start, end),
      };
    }
  }
}
