// Frames as web streams, for `pipeThrough`.
import type { DecodeFrameOptions } from '../codec/decode-frame.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { Frame, FrameName, InvalidFrame } from '../codec/frame.js';
import { FrameDecoder } from '../codec/frame-decoder.js';
import type { EncodeFrameOptions } from '../codec/write-frame.js';
import { decodeAhead } from '../connection/decode-ahead.js';

declare global {
  // Merges with the type of the DOM or of Node. Without either, the types of this module still compile.
  interface TransformStream<I, O> {}
}

/**
 * A stream from bytes to frames: `Frame`, or `InvalidFrame` for a complete frame with an invalid payload. It fails with a ProtocolError if the
 * framing is broken, and with TRUNCATED if the bytes end inside a frame.
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
  // A TransformStream would enqueue all frames of a chunk, whether the reader has room or not.
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

/** A stream from frames (`{ type, message }`, as a decoder returns them) to bytes. It fails with the errors of `encodeFrame`. */
export function createEncoderStream(
  options?: EncodeFrameOptions,
): TransformStream<{ type: FrameName; message: Frame['message'] }, Uint8Array> {
  return new TransformStream({
    transform({ type, message }, controller) {
      controller.enqueue(encodeFrame(type, message as never, options));
    },
  });
}
