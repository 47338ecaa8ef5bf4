// Cuts a byte stream into frames:
//
//   chunks   00 00 00 06 01 07 00 00 08 02 | 00 00 00 | 04 01 07 00 00 00 00 ...
//   frames   [         one frame         ]   [    one frame        ]  waits
//
// A frame that lies within one chunk is delivered in place, by its positions, without a copy or view. Only a frame that spans chunks is
// copied, into a buffer that grows with the bytes received and never with a declared length.
import { ProtocolError } from '../errors.js';
import { DEFAULT_MAX_FRAME_BYTES, HEADER_BYTES, LARGEST_FRAME_BYTES } from '../limits.js';
import { CarryBuffer } from './carry-buffer.js';
import { isUint8Array, kindOf } from './encode-raw-frame.js';
import { DECIDING_BYTES, framingError, OPEN_BRACE, OPEN_BRACKET } from './framing-error.js';
import { readFrameBytes } from './header.js';

/**
 * Receives one frame: `buffer[start]` to `buffer[end - 1]`, header included. `buffer` is the chunk that was pushed or, for a frame that spans
 * chunks, a buffer of the splitter, which is valid during the call only: copy the bytes to keep them. Return `false` to stop the push.
 */
export type FrameCallback = (buffer: Uint8Array, start: number, end: number) => unknown;

/** Options of a FrameSplitter. */
export interface FrameSplitterOptions {
  /** Maximum size of a frame, header included, in bytes: 8 to 16777219. Default 1048576. */
  readonly maxFrameBytes?: number | undefined;
}

/**
 * Streaming decoder of frames with a callback. It reads headers, and no messages. It accepts chunks of any size and delivers complete frames; the
 * result is the same for any chunking. Time is linear in the number of bytes, and memory grows with the bytes received.
 *
 * Malformed framing (FOREIGN_PROTOCOL, FRAME_TOO_SHORT, FRAME_TOO_LARGE, TRUNCATED) ends a splitter: it cannot be used again.
 */
export class FrameSplitter {
  #maxFrameBytes = DEFAULT_MAX_FRAME_BYTES;
  /** Between calls, all bytes that were pushed and not delivered. */
  readonly #carry = new CarryBuffer();
  /** Position in the stream of the end of the carry. */
  #carriedTo = 0;
  /** Position in the stream of the next byte to deliver. */
  #bytesRead = 0;
  /** Size of the frame at the start of the carry, once its framing is known to be valid; 0 = not yet. The carry never contains all of it. */
  #frameBytes = 0;
  #delivering = false;
  #broken: ProtocolError | undefined;

  /** @throws RangeError for a `maxFrameBytes` that is not an integer from 8 to 16777219. */
  constructor(options: FrameSplitterOptions = {}) {
    if (options.maxFrameBytes !== undefined) this.maxFrameBytes = options.maxFrameBytes;
  }

  /**
   * Maximum size of a frame, header included, in bytes: 8 to 16777219. It may be set at any time, inside `onFrame` too, with effect from the
   * next frame whose header has not been read.
   * @throws RangeError when it is set to another value.
   */
  get maxFrameBytes(): number {
    return this.#maxFrameBytes;
  }

  set maxFrameBytes(value: number) {
    if (!Number.isInteger(value) || value < HEADER_BYTES || value > LARGEST_FRAME_BYTES) {
      throw new RangeError(`maxFrameBytes is an integer from ${HEADER_BYTES} to ${LARGEST_FRAME_BYTES}, got ${value}`);
    }
    this.#maxFrameBytes = value;
  }

