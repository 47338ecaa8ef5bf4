import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { type AnyFrame, isFrame, type ReadRules, tryFrame } from '../codec/read-frame.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { type Deflate, requireBytes } from '../frame/deflate.js';
import { FrameSplitter } from '../frame/frame-splitter.js';
import { HANDSHAKE_MAX_FRAME_BYTES, HEADER_BYTES, PROTOCOL_VERSION } from '../limits.js';
import { CONNECTION_TYPES } from './connection-frames.js';
import { Queue } from './queue.js';

/** Receives the frames of a FrameReader. Both methods return false to stop reading: the bytes after the frame stay undecoded. */
export interface FrameReceiver {
  takeFrame(frame: AnyFrame): boolean;
  /** @param salvaged the message, if the frame only breaks rules of the schema. */
  takeInvalid(error: ProtocolError, flags: number, salvaged: SendInfo | undefined): boolean;
}

/**
 * Decodes the frames of a connection. Unlike a FrameDecoder it decodes frame by frame: a change of version, limit or compression by one frame
 * holds for the next one. When the receiver stops, the remaining bytes stay undecoded.
 */
export class FrameReader {
  readonly #splitter = new FrameSplitter({ maxFrameBytes: HANDSHAKE_MAX_FRAME_BYTES });
  readonly #rules: ReadRules = {
    types: CONNECTION_TYPES,
    newest: PROTOCOL_VERSION,
    version: undefined,
    validate: true,
    deflate: undefined,
  };
  readonly #timeoutMs: number;
  readonly #maxMessageBytes: number | undefined;
  /** The current chunk, decoded up to `#at`, and the chunks after it. */
  #chunk: Uint8Array | undefined;
  #at = 0;
  /** Undefined while no chunk follows the current one. */
  #next: Queue<Uint8Array> | undefined;
  #undecodedBytes = 0;
  /** Undefined, not Infinity, between frames: V8 allocates memory for a number that is no small integer. */
  #deadlineMs: number | undefined;
  /** Size of the current frame in bytes, after inflating. */
  frameBytes = 0;
  /** The memory that `bytes` fields of its message are views of; undefined if it is no larger than the frame. */
  frameMemory: ArrayBufferLike | undefined;

  /**
   * @param timeoutMs from the first byte of a frame to its last.
   * @param maxMessageBytes on WebSocket, maximum size of a message; each chunk is one. Undefined for TCP.
   */
  constructor(timeoutMs: number, maxMessageBytes: number | undefined) {
    this.#timeoutMs = timeoutMs;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Sets version and compression from the next frame on. */
  agree(version: number, deflate: Deflate | undefined): void {
    this.#rules.version = version;
    this.#rules.deflate = deflate && this.#watched(deflate);
  }

  /** Sets the maximum size of a frame, in bytes. Initially 16384. */
  accept(maxFrameBytes: number): void {
    this.#splitter.maxFrameBytes = maxFrameBytes;
  }

  /** The deadline for the rest of a frame; Infinity between frames. */
  get deadlineMs(): number {
    return this.#deadlineMs ?? Number.POSITIVE_INFINITY;
  }

  /** Number of bytes received of an incomplete frame. */
  get pendingBytes(): number {
    return this.#splitter.pendingBytes;
  }

  /** Number of bytes that wait to be decoded. */
  get undecodedBytes(): number {
    return this.#undecodedBytes;
  }

  /** Number of chunks that wait to be decoded. */
  get undecodedChunks(): number {
    return this.#chunk === undefined ? 0 : 1 + (this.#next?.length ?? 0);
  }

  /** Queues bytes without decoding them. The chunk must not change until it is decoded. */
  add(chunk: Uint8Array): void {
    // An empty WebSocket message.
    if (chunk.length === 0) return;
    this.#undecodedBytes += chunk.length;
    if (this.#chunk === undefined) this.#chunk = chunk;
    else {
      this.#next ??= new Queue();
      this.#next.add(chunk);
    }
  }

  /**
   * Decodes frames until the receiver stops, or no complete frame is left.
   * @throws ProtocolError for broken framing, after the frames before it.
   */
  read(nowMs: number, receiver: FrameReceiver): void {
    let shouldContinue = true;
    while (shouldContinue && this.#chunk !== undefined) {
      const chunk = this.#chunk;
      if (this.#at === 0) this.#judgeMessage(chunk);
      shouldContinue = this.#readChunk(chunk, nowMs, receiver);
      if (this.#chunk === chunk && this.#at === chunk.length) this.#endChunk();
    }
  }

  /** Drops the undecoded bytes. */
  drop(): void {
    this.#chunk = undefined;
    this.#at = 0;
    this.#next = undefined;
    this.#undecodedBytes = 0;
  }

  /** Restarts the timeout of an incomplete frame. */
  restartTimeout(nowMs: number): void {
    if (this.#deadlineMs !== undefined) this.#deadlineMs = nowMs + this.#timeoutMs;
  }

  /** The stream has ended. @throws ProtocolError TRUNCATED inside a frame. */
  end(): void {
    // Undecoded bytes may complete the frame.
    if (this.#chunk === undefined) this.#splitter.end();
  }

  /** "each binary message ... MUST NOT exceed the `max_frame_bytes` of the receiver" */
  #judgeMessage({ length }: Uint8Array): void {
    const limit = this.#maxMessageBytes ?? Number.POSITIVE_INFINITY;
    if (length <= limit) return;
    throw new ProtocolError('FRAME_TOO_LARGE', `a WebSocket message of ${length} bytes, limit ${limit}`, {
      limit,
      actual: length,
    });
  }

  /** Returns false if the receiver stopped. */
  #readChunk(chunk: Uint8Array, nowMs: number, receiver: FrameReceiver): boolean {
    const splitter = this.#splitter;
    const wasPending = splitter.pendingBytes > 0;
    let completed = false;
    let shouldContinue = true;
    const to = splitter.pushFrom(chunk, this.#at, (buffer, start, end) => {
      completed = true;
      this.frameBytes = end - start;
      // A frame that spans chunks lies in a buffer that is reused.
      if (buffer === chunk) {
        this.frameMemory = chunk.buffer;
        shouldContinue = this.#take(buffer, start, end, receiver);
      } else {
        this.frameMemory = undefined;
        shouldContinue = this.#take(buffer.slice(start, end), 0, end - start, receiver);
      }
      return shouldContinue;
    });
    this.frameMemory = undefined;
    if (splitter.pendingBytes === 0) this.#deadlineMs = undefined;
    // The deadline of "the rest of a frame": more bytes of the same frame do not extend it.
    else if (completed || !wasPending) this.#deadlineMs = nowMs + this.#timeoutMs;
    // `drop` was called: the connection has closed.
    if (this.#chunk !== chunk) return false;
    this.#undecodedBytes -= to - this.#at;
    this.#at = to;
    return shouldContinue;
  }

  #endChunk(): void {
    this.#chunk = this.#next?.take();
    if (this.#chunk === undefined) this.#next = undefined;
    this.#at = 0;
    // "A message that ends inside a frame is TRUNCATED."
    if (this.#maxMessageBytes !== undefined) this.#splitter.end();
  }

  /** Records size and memory of inflated payloads. */
  #watched(deflate: Deflate): Deflate {
    return {
      deflate: (bytes) => deflate.deflate(bytes),
      inflate: (bytes, maxBytes) => {
        const inflated = requireBytes(deflate.inflate(bytes, maxBytes), 'inflate');
        this.frameBytes = HEADER_BYTES + inflated.length;
        this.frameMemory = inflated.buffer;
        return inflated;
      },
    };
  }

  #take(b: Uint8Array, start: number, end: number, receiver: FrameReceiver): boolean {
    const frame = this.#decode(b, start, end);
    if (isFrame(frame)) return receiver.takeFrame(frame);
    // "In the handshake (version 0) the critical bits, COMPRESSED and IGNORABLE included, MUST be 0"
    const flags = b[start + 4] === 0 ? 0 : (b[start + 6] << 8) | b[start + 7];
    return receiver.takeInvalid(frame, flags, this.#salvage(frame, b, start, end));
  }

  /** @throws any other error, as that of an application's `inflate`. */
  #decode(b: Uint8Array, start: number, end: number): AnyFrame | ProtocolError {
    try {
      return tryFrame(b, start, end, this.#rules, this.#splitter.maxFrameBytes);
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      return error;
    }
  }

  /** Decodes a message that breaks rules without the rules: its sequence and reply_to identify the request to answer or to fail. */
  #salvage({ code }: ProtocolError, b: Uint8Array, start: number, end: number): SendInfo | undefined {
    if (code !== 'INVALID_MESSAGE' && code !== 'COMMAND_DATA_MISMATCH') return undefined;
    this.#rules.validate = false;
    try {
      const frame = tryFrame(b, start, end, this.#rules, this.#splitter.maxFrameBytes);
      // A list over its limit fails without the rules, too.
      return isFrame(frame) && frame.type === 'SendInfo' ? (frame.message as SendInfo) : undefined;
    } catch {
      // Inflating has succeeded before, and fails now.
      return undefined;
    } finally {
      this.#rules.validate = true;
    }
  }
}
