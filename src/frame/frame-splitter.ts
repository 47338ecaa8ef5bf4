// Cuts a byte stream into frames:
//
//   chunks   00 00 00 06 01 07 00 00 08 02 | 00 00 00 | 04 01 07 00 00 00 00 ...
//   frames   [         one frame         ]   [    one frame        ]  waits
//
// A frame that lies within one chunk is handed out in place, with its positions: no array and no view is made for it. Only a frame that
// spans chunks is copied, into a buffer that grows with the bytes that arrive and never with the length that a frame announces.
import { ProtocolError } from '../errors.js';
import { DEFAULT_MAX_FRAME_BYTES, HEADER_BYTES, LARGEST_FRAME_BYTES } from '../limits.js';
import { CarryBuffer } from './carry-buffer.js';
import { isUint8Array, kindOf } from './encode-raw-frame.js';
import { DECIDING_BYTES, framingError, OPEN_BRACE, OPEN_BRACKET } from './framing-error.js';
import { readFrameBytes } from './header.js';

/**
 * Takes one whole frame: `buffer[start]` to `buffer[end - 1]`, header included. `buffer` is the chunk that was pushed, or, for a frame that
 * spans chunks, a buffer of the splitter: then the bytes are valid during the call only, and are copied by whoever wants to keep them.
 * Returning `false` stops the push; any other value goes on.
 */
export type FrameCallback = (buffer: Uint8Array, start: number, end: number) => unknown;

/** Options of a FrameSplitter. */
export interface FrameSplitterOptions {
  /** The largest whole frame, header included, in bytes: 8 to 16777219. Default 1048576. */
  readonly maxFrameBytes?: number | undefined;
}

/**
 * The streaming decoder of frames, in its callback form: knows headers, and no message. Chunks of any size go in, whole frames come out; the
 * outcome is the same for any chunking. The cost is linear in the bytes, and memory grows with the bytes that have arrived.
 *
 * Broken framing (FOREIGN_PROTOCOL, FRAME_TOO_SHORT, FRAME_TOO_LARGE, TRUNCATED) ends a splitter: nothing behind it can be read.
 */
export class FrameSplitter {
  #maxFrameBytes = DEFAULT_MAX_FRAME_BYTES;
  /** At rest, everything that was pushed and not delivered. */
  readonly #carry = new CarryBuffer();
  /** Position in the stream of the end of the carry. */
  #carriedTo = 0;
  /** Position in the stream of the next byte to deliver. */
  #bytesRead = 0;
  /** Size of the frame that the carry begins with, once its framing was found sound; 0 = not yet. The carry never holds all of it. */
  #frameBytes = 0;
  #delivering = false;
  #broken: ProtocolError | undefined;

  /** @throws RangeError for a `maxFrameBytes` that is no integer from 8 to 16777219. */
  constructor(options: FrameSplitterOptions = {}) {
    if (options.maxFrameBytes !== undefined) this.maxFrameBytes = options.maxFrameBytes;
  }

