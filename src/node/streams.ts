// Frames as Node streams, for `pipe` and `pipeline`.
import { Transform, type TransformCallback } from 'node:stream';
import type { DecodeFrameOptions } from '../codec/decode-frame.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { Frame, FrameName, InvalidFrame } from '../codec/frame.js';
import { FrameDecoder } from '../codec/frame-decoder.js';
import type { EncodeFrameOptions } from '../codec/write-frame.js';
import { decodeAhead } from '../connection/decode-ahead.js';

/**
 * A stream from bytes to frames: `Frame`, or `InvalidFrame` for a complete frame with an invalid payload. It is destroyed with a ProtocolError
 * if the framing is broken, and with TRUNCATED if the bytes end inside a frame.
 */
export function createDecoderStream(options?: DecodeFrameOptions): Transform {
  return new DecoderStream(options);
}

const NONE = new Uint8Array(0);

class DecoderStream extends Transform {
  readonly #decoder: FrameDecoder;
  /** Continues with the current chunk when the reader has room. */
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
    // The chunk is finished: read the next one.
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

/** A stream from frames (`{ type, message }`, as a decoder returns them) to bytes. It fails with the errors of `encodeFrame`. */
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
