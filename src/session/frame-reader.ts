import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { REGISTRY } from '../../generated/registry.js';
import { type AnyFrame, type ReadRules, readFrame } from '../codec/read-frame.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { type Deflate, requireBytes } from '../frame/deflate.js';
import { FrameSplitter } from '../frame/frame-splitter.js';
import { HANDSHAKE_MAX_FRAME_BYTES, HEADER_BYTES } from '../limits.js';
import type { FrameEntry } from '../wire/codec.js';
import { Queue } from './queue.js';

/** Who takes the frames of a FrameReader. Both methods return false to stop: then what follows this frame waits undecoded. */
export interface FrameTaker {
  takeFrame(frame: AnyFrame): boolean;
  /** @param salvaged what is known of the message of a frame that only breaks rules. */
  takeInvalid(error: ProtocolError, flags: number, salvaged: SendInfo | undefined): boolean;
}

/** "On a client connection only types 7, 64-66 ... occur." */
const TYPES: readonly (FrameEntry | undefined)[] = /* @__PURE__ */ connectionTypes();

function connectionTypes(): (FrameEntry | undefined)[] {
  const { SendInfo, Hello, Welcome, Reject } = REGISTRY.frames;
  const types = new Array<FrameEntry | undefined>(256).fill(undefined);
  for (const entry of [SendInfo, Hello, Welcome, Reject] as unknown as FrameEntry[]) types[entry.type] = entry;
  return types;
}

/**
 * Bytes of a connection in, frames out. Unlike a FrameDecoder it hands over frame by frame: what a frame changes (version, limit,
 * compression) holds for the very next one. What its taker does not want yet waits undecoded.
 */