  /**
   * The largest whole frame, header included, in bytes: 8 to 16777219. It may be set at any time, from inside `onFrame` too, and holds from
   * the next frame on: not for one whose header has been looked at.
   * @throws RangeError when set to anything else.
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
   * Position in the stream of the next byte to deliver, in bytes from its start. Inside `onFrame` that is the end of the frame being
   * delivered, which so begins at `bytesRead - (end - start)`.
   */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /**
   * How many bytes are held: the beginning of a frame that has not arrived whole, or what `onFrame` stopped in front of. Inside `onFrame` the
   * rest of the chunk does not count.
   */
  get pendingBytes(): number {
    return Math.max(0, this.#carriedTo - this.#bytesRead);
  }

  /**
   * Takes the next chunk of the stream and calls `onFrame` for each frame that is whole. The chunk is not kept: it may be used again after the
   * call.
   *
   * If `onFrame` returns `false` or throws, the push ends (an error goes to the caller) with this frame delivered; the rest of the chunk is
   * copied, and delivered by the next push, for which an empty chunk will do.
   * @param chunk any number of bytes, none too; a Buffer, a subarray, an array of another realm. Not changed.
   * @throws ProtocolError FOREIGN_PROTOCOL, FRAME_TOO_SHORT, FRAME_TOO_LARGE after the frames before were delivered, and again on each later
   * call; `offset` counts from the start of the stream.
   * @throws TypeError if the chunk is no Uint8Array; Error if called from inside `onFrame`.
   */
  push(chunk: Uint8Array, onFrame: FrameCallback): void {
    this.#take('push', chunk, 0, true, onFrame);
  }

  /**
   * As `push` of the chunk from byte `from` on, but if `onFrame` returns `false`, the rest of the chunk is not copied: the caller keeps the
   * chunk, and goes on at the position that is returned.
   * @returns position in the chunk of the next byte to take; its length = all of it was taken.
   * @throws what `push` throws; Error if called from inside `onFrame`.
   */
  pushFrom(chunk: Uint8Array, from: number, onFrame: FrameCallback): number {
    return this.#take('pushFrom', chunk, from, false, onFrame);
  }

  /**
   * Says that no more bytes come. With nothing pending it changes nothing, and the splitter may be used on: so it also checks that a WebSocket
   * message ended where a frame did.
   * @throws ProtocolError TRUNCATED if a frame has begun and not ended, header or payload; what `push` throws where the bytes that `onFrame`
   * stopped in front of are broken; again on each later call.
   * @throws Error if called from inside `onFrame`, or while whole frames are held that `onFrame` stopped in front of.
   */
  end(): void {
    if (this.#delivering || this.#broken !== undefined) throw this.#refusal('end');
    const { bytes, start, end, length } = this.#carry;
    if (length === 0) return;
    if (this.#frameBytes === 0) this.#frameBytes = this.#soundFrameBytes(bytes, start, end);
    if (this.#frameBytes > 0 && this.#frameBytes <= length) {
      this.#frameBytes = 0;
      throw new Error(
        'FrameSplitter.end was called before the frames that onFrame stopped in front of were delivered: push an empty chunk',
      );
    }
    throw this.#break(truncated(bytes, start, length, this.#bytesRead));
  }

  /** @param keepsRest where `onFrame` stops it, the rest of the chunk is carried. */
  #take(method: string, chunk: Uint8Array, from: number, keepsRest: boolean, onFrame: FrameCallback): number {
    if (this.#delivering || this.#broken !== undefined) throw this.#refusal(method);
    if (!isUint8Array(chunk)) throw new TypeError(`FrameSplitter.${method} takes a Uint8Array, got ${kindOf(chunk)}`);
    if (chunk.length - from < this.#frameBytes - this.#carry.length) {
      // The frame that is carried goes on behind this chunk: nothing to look at.
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
   * Delivers what is carried, as far as it becomes whole with this chunk. Returns the position behind what it took of the chunk, or -1 if `onFrame`
   * stopped it or the chunk is used up.
   */
  #passCarried(chunk: Uint8Array, from: number, onFrame: FrameCallback): number {
    const carry = this.#carry;
    if (carry.length === 0) return from;
    let at = from;
    if (this.#frameBytes === 0) {
      // Whole frames are here only where onFrame stopped; then what is left is less than a frame.
      if (!this.#pass(carry.bytes, carry.start, carry.end, onFrame)) return -1;
      carry.keepLast(this.pendingBytes);
      if (carry.length === 0) return from;
    }
    if (this.#frameBytes === 0) {
      // No frame is smaller than its header.
      at = this.#carryUpTo(HEADER_BYTES, chunk, from);
      this.#frameBytes = this.#soundFrameBytes(carry.bytes, carry.start, carry.end);
      if (this.#frameBytes === 0) return -1;
    }
    at = this.#carryUpTo(this.#frameBytes, chunk, at);
    if (carry.length < this.#frameBytes) return -1;
    this.#bytesRead += this.#frameBytes;
    this.#frameBytes = 0;
    return onFrame(carry.bytes, carry.start, carry.end) === false ? -1 : at;
  }

  /** Takes from `chunk[at]` on what the carry lacks of `bytes` bytes, or what there is. Returns the position behind it. */
  #carryUpTo(bytes: number, chunk: Uint8Array, at: number): number {
    const to = Math.min(chunk.length, at + bytes - this.#carry.length);
    this.#carry.append(chunk, at, to, this.#frameBytes);
    this.#carriedTo += to - at;
    return to;
  }

  /** Delivers the whole frames in `bytes[at]` to `bytes[to - 1]`, in place. Returns false if `onFrame` stopped it. */
  #pass(bytes: Uint8Array, at: number, to: number, onFrame: FrameCallback): boolean {
    const origin = this.#bytesRead - at;
    while (to - at >= HEADER_BYTES) {
      const start = at;
      const frameBytes = ((bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) + 4;
      const version = bytes[at + 4];
      // Whatever is unusual is left to soundFrameBytes.
      if (bytes[at] !== 0 || frameBytes < HEADER_BYTES || frameBytes > this.#maxFrameBytes) break;
      if (frameBytes > to - at || version === OPEN_BRACE || version === OPEN_BRACKET) break;
      at += frameBytes;
      this.#bytesRead = origin + at;
      if (onFrame(bytes, start, at) === false) return false;
    }
    this.#frameBytes = this.#soundFrameBytes(bytes, at, to);
    return true;
  }

  /** Size of the frame that begins at `bytes[at]`, where its framing is sound; 0 where too few bytes are there to say. */
  #soundFrameBytes(bytes: Uint8Array, at: number, end: number): number {
    const error = framingError(bytes, at, end, this.#maxFrameBytes, this.#bytesRead);
    if (error !== undefined) throw this.#break(error);
    return end - at < DECIDING_BYTES ? 0 : readFrameBytes(bytes, at);
  }

  /**
   * Carries what of the chunk was neither delivered nor carried already, or leaves it to the caller.
   * @returns position in the chunk behind what was taken.
   */
  #carryRest(chunk: Uint8Array, begin: number, carriesRest: boolean): number {
    const carry = this.#carry;
    if (this.#broken !== undefined) return chunk.length;
    carry.keepLast(this.pendingBytes);
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

  /** Why neither push nor end may be called now. */
  #refusal(method: string): Error {
    const broken = this.#broken;
    if (broken === undefined) return new Error(`FrameSplitter.${method} was called from inside onFrame`);
    const { code, offset, limit, actual } = broken;
    const text = broken.message.slice(`[${code}] `.length);
    return new ProtocolError(code, `the decoder is dead since byte ${offset}: ${text}`, { offset, limit, actual });
  }
}

/** The error for a stream that ended inside the frame at `bytes[start]`, of which `actual` bytes are there. */
export function truncated(bytes: Uint8Array, start: number, actual: number, offset: number): ProtocolError {
  const limit = actual < 4 ? HEADER_BYTES : readFrameBytes(bytes, start);
  const what = actual < 4 ? 'the header of a frame' : 'a frame';
  const text = `the stream ended inside ${what}: got ${actual} of ${limit} bytes, at byte ${offset}`;
  return new ProtocolError('TRUNCATED', text, { offset, limit, actual });
}
