import { ASSIGNED_VERSIONS_END, HEADER_BYTES, LARGEST_FRAME_BYTES } from '../limits.js';
import { frameTooLarge, OPEN_BRACE, OPEN_BRACKET } from './framing-error.js';
import { writeHeader } from './header.js';

/** Options of `encodeRawFrame`. All optional. */
export interface RawFrameOptions {
  /** Protocol version of the payload: 0 (handshake) to 127, except 91 and 123 (`[` and `{`). Default 1. */
  readonly version?: number | undefined;
  /** Flag bits, 0 to 65535: FLAG_COMPRESSED, FLAG_IGNORABLE. Default 0. */
  readonly flags?: number | undefined;
  /** Maximum size in bytes of a frame, header included, that the receiver accepts. Default 16777219, the maximum of the protocol. */
  readonly maxFrameBytes?: number | undefined;
}

/**
 * Puts a frame header before an encoded payload, which is copied. The result belongs to the caller. The content of the payload, and whether
 * type, version and flags fit, is not checked.
 * @param type frame type, 0 to 255.
 * @param payload the encoded message, or with FLAG_COMPRESSED its DEFLATE stream; may be empty.
 * @throws ProtocolError FRAME_TOO_LARGE if the frame has more than `maxFrameBytes` or 16777219 bytes.
 * @throws RangeError for a type, version or flags out of range; TypeError if the payload is not a Uint8Array.
 */
export function encodeRawFrame(type: number, payload: Uint8Array, options: RawFrameOptions = {}): Uint8Array {
  // What the payload says is not known here: a newer version would keep it from older readers.
  const { version = 1, flags = 0, maxFrameBytes = LARGEST_FRAME_BYTES } = options;
  requireRange('type', type, 0xff);
  requireRange('version', version, ASSIGNED_VERSIONS_END - 1);
  requireRange('flags', flags, 0xffff);
  // "91 (`[`) and 123 (`{`) are never assigned", nor are 128 to 255.
  if (version === OPEN_BRACKET || version === OPEN_BRACE) throw new RangeError(`version ${version} is never assigned`);
  if (!isUint8Array(payload)) throw new TypeError(`the payload of a frame is a Uint8Array, got ${kindOf(payload)}`);
  const frameBytes = HEADER_BYTES + payload.length;
  const limit = Math.min(maxFrameBytes, LARGEST_FRAME_BYTES);
  // Also refuses a limit that is NaN.
  if (!(frameBytes <= limit)) throw frameTooLarge(frameBytes, limit);
  const frame = new Uint8Array(frameBytes);
  writeHeader(frame, 0, frameBytes, version, type, flags);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

function requireRange(name: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max) {
    throw new RangeError(`${name} of a frame is an integer from 0 to ${max}, got ${value}`);
  }
}

/** True for a Uint8Array of this realm or another (an iframe, node:vm), and for a Buffer; `instanceof` fails for the former. */
export function isUint8Array(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === 'Uint8Array';
}

/** The type of a value, for the text of a TypeError: `string`, `null`, `ArrayBuffer`. */
export function kindOf(value: unknown): string {
  return typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value;
}
