// Where frames begin and end. A decoder is dead after broken framing; an inspection looks for the next frame.
import type { ProtocolError } from '../errors.js';
import { truncated } from '../frame/frame-splitter.js';
import { framingError } from '../frame/framing-error.js';
import { readFrameBytes } from '../frame/header.js';
import { CRITICAL_FLAGS, FIRST_APPLICATION_TYPE, FLAG_COMPRESSED, FLAG_IGNORABLE, HEADER_BYTES } from '../limits.js';
import type { FrameEntry } from '../wire/codec.js';

/** How frames are told from other bytes. */
export interface CutRules {
  readonly types: readonly (FrameEntry | undefined)[];
  readonly newest: number;
  readonly maxFrameBytes: number;
}

/** A piece of a stream: a frame, whole or cut off by the end of the bytes (`tail`), or bytes that are none. */
export interface Cut {
  readonly kind: 'frame' | 'tail' | 'foreign';
  readonly end: number;
  /** Why it is not a frame in order. */
  readonly error: ProtocolError | undefined;
}

/** @param offset position of `b[at]` in the stream, for the text of the error. */
export function cutAt(b: Uint8Array, at: number, rules: CutRules, offset = at): Cut {
  const error = framingError(b, at, b.length, rules.maxFrameBytes, offset);
  const available = b.length - at;
  if (error !== undefined) {
    // Too large for a decoder, but all there, and with the header of a frame.
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

/** Index of the next byte from which on there seems to be a frame; the end where there is none. */
export function nextFrame(b: Uint8Array, from: number, rules: CutRules): number {
  for (let at = b.indexOf(0, from); at >= 0; at = b.indexOf(0, at + 1)) {
    if (isFrameStart(b, at, rules)) return at;
  }
  return b.length;
}

/** The beginning of a frame that is all there, with nothing or another zero byte behind it. */
function isFrameStart(b: Uint8Array, at: number, rules: CutRules): boolean {
  if (!isKnownHeader(b, at, rules)) return false;
  const end = at + readFrameBytes(b, at);
  return end <= b.length && (end === b.length || b[end] === 0);
}

/** A header in which everything is known: other bytes look so by chance once in millions. */
export function isKnownHeader(b: Uint8Array, at: number, { types, newest }: CutRules): boolean {
  if (b.length - at < HEADER_BYTES || b[at] !== 0 || readFrameBytes(b, at) < HEADER_BYTES) return false;
  const version = b[at + 4];
  const type = b[at + 5];
  const flags = (b[at + 6] << 8) | b[at + 7];
  const entry = types[type];
  if (version > newest || (entry === undefined && type < FIRST_APPLICATION_TYPE)) return false;
  if ((entry?.handshake ?? false) !== (version === 0)) return false;
  return (flags & CRITICAL_FLAGS & ~(FLAG_COMPRESSED | FLAG_IGNORABLE)) === 0;
}
