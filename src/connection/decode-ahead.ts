import type { DecodeFrameOptions } from '../codec/decode-frame.js';
import { DECODE_AHEAD_BYTES, DECODE_AHEAD_FRAMES } from '../limits.js';

/** Options for a decoder of a stream, which decodes no further ahead of its reader than a connection does. */
export function decodeAhead(options: DecodeFrameOptions = {}): DecodeFrameOptions {
  const { maxFramesPerPush = DECODE_AHEAD_FRAMES, maxInflatedBytesPerPush = DECODE_AHEAD_BYTES } = options.limits ?? {};
  return { ...options, limits: { ...options.limits, maxFramesPerPush, maxInflatedBytesPerPush } };
}
