// The interface of compression, which differs by platform: `createDeflate()` of `@im/protocol/node` (node:zlib) and of `@im/protocol/pako`, or
// your own. Also its errors.
import { ProtocolError } from '../errors.js';
import { isUint8Array, kindOf } from './encode-raw-frame.js';

/**
 * Raw DEFLATE (RFC 1951), synchronous, for payloads with FLAG_COMPRESSED: "The payload is one complete raw DEFLATE stream (RFC 1951),
 * without a zlib or gzip wrapper and without a dictionary. No state is kept between frames."
 */
export interface Deflate {
  /** Compresses to one complete stream. The result shares nothing with the input. */
  deflate(bytes: Uint8Array): Uint8Array;
  /**
   * Inflates one complete stream. The result shares nothing with the input.
   * @param maxBytes maximum size of the result in bytes, 0 or more: the receiver's max_frame_bytes minus the 8 of the header. It is checked while
   * inflating, so that a larger stream takes no more memory than that and a chunk.
   * @throws ProtocolError DECOMPRESSED_TOO_LARGE for a larger result; MALFORMED_PAYLOAD for a malformed or incomplete stream, and for bytes after
   * it (`offset` counts from the start of `bytes`).
   * @throws RangeError if `maxBytes` is negative or NaN.
   */
  inflate(bytes: Uint8Array, maxBytes: number): Uint8Array;
}

/** Both implementations inflate in chunks of this size, so that they find the same error first if a stream has two. */
export const INFLATE_CHUNK_BYTES = 16_384;

export function requireMaxBytes(maxBytes: number): void {
  if (!(maxBytes >= 0)) throw new RangeError(`maxBytes is 0 or more, got ${maxBytes}`);
}

/** "The header plus the inflated payload MUST NOT exceed the `max_frame_bytes` of the receiver" */
export function inflatesTooLarge(bytes: Uint8Array, maxBytes: number): ProtocolError {
  const text = `compressed payload of ${bytes.length} bytes inflates to more than the limit of ${maxBytes} bytes`;
  return new ProtocolError('DECOMPRESSED_TOO_LARGE', text, { limit: maxBytes });
}

/** "The payload is one complete raw DEFLATE stream" */
export function unfinishedStream(bytes: Uint8Array): ProtocolError {
  const text = `compressed payload: the DEFLATE stream has not ended at byte ${bytes.length}, where the payload ends`;
  return new ProtocolError('MALFORMED_PAYLOAD', text, { offset: bytes.length });
}

/** "A stream that is damaged, incomplete or followed by other bytes is MALFORMED_PAYLOAD." */
export function bytesBehindStream(bytes: Uint8Array, streamBytes: number): ProtocolError {
  const actual = bytes.length - streamBytes;
  const text = `compressed payload: got ${actual} bytes after the DEFLATE stream, limit 0, at byte ${streamBytes}`;
  return new ProtocolError('MALFORMED_PAYLOAD', text, { offset: streamBytes, limit: 0, actual });
}

/** @param reason the message of zlib: `invalid block type`. */
export function damagedStream(bytes: Uint8Array, reason: string, cause?: unknown): ProtocolError {
  const text = `compressed payload of ${bytes.length} bytes: the DEFLATE stream is damaged: ${reason}`;
  return new ProtocolError('MALFORMED_PAYLOAD', text, { cause });
}

/**
 * Checks the result of a Deflate of the application.
 * @throws TypeError for anything but a Uint8Array.
 */
export function requireBytes(value: unknown, method: string): Uint8Array {
  if (isUint8Array(value)) return value;
  // The rejection of an `async` method, which is a mistake, must not end the process.
  if (value instanceof Promise) value.catch(() => {});
  throw new TypeError(`${method} of a Deflate returns a Uint8Array, got ${kindOf(value)}`);
}
