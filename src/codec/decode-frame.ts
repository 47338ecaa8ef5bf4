import { REGISTRY } from '../../generated/registry.js';
import { ProtocolError } from '../errors.js';
import type { Deflate } from '../frame/deflate.js';
import { framingError } from '../frame/framing-error.js';
import { readFrameBytes } from '../frame/header.js';
import { DEFAULT_LIMITS, HEADER_BYTES, type Limits } from '../limits.js';
import type { MessageMap, Registry } from '../wire/codec.js';
import { isBytes } from '../wire/scalar.js';
import { type FrameOf, frameTypes } from './frame.js';
import { readFrame } from './read-frame.js';

/** Options of `decodeFrame`. All optional. */
export interface DecodeFrameOptions {
  /** Check the rules of the schema. Default true. Limits of list lengths are always checked. */
  readonly validate?: boolean | undefined;
  /** Limits. Default: `DEFAULT_LIMITS`. */
  readonly limits?: Partial<Limits> | undefined;
  /** Negotiated version of the connection. Default: any version from 1 to the newest of this release. */
  readonly version?: number | undefined;
  /** Inflates compressed frames. Default: they are refused, as on a connection without the feature `deflate`. */
  readonly deflate?: Deflate | undefined;
}

/** @internal `decodeFrame` for another registry. */
export function createDecodeFrame<M extends MessageMap>(
  registry: Registry<M>,
): (bytes: Uint8Array, options?: DecodeFrameOptions) => FrameOf<M> {
  const types = frameTypes(registry);
  return (bytes, { validate = true, limits, version, deflate } = {}) => {
    const maxFrameBytes = limits?.maxFrameBytes ?? DEFAULT_LIMITS.maxFrameBytes;
    requireOneFrame(bytes, maxFrameBytes);
    const rules = { types, newest: registry.version, version, validate, deflate };
    return readFrame(bytes, 0, bytes.length, rules, maxFrameBytes) as FrameOf<M>;
  };
}

/**
 * Decodes exactly one frame, from all of `bytes`. The message is a plain object with every field; its `bytes` fields are views of the input.
 * @throws ProtocolError with offset, path, limit and actual value. Framing: FOREIGN_PROTOCOL, FRAME_TOO_SHORT, FRAME_TOO_LARGE (over
 * `limits.maxFrameBytes`, default 1048576 bytes), TRUNCATED. Header: UNSUPPORTED_VERSION, UNSUPPORTED_TYPE, UNSUPPORTED_FLAGS,
 * NOT_NEGOTIATED. Payload: MALFORMED_PAYLOAD (also for bytes after the frame), INVALID_MESSAGE, COMMAND_DATA_MISMATCH,
 * DECOMPRESSED_TOO_LARGE. Offsets count from the first byte of the frame.
 */
export const decodeFrame = /* @__PURE__ */ createDecodeFrame(REGISTRY);

/** Checks that `bytes` is exactly as long as its length field says. */
export function requireOneFrame(bytes: Uint8Array, maxFrameBytes: number): void {
  if (!isBytes(bytes)) throw new TypeError('a frame is a Uint8Array');
  const error = framingError(bytes, 0, bytes.length, maxFrameBytes, 0);
  if (error !== undefined) throw error;
  const frameBytes = bytes.length < HEADER_BYTES ? HEADER_BYTES : readFrameBytes(bytes, 0);
  const actual = bytes.length;
  if (actual < frameBytes) {
    throw new ProtocolError('TRUNCATED', `got ${actual} bytes of a frame of ${frameBytes}`, {
      offset: actual,
      limit: frameBytes,
      actual,
    });
  }
  // "A reader of a single frame accepts exactly one frame: bytes after it are MALFORMED_PAYLOAD"
  if (actual > frameBytes) {
    const text = `got ${actual - frameBytes} bytes after the frame, at byte ${frameBytes}`;
    throw new ProtocolError('MALFORMED_PAYLOAD', text, { offset: frameBytes, limit: frameBytes, actual });
  }
}
