// The rules of framing, in order, which are checked before any byte of a frame is buffered. Each is checked as soon as its bytes are received,
// and no text depends on later bytes, so that any chunking of a stream gives the same error.
import { ProtocolError } from '../errors.js';
import { MIN_LENGTH } from '../limits.js';
import { readFrameBytes } from './header.js';

/** Number of bytes that decide whether the framing of a frame is valid. */
export const DECIDING_BYTES = 5;

/** ASCII of `[` and `{`: versions that are never assigned, because JSON text begins with them. */
export const OPEN_BRACKET = 0x5b;
export const OPEN_BRACE = 0x7b;

/**
 * Checks the framing of the frame at `bytes[at]`, as far as the bytes before `end` show; undefined = valid so far.
 * @param maxFrameBytes maximum size of a frame, header included.
 * @param offset position of `bytes[at]` in the stream.
 */
export function framingError(
  bytes: Uint8Array,
  at: number,
  end: number,
  maxFrameBytes: number,
  offset: number,
): ProtocolError | undefined {
  if (at >= end) return undefined;
  // "byte 0 is 0", otherwise "FOREIGN_PROTOCOL at byte 0"
  if (bytes[at] !== 0) return foreignStart(bytes[at], offset);
  if (end - at < 4) return undefined;
  const frameBytes = readFrameBytes(bytes, at);
  // "length is at least MIN_LENGTH", otherwise FRAME_TOO_SHORT
  if (frameBytes - 4 < MIN_LENGTH) return frameTooShort(frameBytes - 4, offset);
  // "length + 4 is within the limit of the reader", otherwise FRAME_TOO_LARGE
  if (frameBytes > maxFrameBytes) return frameTooLarge(frameBytes, maxFrameBytes, offset);
  // "byte 4 is neither `{` nor `[`", otherwise "FOREIGN_PROTOCOL at byte 4"
  if (end - at < DECIDING_BYTES || (bytes[at + 4] !== OPEN_BRACE && bytes[at + 4] !== OPEN_BRACKET)) return undefined;
  return legacyText(bytes[at + 4], offset + 4);
}

function foreignStart(actual: number, offset: number): ProtocolError {
  const text = `a frame begins with 0x00, got ${showByte(actual)} at byte ${offset}: this looks like ${foreignProtocol(actual)}`;
  return new ProtocolError('FOREIGN_PROTOCOL', text, { offset, actual });
}

function frameTooShort(actual: number, offset: number): ProtocolError {
  const legacy = actual === 0 ? ': this looks like the legacy form of an 8-byte length and JSON text' : '';
  const text = `length field of a frame: got ${actual}, at least ${MIN_LENGTH}, at byte ${offset}${legacy}`;
  return new ProtocolError('FRAME_TOO_SHORT', text, { offset, limit: MIN_LENGTH, actual });
}

/** The error for a frame that is too large. */
export function frameTooLarge(actual: number, limit: number, offset?: number): ProtocolError {
  const where = offset === undefined ? '' : `, at byte ${offset}`;
  return new ProtocolError('FRAME_TOO_LARGE', `frame of ${actual} bytes, limit ${limit}${where}`, { offset, limit, actual });
}

function legacyText(actual: number, offset: number): ProtocolError {
  const text = `version of a frame: got ${showByte(actual)} at byte ${offset}: this looks like the legacy form of a 4-byte length and JSON text`;
  return new ProtocolError('FOREIGN_PROTOCOL', text, { offset, actual });
}

/** `0x47 'G'`, `0x16`. */
function showByte(byte: number): string {
  const hex = `0x${byte.toString(16).padStart(2, '0')}`;
  return byte > 0x20 && byte < 0x7f ? `${hex} '${String.fromCharCode(byte)}'` : hex;
}

// "The first byte of every frame is therefore 0. A receiver recognizes HTTP, TLS, SSH and JSON text by their first byte". Only
// one byte is examined, because more may not be received yet, and the text is the same for any chunking.

const LOOKS_LIKE: ReadonlyMap<number, string> = new Map([
  [0x08, 'a protobuf message without a frame header'],
  [0x0a, 'a protobuf message without a frame header'],
  [0x0d, 'a PROXY protocol header, version 2'],
  [0x15, 'a TLS alert: the peer expects TLS'],
  [0x16, 'a TLS ClientHello: the peer speaks TLS to a port without it'],
  [0x3c, 'HTML or XML'],
  [0x43, 'an HTTP request (CONNECT)'],
  [0x44, 'an HTTP request (DELETE)'],
  [0x47, 'an HTTP request (GET)'],
  [0x48, 'an HTTP response, or an HTTP request (HEAD)'],
  [0x4f, 'an HTTP request (OPTIONS)'],
  [0x50, 'an HTTP request (POST, PUT, PATCH), the HTTP/2 preface (PRI) or a PROXY protocol header (PROXY)'],
  [0x53, 'an SSH banner'],
  [0x54, 'an HTTP request (TRACE)'],
  [0x5b, 'JSON text'],
  [0x7b, 'JSON text'],
  [0x81, 'a WebSocket text frame'],
  [0x82, 'a WebSocket binary frame: frames are what is in it'],
]);

/** The protocol that a stream with this first byte looks like. */
export function foreignProtocol(firstByte: number): string {
  return LOOKS_LIKE.get(firstByte) ?? 'another protocol, or a frame of 16 MiB or more';
}
