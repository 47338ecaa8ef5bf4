// JSON texts of older clients on TCP: a length in bytes, big-endian and signed in the old servers, then UTF-8.
//
//   00 00 00 0f | 7b 22 63 6d 64 22 3a 31 2c ...        4 bytes, or 8 in the other family

import { ProtocolError } from '../../errors.js';
import { CarryBuffer } from '../../frame/carry-buffer.js';
import { frameTooLarge } from '../../frame/framing-error.js';

const OPEN_BRACE = 0x7b;

/** Whether a stream begins as one of texts; undefined if more bytes decide. Neither a length of a frame nor its version looks like that. */
export function beginsWithText(bytes: Uint8Array, lengthBytes: 4 | 8): boolean | undefined {
  const { length } = bytes;
  // The length field of a frame is never 0.
  if (lengthBytes === 8) return bytes.subarray(0, 4).some((byte) => byte !== 0) ? false : length >= 4 || undefined;
  return length < 5 ? undefined : bytes[4] === OPEN_BRACE;
}

/** Splits a stream into texts, of which it keeps only what has arrived. */
export class TextSplitter {
  readonly #lengthBytes: 4 | 8;
  readonly #carry = new CarryBuffer();
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** Position of the next text in the stream. */
  #offset = 0;

  constructor(lengthBytes: 4 | 8) {
    this.#lengthBytes = lengthBytes;
  }

  /** Bytes of an incomplete text. */
  get pendingBytes(): number {
    return this.#carry.length;
  }

  /**
   * Yields the texts that are complete.
   * @param maxBytes maximum size of a text with its length.
   * @throws ProtocolError FRAME_TOO_LARGE, FRAME_TOO_SHORT for a length that is 0 or negative, MALFORMED_PAYLOAD for invalid UTF-8: the stream
   * cannot continue.
   */
  *push(chunk: Uint8Array, maxBytes: number): Generator<string> {
    let at = 0;
    while (at < chunk.length) {
      const size = this.#sizeAfter(chunk, at, maxBytes);
      const end = at + size - this.#carry.length;
      if (end > chunk.length) {
        this.#carry.append(chunk, at, chunk.length, size);
        return;
      }
      const text = this.#textOf(this.#take(chunk, at, end, size));
      at = end;
      this.#offset += size;
      yield text;
    }
  }

  /** Size of the current text with its length, or of the length while it is incomplete. */
  #sizeAfter(chunk: Uint8Array, at: number, maxBytes: number): number {
    const have = this.#carry.length;
    if (have + chunk.length - at < this.#lengthBytes) return this.#lengthBytes;
    let length = 0;
    for (let i = 0; i < this.#lengthBytes; i++) {
      const byte = i < have ? this.#carry.bytes[this.#carry.start + i] : chunk[at + i - have];
      // Exact up to 2^53, and far above the limit beyond.
      length = length * 256 + (i === 0 && byte > 127 ? byte - 256 : byte);
    }
    if (length < 1) {
      const text = `length of a text: got ${length}, at least 1, at byte ${this.#offset}`;
      throw new ProtocolError('FRAME_TOO_SHORT', text, { offset: this.#offset, limit: 1, actual: length });
    }
    const size = this.#lengthBytes + length;
    if (size > maxBytes) throw frameTooLarge(size, maxBytes, this.#offset);
    return size;
  }

  #take(chunk: Uint8Array, from: number, to: number, size: number): Uint8Array {
    if (this.#carry.length === 0) return chunk.subarray(from + this.#lengthBytes, to);
    this.#carry.append(chunk, from, to, size);
    const { bytes, start, end } = this.#carry;
    const whole = bytes.slice(start + this.#lengthBytes, end);
    this.#carry.clear();
    return whole;
  }

  #textOf(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes);
    } catch (cause) {
      const offset = this.#offset + this.#lengthBytes;
      throw new ProtocolError('MALFORMED_PAYLOAD', `invalid UTF-8 in the text at byte ${offset}`, { offset, cause });
    }
  }
}

/** A text with its length. */
export function withLength(text: string, lengthBytes: 4 | 8): Uint8Array {
  const payload = new TextEncoder().encode(text);
  const bytes = new Uint8Array(lengthBytes + payload.length);
  new DataView(bytes.buffer).setUint32(lengthBytes - 4, payload.length);
  bytes.set(payload, lengthBytes);
  return bytes;
}