  /**
   * Position in the stream of the next byte to deliver, in bytes from its start. Inside `onFrame`, the end of the present frame, which begins at
   * `bytesRead - (end - start)`.
   */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /**
   * Number of bytes that are kept: of an incomplete frame, or those before which `onFrame` stopped. Inside `onFrame`, the rest of the chunk does
   * not count.
   */
  get pendingBytes(): number {
    return Math.max(0, this.#carriedTo - this.#bytesRead);
  }

  /**
   * Accepts the next chunk of the stream and calls `onFrame` for each complete frame. The chunk is not kept, and may be reused after the call.
   *
   * If `onFrame` returns `false` or throws, the push ends (an error is passed on), and the frame counts as delivered. The rest of the chunk is
   * copied and delivered by the next push, which may be of an empty chunk.
   * @param chunk any number of bytes; a Buffer, a subarray, an array of another realm. Not changed.
   * @throws ProtocolError FOREIGN_PROTOCOL, FRAME_TOO_SHORT, FRAME_TOO_LARGE, after the frames before are delivered, and again on each later
   * call; `offset` counts from the start of the stream.
   * @throws TypeError if the chunk is not a Uint8Array; Error if called inside `onFrame`.
   */
  push(chunk: Uint8Array, onFrame: FrameCallback): void {
    this.#take('push', chunk, 0, true, onFrame);
  }

  /**
   * Like `push` of the chunk from byte `from` on, but if `onFrame` returns `false`, the rest of the chunk is not copied: the caller keeps the chunk
   * and continues at the returned position.
   * @returns position in the chunk of the next byte; its length if all bytes were consumed.
   * @throws like `push`; Error if called inside `onFrame`.
   */
  pushFrom(chunk: Uint8Array, from: number, onFrame: FrameCallback): number {
    return this.#take('pushFrom', chunk, from, false, onFrame);
  }

  /**
   * Ends the stream. Without pending bytes it changes nothing, and the splitter may still be used: so it also checks that a WebSocket message ends
   * at the end of a frame.
   * @throws ProtocolError TRUNCATED inside a frame, header or payload; like `push` if the bytes before which `onFrame` stopped are malformed; again
   * on each later call.
   * @throws Error if called inside `onFrame`, or if complete frames before which `onFrame` stopped are pending.
   */
  end(): void {
    if (this.#delivering || this.#broken !== undefined) throw this.#refusal('end');
    const { bytes, start, end, length } = this.#carry;
    if (length === 0) return;
    if (this.#frameBytes === 0) this.#frameBytes = this.#validFrameBytes(bytes, start, end);
    if (this.#frameBytes > 0 && this.#frameBytes <= length) {
      this.#frameBytes = 0;
      throw new Error(
        'FrameSplitter.end was called before the frames that onFrame stopped in front of were delivered: push an empty chunk',
      );
    }
    throw this.#break(truncated(bytes, start, length, this.#bytesRead));
  }

  /** @param keepsRest if `onFrame` stops, the rest of the chunk is carried. */
  #take(method: string, chunk: Uint8Array, from: number, keepsRest: boolean, onFrame: FrameCallback): number {
    if (this.#delivering || this.#broken !== undefined) throw this.#refusal(method);
    // An array of another realm is no instance of this one.
    if (!(chunk instanceof Uint8Array) && !isUint8Array(chunk))
      throw new TypeError(`FrameSplitter.${method} expects a Uint8Array, got ${kindOf(chunk)}`);
    if (this.#frameBytes !== 0 && chunk.length - from < this.#frameBytes - this.#carry.length) {
      // The carried frame continues after this chunk.
      return this.#carryUpTo(this.#frameBytes, chunk, from);
    }
    const begin = this.#carriedTo - from;
    let carriesRest = true;
    let to = chunk.length;
    this.#delivering = true;
    try {
      const at = this.#passCarried(chunk, from, onFrame);
      const isStopped = at < 0 || !this.#pass(chunk, at, chunk.length, onFrame);
      carriesRest = keepsRest || !isStopped;
    } finally {
      this.#delivering = false;
      to = this.#carryRest(chunk, begin, carriesRest);
    }
    return to;
  }

  /**
   * Delivers carried frames that this chunk completes. Returns the position after the bytes consumed from the chunk, or -1 if `onFrame` stopped
   * or the chunk is used up.
   */
  #passCarried(chunk: Uint8Array, from: number, onFrame: FrameCallback): number {
    const carry = this.#carry;
    if (carry.end === 0) return from;
    let at = from;
    if (this.#frameBytes === 0) {
      // Complete frames are carried only if onFrame stopped. The bytes after them are less than a frame.
      if (!this.#pass(carry.bytes, carry.start, carry.end, onFrame)) return -1;
      carry.keepLast(this.pendingBytes);
      if (carry.length === 0) return from;
    }
    if (this.#frameBytes === 0) {
      // No frame is smaller than its header.
      at = this.#carryUpTo(HEADER_BYTES, chunk, from);
      this.#frameBytes = this.#validFrameBytes(carry.bytes, carry.start, carry.end);
      if (this.#frameBytes === 0) return -1;
    }
    at = this.#carryUpTo(this.#frameBytes, chunk, at);
    if (carry.length < this.#frameBytes) return -1;
    this.#bytesRead += this.#frameBytes;
    this.#frameBytes = 0;
    return onFrame(carry.bytes, carry.start, carry.end) === false ? -1 : at;
  }

  /** Fills the carry up to `bytes` bytes from `chunk[at]` on, as far as the chunk goes. Returns the position after them. */
  #carryUpTo(bytes: number, chunk: Uint8Array, at: number): number {
    const to = Math.min(chunk.length, at + bytes - this.#carry.length);
    this.#carry.append(chunk, at, to, this.#frameBytes);
    this.#carriedTo += to - at;
    return to;
  }

  /** Delivers the complete frames in `bytes[at]` to `bytes[to - 1]`, in place. Returns false if `onFrame` stopped. */
  #pass(bytes: Uint8Array, at: number, to: number, onFrame: FrameCallback): boolean {
    const origin = this.#bytesRead - at;
    while (to - at >= HEADER_BYTES) {
      const start = at;
      const frameBytes = ((bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) + 4;
      const version = bytes[at + 4];
      // Everything unusual is checked by validFrameBytes.
      if (bytes[at] !== 0 || frameBytes < HEADER_BYTES || frameBytes > this.#maxFrameBytes) break;
      if (frameBytes > to - at || version === OPEN_BRACE || version === OPEN_BRACKET) break;
      at += frameBytes;
      this.#bytesRead = origin + at;
      if (onFrame(bytes, start, at) === false) return false;
    }
    this.#frameBytes = at === to ? 0 : this.#validFrameBytes(bytes, at, to);
    return true;
  }

  /** Size of the frame that begins at `bytes[at]`, if its framing is valid; 0 if more bytes are needed. */
  #validFrameBytes(bytes: Uint8Array, at: number, end: number): number {
    const error = framingError(bytes, at, end, this.#maxFrameBytes, this.#bytesRead);
    if (error !== undefined) throw this.#break(error);
    return end - at < DECIDING_BYTES ? 0 : readFrameBytes(bytes, at);
  }

  /**
   * Carries the bytes of the chunk that were neither delivered nor carried, or leaves them to the caller.
   * @returns position in the chunk after the consumed bytes.
   */
  #carryRest(chunk: Uint8Array, begin: number, carriesRest: boolean): number {
    const carry = this.#carry;
    if (this.#broken !== undefined) return chunk.length;
    if (carry.end !== 0) carry.keepLast(this.pendingBytes);
    const from = Math.max(this.#carriedTo, this.#bytesRead) - begin;
    const to = carriesRest ? chunk.length : from;
    if (from < to) carry.append(chunk, from, to, this.#frameBytes);
    this.#carriedTo = begin + to;
    return to;
  }

  #break(error: ProtocolError): ProtocolError {
    this.#broken = error;
    this.#carry.clear();
    this.#carriedTo = this.#bytesRead;
    return error;
  }

  /** The error for a call of push or end that is not allowed now. */
  #refusal(method: string): Error {
    const broken = this.#broken;
    if (broken === undefined) return new Error(`FrameSplitter.${method} was called from inside onFrame`);
    const { code, offset, limit, actual } = broken;
    const text = broken.message.slice(`[${code}] `.length);
    return new ProtocolError(code, `the decoder is dead since byte ${offset}: ${text}`, { offset, limit, actual });
  }
}

/** The error for a stream that ended inside the frame at `bytes[start]`, of which `actual` bytes were received. */
export function truncated(bytes: Uint8Array, start: number, actual: number, offset: number): ProtocolError {
  const limit = actual < 4 ? HEADER_BYTES : readFrameBytes(bytes, start);
  const what = actual < 4 ? 'the header of a frame' : 'a frame';
  const text = `the stream ended inside ${what}: got ${actual} of ${limit} bytes, at byte ${offset}`;
  return new ProtocolError('TRUNCATED', text, { offset, limit, actual });
}
