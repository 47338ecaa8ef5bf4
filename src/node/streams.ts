// Frames as streams of Node, for `pipe` and `pipeline`.
import { Transform } from 'node:stream';
import type { DecodeFrameOptions } from '../codec/decode-frame.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { Frame, FrameName, InvalidFrame } from '../codec/frame.js';
import { FrameDecoder } from '../codec/frame-decoder.js';
import type { EncodeFrameOptions } from '../codec/write-frame.js';

/**
 * Bytes in, frames out (`Frame`, or `InvalidFrame` for a sound frame with a bad payload). The stream is destroyed with a ProtocolError
 * where the framing breaks, and with TRUNCATED where the bytes end inside a frame.
 */
export function createDecoderStream(options?: DecodeFrameOptions): Transform {
  const decoder = new FrameDecoder(options);
  const none = new Uint8Array(0);
  return new Transform({
    readableObjectMode: true,
    transform(chunk: Uint8Array, _encoding, done) {
      try {
        let frames: (Frame | InvalidFrame)[] = decoder.push(chunk);
        for (; frames.length > 0; frames = decoder.push(none)) for (const frame of frames) this.push(frame);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        decoder.end();
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

/** Frames in (`{ type, message }`, as a decoder gives them), bytes out. @throws ProtocolError, as the error of the stream, what `encodeFrame` throws. */
export function createEncoderStream(options?: EncodeFrameOptions): Transform {
  return new Transform({
    writableObjectMode: true,
    transform({ type, message }: { type: FrameName; message: never }, _encoding, done) {
      try {
        done(null, encodeFrame(type, message, options));
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
