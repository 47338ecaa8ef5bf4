import type { DecodeFrameOptions } from '../codec/decode-frame.js';
import { DECODE_AHEAD_BYTES, DECODE_AHEAD_FRAMES } from '../limits.js';

/** The options of a stream of frames: it decodes no more ahead of its reader than a connection does. */
export function decodeAhead(options: DecodeFrameOptions = {}): DecodeFrameOptions {
  const { maxFramesPerPush = DECODE_AHEAD_FRAMES, maxInflatedBytesPerPush = DECODE_AHEAD_BYTES } = options.limits ?? {};
  return { ...options, limits: { ...options.limits, maxFramesPerPush, maxInflatedBytesPerPush } };
}
