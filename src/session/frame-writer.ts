import { Command } from '../../generated/im/protocol/v1/command.js';
import { ErrorCodeTable } from '../../generated/im/protocol/v1/error_code.codec.js';
import { checkErrorInfo } from '../../generated/im/protocol/v1/error_info.codec.js';
import type { ErrorInfo } from '../../generated/im/protocol/v1/error_info.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { sinceOfCommand } from '../codec/command-name.js';
import { encodeFrame } from '../codec/encode-frame.js';
import { olderValue } from '../codec/older-value.js';
import type { EncodeFrameOptions } from '../codec/write-frame.js';
import { ERRORS, ProtocolError, textOfError } from '../errors.js';
import type { Deflate } from '../frame/deflate.js';
import { HANDSHAKE_MAX_FRAME_BYTES, MAX_QUEUED_FRAMES, PROTOCOL_VERSION } from '../limits.js';
import { fittingText } from '../negotiate/reject.js';

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
    const version = this.version ?? PROTOCOL_VERSION;
    const info = createErrorInfo(error, options);
    // The peer may have sent the number of a command that its version does not have, and neither have its frames.
    const command = sinceOfCommand(info.command) > version ? 0 : info.command;
    const value = { ...info, command, code: olderValue(ErrorCodeTable, info.code, version) };
    return this.encodePlain({ cmd: Command.ERROR, sequence: 0, replyTo, data: { $case: 'error', value } });
  }
}

/** Frames that wait to be written: bounded in bytes, and in their number. */
export class OutgoingQueue {
  readonly maxBytes: number;
  #frames: Uint8Array[] = [];
  #bytes = 0;

  /** @param maxBytes 1 or more. */
  constructor(maxBytes: number) {
    if (!(maxBytes >= 1)) throw new RangeError(`maxQueuedBytes: expected 1 or more, got ${maxBytes}`);
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** `add` takes a frame of this size. */
  hasRoomFor(frameBytes: number): boolean {
    return (this.#bytes === 0 || this.#bytes + frameBytes <= this.maxBytes) && this.#frames.length < MAX_QUEUED_FRAMES;
  }

  /** Returns SLOW_CONSUMER, and leaves the queue as it is, where it would exceed a bound. One frame always has room. */
  add(frame: Uint8Array): ProtocolError | undefined {
    const bytes = this.#bytes + frame.length;
    if (!this.hasRoomFor(frame.length)) {
      if (bytes > this.maxBytes) return tooMuch(bytes, 'bytes', this.maxBytes);
      return tooMuch(this.#frames.length + 1, 'frames', MAX_QUEUED_FRAMES);
    }
    this.#frames.push(frame);
    this.#bytes = bytes;
    return undefined;
  }

  take(): Uint8Array[] {
    const frames = this.#frames;
    if (frames.length > 0) this.clear();
    return frames;
  }

  clear(): void {
    this.#frames = [];
    this.#bytes = 0;
  }
}

function tooMuch(actual: number, unit: string, limit: number): ProtocolError {
  return new ProtocolError('SLOW_CONSUMER', `${actual} ${unit} wait to be written, limit ${limit}`, { limit, actual });
}

/** What an ErrorInfo says besides the error. Each may be left out. */
export interface ErrorInfoOptions {
  /** Command of the request that failed. Default 0: no request. */
  readonly command?: number | undefined;
  /** The peer shall wait this long before the next try, in milliseconds: 0 (nothing is said) to 86400000. Default: `error.retryAfterMs`. */
  readonly retryAfterMs?: number | undefined;
}

/** The ErrorInfo that tells a peer of an error: its number, and its text without the code, cut to what the rule lets through. */
export function createErrorInfo(error: ProtocolError, options: ErrorInfoOptions = {}): ErrorInfo {
  const { command = 0, retryAfterMs = error.retryAfterMs ?? 0 } = options;
  const { number } = error.properties;
  // 0 is not sent, nor what a peer sent that is no error.
  const code = number > 0 ? number : ERRORS.INTERNAL.number;
  const info = (message: string): ErrorInfo => ({
    code,
    message,
    command,
    retryAfterMs,
    userMessage: '',
    reason: '',
    untilMs: 0n,
  });
  return info(fittingText(textOfError(error), (message) => checkErrorInfo(info(message))));
}