export class FrameReader {
  readonly #splitter = new FrameSplitter({ maxFrameBytes: HANDSHAKE_MAX_FRAME_BYTES });
  readonly #rules: ReadRules = {
    types: TYPES,
    newest: REGISTRY.version,
    version: undefined,
    validate: true,
    deflate: undefined,
  };
  readonly #timeoutMs: number;
  readonly #maxMessageBytes: number | undefined;
  /** The chunk that is being read, from `#at` on, and those that follow it. */
  #chunk: Uint8Array | undefined;
  #at = 0;
  readonly #next = new Queue<Uint8Array>();
  #undecodedBytes = 0;
  /** The frame that has begun has to be complete by then. */
  deadlineMs = Number.POSITIVE_INFINITY;
  /** Size of the frame that is handed over, in bytes, after inflating. */
  frameBytes = 0;
  /** What the `bytes` fields of its message are views of, unless that is the frame alone. */
  frameMemory: ArrayBufferLike | undefined;

  /**
   * @param timeoutMs from the first byte of a frame to its last.
   * @param maxMessageBytes on WebSocket, where each chunk is a message with whole frames: its largest size; undefined = a stream.
   */
  constructor(timeoutMs: number, maxMessageBytes: number | undefined) {
    this.#timeoutMs = timeoutMs;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** From the next frame on. */
  agree(version: number, deflate: Deflate | undefined): void {
    this.#rules.version = version;
    this.#rules.deflate = deflate && this.#watched(deflate);
  }

  /** The largest whole frame from now on, in bytes; 16384 until this is called. */
  accept(maxFrameBytes: number): void {
    this.#splitter.maxFrameBytes = maxFrameBytes;
  }

  /** How many bytes of a frame are there that is not complete. */
  get pendingBytes(): number {
    return this.#splitter.pendingBytes;
  }

  /** How many bytes wait to be decoded. */
  get undecodedBytes(): number {
    return this.#undecodedBytes;
  }

  /** In how many chunks they came. */
  get undecodedChunks(): number {
    return this.#chunk === undefined ? 0 : 1 + this.#next.length;
  }

  /** Takes bytes, and looks at none of them. The chunk must not change until it is read. */
  add(chunk: Uint8Array): void {
    // An empty message of WebSocket has nothing to wait for.
    if (chunk.length === 0) return;
    this.#undecodedBytes += chunk.length;
    if (this.#chunk === undefined) this.#chunk = chunk;
    else this.#next.add(chunk);
  }

  /**
   * Hands over frames until the taker stops, or no whole frame is left.
   * @throws ProtocolError for broken framing, after the frames before it were handed over.
   */
  read(nowMs: number, taker: FrameTaker): void {
    let goesOn = true;
    while (goesOn && this.#chunk !== undefined) {
      const chunk = this.#chunk;
      if (this.#at === 0) this.#judgeMessage(chunk);
      goesOn = this.#readChunk(chunk, nowMs, taker);
      if (this.#chunk === chunk && this.#at === chunk.length) this.#endChunk();
    }
  }

  /** Lets go of what was not decoded. */
  drop(): void {
    this.#chunk = undefined;
    this.#at = 0;
    this.#next.clear();
    this.#undecodedBytes = 0;
  }

  /** The frame that has begun, if one has, gets its whole time anew. */
  readPaused(nowMs: number): void {
    if (this.deadlineMs !== Number.POSITIVE_INFINITY) this.deadlineMs = nowMs + this.#timeoutMs;
  }

  /** @throws ProtocolError TRUNCATED if the stream, or a WebSocket message, ends inside a frame. */
  end(): void {
    // What waits here would have gone on.
    if (this.#chunk === undefined) this.#splitter.end();
  }

  /** "a binary message ... is at most the receiver's max_frame_bytes" */
  #judgeMessage({ length }: Uint8Array): void {
    const limit = this.#maxMessageBytes ?? Number.POSITIVE_INFINITY;
    if (length <= limit) return;
    throw new ProtocolError('FRAME_TOO_LARGE', `a WebSocket message of ${length} bytes, limit ${limit}`, {
      limit,
      actual: length,
    });
  }

  /** Returns false if the taker stopped. */
  #readChunk(chunk: Uint8Array, nowMs: number, taker: FrameTaker): boolean {
    const splitter = this.#splitter;
    const wasPending = splitter.pendingBytes > 0;
    let completed = false;
    let goesOn = true;
    const to = splitter.pushFrom(chunk, this.#at, (buffer, start, end) => {
      completed = true;
      this.frameBytes = end - start;
      // A frame that spans chunks lies in a buffer that is used again.
      if (buffer === chunk) {
        this.frameMemory = chunk.buffer;
        goesOn = this.#take(buffer, start, end, taker);
      } else {
        this.frameMemory = undefined;
        goesOn = this.#take(buffer.slice(start, end), 0, end - start, taker);
      }
      return goesOn;
    });
    this.frameMemory = undefined;
    if (splitter.pendingBytes === 0) this.deadlineMs = Number.POSITIVE_INFINITY;
    // "a started frame 30 s": more bytes of the same frame do not extend it.
    else if (completed || !wasPending) this.deadlineMs = nowMs + this.#timeoutMs;
    // Where the connection has ended, what was not decoded is gone.
    if (this.#chunk !== chunk) return false;
    this.#undecodedBytes -= to - this.#at;
    this.#at = to;
    return goesOn;
  }

  #endChunk(): void {
    this.#chunk = this.#next.take();
    this.#at = 0;
    // "one that ends inside a frame is TRUNCATED"
    if (this.#maxMessageBytes !== undefined) this.#splitter.end();
  }

  /** Notes what comes of inflating. */
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

  #take(b: Uint8Array, start: number, end: number, taker: FrameTaker): boolean {
    let frame: AnyFrame;
    try {
      frame = readFrame(b, start, end, this.#rules, this.#splitter.maxFrameBytes);
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      // "a handshake is never compressed, never ignorable"
      const flags = b[start + 4] === 0 ? 0 : (b[start + 6] << 8) | b[start + 7];
      return taker.takeInvalid(error, flags, this.#salvage(error, b, start, end));
    }
    return taker.takeFrame(frame);
  }

  /** A message that breaks rules still tells which request it is, or answers: so that no side waits in vain. */
  #salvage({ code }: ProtocolError, b: Uint8Array, start: number, end: number): SendInfo | undefined {
    if (code !== 'INVALID_MESSAGE' && code !== 'COMMAND_DATA_MISMATCH') return undefined;
    try {
      const frame = readFrame(b, start, end, { ...this.#rules, validate: false }, this.#splitter.maxFrameBytes);
      return frame.type === 'SendInfo' ? (frame.message as SendInfo) : undefined;
    } catch {
      // A list over its limit ends the reading itself.
      return undefined;
    }
  }
}
