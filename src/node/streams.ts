// Frames as streams of Node, for `pipe` and `pipeline`.
import { Transform, type TransformCallback } from 'node:stream';
import type { DecodeFrameOptions } from '../codec/decode-frame.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { Frame, FrameName, InvalidFrame } from '../codec/frame.js';
import { FrameDecoder } from '../codec/frame-decoder.js';
import type { EncodeFrameOptions } from '../codec/write-frame.js';
import { decodeAhead } from '../connection/decode-ahead.js';

/**
 * Bytes in, frames out (`Frame`, or `InvalidFrame` for a sound frame with a bad payload). The stream is destroyed with a ProtocolError
 * where the framing breaks, and with TRUNCATED where the bytes end inside a frame.
 */
export function createDecoderStream(options?: DecodeFrameOptions): Transform {
  return new DecoderStream(options);
}

const NONE = new Uint8Array(0);

class DecoderStream extends Transform {
  readonly #decoder: FrameDecoder;
  /** Goes on with a chunk when its frames so far are read. */
  #goOn: (() => void) | undefined;

  constructor(options?: DecodeFrameOptions) {
    super({ readableObjectMode: true });
    this.#decoder = new FrameDecoder(decodeAhead(options));
  }

  override _transform(chunk: Uint8Array, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      for (
        let frames: (Frame | InvalidFrame)[] = this.#decoder.push(chunk);
        frames.length > 0;
        frames = this.#decoder.push(NONE)
      ) {
        let hasRoom = true;
        for (const frame of frames) hasRoom = this.push(frame);
        if (hasRoom) continue;
        this.#goOn = () => this._transform(NONE, _encoding, done);
        return;
      }
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _read(size: number): void {
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn?.();
    // Where the chunk is used up, the next one is due.
    if (this.#goOn === undefined) super._read(size);
  }

  override _flush(done: TransformCallback): void {
    try {
      this.#decoder.end();
      done();
    } catch (error) {
      done(error as Error);
    }
  }
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
