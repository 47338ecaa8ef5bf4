// Frames as web streams, for `pipeThrough`.
import type { DecodeFrameOptions } from '../codec/decode-frame.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { Frame, FrameName, InvalidFrame } from '../codec/frame.js';
import { FrameDecoder } from '../codec/frame-decoder.js';
import type { EncodeFrameOptions } from '../codec/write-frame.js';

/**
 * Bytes in, frames out (`Frame`, or `InvalidFrame` for a sound frame with a bad payload). The stream fails with a ProtocolError where the
 * framing breaks, and with TRUNCATED where the bytes end inside a frame.
 */
export function createDecoderStream(options?: DecodeFrameOptions): TransformStream<Uint8Array, Frame | InvalidFrame> {
  const decoder = new FrameDecoder(options);
  const none = new Uint8Array(0);
  return new TransformStream({
    transform(chunk, controller) {
      let frames = decoder.push(chunk);
      for (; frames.length > 0; frames = decoder.push(none)) for (const frame of frames) controller.enqueue(frame);
    },
    flush: () => decoder.end(),
  });
}

/** Frames in (`{ type, message }`, as a decoder gives them), bytes out. The stream fails with what `encodeFrame` throws. */
export function createEncoderStream(
  options?: EncodeFrameOptions,
): TransformStream<{ type: FrameName; message: Frame['message'] }, Uint8Array> {
  return new TransformStream({
    transform({ type, message }, controller) {
      controller.enqueue(encodeFrame(type, message as never, options));
    },
  });
}
