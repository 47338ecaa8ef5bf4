import { Command } from '../../generated/im/protocol/v1/command.js';
import { checkErrorInfo } from '../../generated/im/protocol/v1/error_info.codec.js';
import type { ErrorInfo } from '../../generated/im/protocol/v1/error_info.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { olderError } from '../codec/older-error.js';
import type { EncodeFrameOptions } from '../codec/write-frame.js';
import { ERRORS, ProtocolError, textOfError } from '../errors.js';
import type { Deflate } from '../frame/deflate.js';
import { HANDSHAKE_MAX_FRAME_BYTES, MAX_QUEUED_FRAMES, PROTOCOL_VERSION } from '../limits.js';
import { fittingText } from '../negotiate/reject.js';
import { encodeFrame } from './connection-frames.js';

/** Encodes the frames of a connection, in its version and within the limit of the peer. */
export class FrameWriter {
  readonly #compressFromBytes: number;
  #compress: Deflate | undefined;
  #settings = settingsOf(undefined, HANDSHAKE_MAX_FRAME_BYTES);

  /** @param compressFromBytes minimum size of a frame that is compressed. */
  constructor(compressFromBytes: number) {
    this.#compressFromBytes = compressFromBytes;
  }

  /** The version of the frames; undefined until it is negotiated. */
  get version(): number | undefined {
    return this.#settings.version;
  }

  /** "each frame after the handshake MUST carry the negotiated version" */
  agree(version: number, compress: Deflate | undefined): void {
    this.#compress = compress;
    this.#settings = settingsOf(version, this.#settings.maxFrameBytes);
  }

  /** Sets the maximum size of a frame that the peer accepts, in bytes. Initially 16384. */
  limit(maxFrameBytes: number): void {
    this.#settings = settingsOf(this.#settings.version, maxFrameBytes);
  }

  /** @throws ProtocolError as `encodeFrame`. */
  encode(message: SendInfoInit): Uint8Array {
    const bytes = this.encodePlain(message);
    if (this.#compress === undefined || bytes.length < this.#compressFromBytes) return bytes;
    return encodeFrame('SendInfo', message, { ...this.#settings, compress: this.#compress });
  }

  /** Encodes without compression, so that the message is sent even if `compress` fails. @throws ProtocolError as `encodeFrame`. */
  encodePlain(message: SendInfoInit): Uint8Array {
    return encodeFrame('SendInfo', message, this.#settings);
  }

  /** An ERROR: a reply, or a push if `replyTo` is 0. @throws ProtocolError INVALID_MESSAGE for `options` out of range. */
  encodeError(error: ProtocolError, replyTo: number, options: ErrorInfoOptions): Uint8Array {
    const value = olderError(createErrorInfo(error, options), this.version ?? PROTOCOL_VERSION);
    return this.encodePlain({ cmd: Command.ERROR, sequence: 0, replyTo, data: { $case: 'error', value } });
  }
}

type Settings = Readonly<Pick<EncodeFrameOptions, 'version' | 'maxFrameBytes'>>;

/** The last settings: most connections agree on the same, and share them. */
let last: Settings = { version: undefined, maxFrameBytes: HANDSHAKE_MAX_FRAME_BYTES };

function settingsOf(version: number | undefined, maxFrameBytes: number | undefined): Settings {
  if (last.version !== version || last.maxFrameBytes !== maxFrameBytes) last = { version, maxFrameBytes };
  return last;
}

/** The frames that wait to be written, bounded in bytes and in number. */
export class OutgoingQueue {
  readonly maxBytes: number;
  /** Undefined: none. An idle connection keeps no list. */
  #frames: Uint8Array[] | undefined;
  #bytes = 0;

  /** @param maxBytes 1 or more. */
  constructor(maxBytes: number) {
    if (!(maxBytes >= 1)) throw new RangeError(`maxQueuedBytes: expected 1 or more, got ${maxBytes}`);
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether `add` accepts a frame of this size. An empty queue accepts any frame. */
  hasRoomFor(frameBytes: number): boolean {
    return (this.#bytes === 0 || this.#bytes + frameBytes <= this.maxBytes) && this.#length < MAX_QUEUED_FRAMES;
  }

  /** Returns SLOW_CONSUMER, and does not add the frame, if a bound would be exceeded. */
  add(frame: Uint8Array): ProtocolError | undefined {
    const bytes = this.#bytes + frame.length;
    if (!this.hasRoomFor(frame.length)) {
      if (bytes > this.maxBytes) return tooMuch(bytes, 'bytes', this.maxBytes);
      return tooMuch(this.#length + 1, 'frames', MAX_QUEUED_FRAMES);
    }
    if (this.#frames === undefined) this.#frames = [frame];
    else this.#frames.push(frame);
    this.#bytes = bytes;
    return undefined;
  }

  take(): Uint8Array[] {
    const frames = this.#frames ?? [];
    this.clear();
    return frames;
  }

  clear(): void {
    this.#frames = undefined;
    this.#bytes = 0;
  }

  get #length(): number {
    return this.#frames === undefined ? 0 : this.#frames.length;
  }
}

function tooMuch(actual: number, unit: string, limit: number): ProtocolError {
  return new ProtocolError('SLOW_CONSUMER', `${actual} ${unit} wait to be written, limit ${limit}`, { limit, actual });
}

/** Options of an ErrorInfo. All optional. */
export interface ErrorInfoOptions {
  /** Command of the request that failed. Default 0: not a request. */
  readonly command?: number | undefined;
  /**
   * How long the peer should wait before it tries again, in milliseconds: 0 (unspecified) to 86400000. Default: `error.retryAfterMs`.
   */
  readonly retryAfterMs?: number | undefined;
}

/** The ErrorInfo for an error: its number, and its texts, without the code and truncated to the limits of the fields. */
export function createErrorInfo(error: ProtocolError, options: ErrorInfoOptions = {}): ErrorInfo {
  const { command = 0, retryAfterMs = error.retryAfterMs ?? 0 } = options;
  const { userMessage = '', reason = '', untilMs = 0n } = error;
  const { number } = error.properties;
  // An error of a peer may have a number below 1.
  const code = number > 0 ? number : ERRORS.INTERNAL.number;
  const info: ErrorInfo = { code, message: '', command, retryAfterMs, userMessage: '', reason, untilMs };
  info.message = fittingText(textOfError(error), (message) => checkErrorInfo({ ...info, message }));
  if (userMessage !== '')
    info.userMessage = fittingText(userMessage, (text) => checkErrorInfo({ ...info, userMessage: text }), 'userMessage');
  return info;
}
