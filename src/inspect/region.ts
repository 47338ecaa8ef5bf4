// Finds frames in bytes. A decoder stops at broken framing; an inspection searches for the next frame.
import type { ProtocolError } from '../errors.js';
import { truncated } from '../frame/frame-splitter.js';
import { framingError } from '../frame/framing-error.js';
import { readFrameBytes } from '../frame/header.js';
import { CRITICAL_FLAGS, FIRST_APPLICATION_TYPE, FLAG_COMPRESSED, FLAG_IGNORABLE, HEADER_BYTES } from '../limits.js';
import type { FrameEntry } from '../wire/codec.js';

/** How frames are recognized. */
export interface RegionRules {
  readonly types: readonly (FrameEntry | undefined)[];
  readonly newest: number;
  readonly maxFrameBytes: number;
}

/** A region of a stream: a complete frame, a frame cut off by the end of the bytes (`tail`), or bytes that are not a frame (`foreign`). */
export interface Region {
  readonly kind: 'frame' | 'tail' | 'foreign';
  readonly end: number;
  /** The framing error. */
  readonly error: ProtocolError | undefined;
}

/** The region that begins at `b[at]`. @param offset position of `b[at]` in the stream, for error messages. */
export function regionAt(b: Uint8Array, at: number, rules: RegionRules, offset = at): Region {
  const error = framingError(b, at, b.length, rules.maxFrameBytes, offset);
  const available = b.length - at;
  if (error !== undefined) {
    // Too large for a decoder, but complete and with a valid header.
    const isWhole = error.code === 'FRAME_TOO_LARGE' && isFrameStart(b, at, rules);
    return {
      kind: isWhole ? 'frame' : 'foreign',
      end: isWhole ? at + readFrameBytes(b, at) : nextFrame(b, at + 1, rules),
      error,
    };
  }
  if (available >= HEADER_BYTES && readFrameBytes(b, at) <= available) {
    return { kind: 'frame', end: at + readFrameBytes(b, at), error: undefined };
  }
  return { kind: 'tail', end: b.length, error: truncated(b, at, available, offset) };
}

/** Index of the next probable frame; the end if there is none. */
function nextFrame(b: Uint8Array, from: number, rules: RegionRules): number {
  for (let at = b.indexOf(0, from); at >= 0; at = b.indexOf(0, at + 1)) {
    if (isFrameStart(b, at, rules)) return at;
  }
  return b.length;
}

/** True for a complete frame, followed by the end or by a zero byte. */
function isFrameStart(b: Uint8Array, at: number, rules: RegionRules): boolean {
  if (!isKnownHeader(b, at, rules)) return false;
  const end = at + readFrameBytes(b, at);
  return end <= b.length && (end === b.length || b[end] === 0);
}

/** True for a header with only known values: other bytes match by chance once in millions. */
export function isKnownHeader(b: Uint8Array, at: number, { types, newest }: RegionRules): boolean {
  if (b.length - at < HEADER_BYTES || b[at] !== 0 || readFrameBytes(b, at) < HEADER_BYTES) return false;
  const version = b[at + 4];
  const type = b[at + 5];
  const flags = (b[at + 6] << 8) | b[at + 7];
  const entry = types[type];
  if (version > newest || (entry === undefined && type < FIRST_APPLICATION_TYPE)) return false;
  if ((entry?.handshake ?? false) !== (version === 0)) return false;
  return (flags & CRITICAL_FLAGS & ~(FLAG_COMPRESSED | FLAG_IGNORABLE)) === 0;
}
