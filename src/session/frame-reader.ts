import { REGISTRY } from '../../generated/registry.js';
import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';
import type { AnyFrame, ReadRules } from '../codec/read-frame.js';
import { readFrame } from '../codec/read-frame.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import type { Deflate } from '../frame/deflate.js';
import { FrameSplitter } from '../frame/frame-splitter.js';
import { HANDSHAKE_MAX_FRAME_BYTES } from '../limits.js';
import type { FrameEntry } from '../wire/registry.js';

/** Who takes the frames of a FrameReader. Both methods return false to stop: then nothing behind this frame is looked at. */
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
 * compression) holds for the very next one.
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
  /** The frame that has begun has to be complete by then. */
  deadlineMs = Number.POSITIVE_INFINITY;

  /** @param timeoutMs from the first byte of a frame to its last. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** From the next frame on. */
  agree(version: number, deflate: Deflate | undefined): void {
    this.#rules.version = version;
    this.#rules.deflate = deflate;
  }

  /** The largest whole frame from now on, in bytes; 16384 until this is called. */
  accept(maxFrameBytes: number): void {
    this.#splitter.maxFrameBytes = maxFrameBytes;
  }

  /** How many bytes of a frame are there that is not complete. */
  get pendingBytes(): number {
    return this.#splitter.pendingBytes;
  }

  /** @throws ProtocolError for broken framing, after the frames before it were handed over; behind a frame that stopped it too. */
  push(chunk: Uint8Array, nowMs: number, taker: FrameTaker): void {
    const splitter = this.#splitter;
    const wasPending = splitter.pendingBytes > 0;
    let completed = false;
    let goesOn = true;
    splitter.push(chunk, (buffer, start, end) => {
      completed = true;
      // A splitter that is stopped keeps the rest: it is passed over instead, and nothing of it is kept.
      if (!goesOn) return;
      // A frame that spans chunks lies in a buffer that is used again.
      if (buffer === chunk) goesOn = this.#take(buffer, start, end, taker);
      else goesOn = this.#take(buffer.slice(start, end), 0, end - start, taker);
    });
    if (splitter.pendingBytes === 0) this.deadlineMs = Number.POSITIVE_INFINITY;
    // "a started frame 30 s": more bytes of the same frame do not extend it.
    else if (completed || !wasPending) this.deadlineMs = nowMs + this.#timeoutMs;
  }

  /** The frame that has begun, if one has, gets its whole time anew. */
  excuse(nowMs: number): void {
    if (this.deadlineMs !== Number.POSITIVE_INFINITY) this.deadlineMs = nowMs + this.#timeoutMs;
  }

  /** @throws ProtocolError TRUNCATED if the stream, or a WebSocket message, ends inside a frame. */
  end(): void {
    this.#splitter.end();
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
