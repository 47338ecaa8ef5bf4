// The eight bytes before every payload, here of a HEARTBEAT with 11 bytes of payload:
//
//   00 00 00 0f   01        07     00 00   08 02 ...
//   length = 15   version   type   flags   payload
//
// length counts the bytes after it: 4 + payload size. So the frame has length + 4 bytes.
import { ProtocolError } from '../errors.js';
import { HEADER_BYTES } from '../limits.js';

/** The header of a frame. */
export interface FrameHeader {
  /** Size of the frame, header included, in bytes: the length field + 4. */
  readonly frameBytes: number;
  /** Protocol version of the payload, 0 to 255; 0 = handshake. */
  readonly version: number;
  /** Frame type, 0 to 255: which message the payload is. */
  readonly type: number;
  /** Flag bits, 0 to 65535. */
  readonly flags: number;
}

/**
 * Writes a frame header to `bytes[at]` to `bytes[at + 7]`. For hot paths: it does not check the numbers, and drops bits that do not fit.
 * `encodeRawFrame` checks them.
 * @param frameBytes size of the frame, header included, in bytes: 8 to 16777219.
 * @param version 0 to 127.
 * @param type 0 to 255.
 * @param flags 0 to 65535.
 * @throws RangeError if fewer than 8 bytes are left in the array at `at`.
 */
export function writeHeader(
  bytes: Uint8Array,
  at: number,
  frameBytes: number,
  version: number,
  type: number,
  flags: number,
): void {
  // A store after the end of a typed array is silently dropped.
  if (!(at >= 0 && at + HEADER_BYTES <= bytes.length)) throw noRoom(bytes, at);
  const length = frameBytes - 4;
  bytes[at] = length >>> 24;
  bytes[at + 1] = length >>> 16;
  bytes[at + 2] = length >>> 8;
  bytes[at + 3] = length;
  bytes[at + 4] = version;
  bytes[at + 5] = type;
  bytes[at + 6] = flags >>> 8;
  bytes[at + 7] = flags;
}

function noRoom(bytes: Uint8Array, at: number): RangeError {
  return new RangeError(`a frame header takes ${HEADER_BYTES} bytes, got byte ${at} of ${bytes.length} to write it at`);
}

/**
 * Reads the frame header at `bytes[at]` without checking its fields. `FrameSplitter` delivers only frames with valid framing.
 * @throws ProtocolError TRUNCATED if fewer than 8 bytes are left at `at`.
 */
export function readHeader(bytes: Uint8Array, at = 0): FrameHeader {
  if (!(at >= 0 && at + HEADER_BYTES <= bytes.length)) throw noHeader(bytes, at);
  return {
    frameBytes: readFrameBytes(bytes, at),
    version: bytes[at + 4],
    type: bytes[at + 5],
    flags: (bytes[at + 6] << 8) | bytes[at + 7],
  };
}

function noHeader(bytes: Uint8Array, at: number): ProtocolError {
  const actual = Math.max(0, bytes.length - at);
  return new ProtocolError('TRUNCATED', `a frame header takes ${HEADER_BYTES} bytes, got ${actual} at byte ${at}`, {
    offset: at,
    limit: HEADER_BYTES,
    actual,
  });
}

/** Size of the frame whose length field is at `bytes[at]` to `bytes[at + 3]`, not checked: 4 to 4294967299. */
export function readFrameBytes(bytes: Uint8Array, at: number): number {
  return (((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0) + 4;
}
