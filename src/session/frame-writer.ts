import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import { Command } from '../../generated/types/im/protocol/v1/command.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { EncodeFrameOptions } from '../codec/write-frame.js';
import type { ProtocolError } from '../errors.js';
import type { Deflate } from '../frame/deflate.js';
import { HANDSHAKE_MAX_FRAME_BYTES } from '../limits.js';
import { createErrorInfo, type ErrorInfoOptions } from './error-info.js';

/** From messages to the frames of a connection: in its version, and no larger than the peer accepts. */
export class FrameWriter {
  readonly #compressFromBytes: number;
  #compress: Deflate | undefined;
  #settings: EncodeFrameOptions = { version: undefined, maxFrameBytes: HANDSHAKE_MAX_FRAME_BYTES };

  /** @param compressFromBytes smaller frames are not compressed. */
  constructor(compressFromBytes: number) {
    this.#compressFromBytes = compressFromBytes;
  }

  /** The version of what is written; undefined until it is settled. */
  get version(): number | undefined {
    return this.#settings.version;
  }

  /** "each frame after the handshake carries the negotiated version exactly" */
  agree(version: number, compress: Deflate | undefined): void {
    this.#compress = compress;
    this.#settings = { ...this.#settings, version };
  }

  /** The largest frame that the peer accepts from now on, in bytes; 16384 until this is called. */
  limit(maxFrameBytes: number): void {
    this.#settings = { ...this.#settings, maxFrameBytes };
  }

  /** @throws ProtocolError what `encodeFrame` throws. */
  encode(message: SendInfoInit): Uint8Array {
    const bytes = this.encodePlain(message);
    if (this.#compress === undefined || bytes.length < this.#compressFromBytes) return bytes;
    return encodeFrame('SendInfo', message, { ...this.#settings, compress: this.#compress });
  }

  /** A message that has to go out even where `compress` fails: it is not compressed. @throws ProtocolError what `encodeFrame` throws. */
  encodePlain(message: SendInfoInit): Uint8Array {
    return encodeFrame('SendInfo', message, this.#settings);
  }

  /** An ERROR, as a reply or, with `replyTo` 0, of itself. @throws ProtocolError INVALID_MESSAGE for `options` out of range. */
  encodeError(error: ProtocolError, replyTo: number, options: ErrorInfoOptions): Uint8Array {
    const value = createErrorInfo(error, options);
    return this.encodePlain({ cmd: Command.ERROR, sequence: 0, replyTo, data: { $case: 'error', value } });
  }
}
