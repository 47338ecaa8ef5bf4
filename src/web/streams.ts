// Frames as web streams, for `pipeThrough`.
import type { DecodeFrameOptions } from '../codec/decode-frame.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { Frame, FrameName, InvalidFrame } from '../codec/frame.js';
import { FrameDecoder } from '../codec/frame-decoder.js';
import type { EncodeFrameOptions } from '../codec/write-frame.js';
import { decodeAhead } from '../connection/decode-ahead.js';

/**
 * Bytes in, frames out (`Frame`, or `InvalidFrame` for a sound frame with a bad payload). The stream fails with a ProtocolError where the
 * framing breaks, and with TRUNCATED where the bytes end inside a frame.
 */
export function createDecoderStream(options?: DecodeFrameOptions): TransformStream<Uint8Array, Frame | InvalidFrame> {
  const decoder = new FrameDecoder(decodeAhead(options));
  const none = new Uint8Array(0);
  let frameController: ReadableStreamDefaultController<Frame | InvalidFrame>;
  let chunkController: WritableStreamDefaultController;
  let isCancelled = false;
  let wake = (): void => {};
  const failing = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      frameController.error(error);
      throw error;
    }
  };
  // A TransformStream hands over all that comes of a chunk, whether its reader has room for it or not.
  const readable = new ReadableStream<Frame | InvalidFrame>({
    start(controller) {
      frameController = controller;
    },
    pull: () => wake(),
    cancel(reason) {
      isCancelled = true;
      chunkController.error(reason);
      wake();
    },
  });
  const writable = new WritableStream<Uint8Array>({
    start(controller) {
      chunkController = controller;
    },
    async write(chunk) {
      let frames = failing(() => decoder.push(chunk));
      for (; frames.length > 0 && !isCancelled; frames = failing(() => decoder.push(none))) {
        for (const frame of frames) frameController.enqueue(frame);
        while (!isCancelled && (frameController.desiredSize ?? 0) <= 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
    close: () =>
      failing(() => {
        decoder.end();
        frameController.close();
      }),
    abort(reason) {
      isCancelled = true;
      wake();
      frameController.error(reason);
    },
  });
  return { readable, writable };
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
