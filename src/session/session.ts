// The public face of one side of a connection.

import { Command } from '../../generated/im/protocol/v1/command.js';
import { ErrorCodeTable } from '../../generated/im/protocol/v1/error_code.codec.js';
import type { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { commandName } from '../codec/command-name.js';
import { olderValue } from '../codec/older-value.js';
import { isProtocolError, judgePeer, ProtocolError } from '../errors.js';
import {
  CLOSE_CODE_BASE,
  HANDSHAKE_MAX_FRAME_BYTES,
  MAX_UNDECODED_BYTES,
  MAX_UNDECODED_CHUNKS,
  PROTOCOL_VERSION,
} from '../limits.js';
import type { Agreement } from '../negotiate/check-welcome.js';
import { peerError, soundError } from '../negotiate/reject.js';
import type { FrameReader } from './frame-reader.js';
import { Incoming } from './incoming.js';
import { sendFrame, sendPush, sendRefusal, sendReply, sendRequest } from './outgoing.js';
import type { SessionCore } from './session-core.js';
import type { SessionEvent, SessionState } from './session-event.js';

/** The close code of a WebSocket that closes without an error (RFC 6455, section 7.4.1). */
const NORMAL_CLOSURE = 1000;

/**
 * One side of a connection as a state machine without socket, timer and clock. Bytes and time go in; bytes, events and the next deadline
 * come out. After each call its driver writes `takeBytes()` and looks at `takeEvents()`, again as long as `readMore()` returns true; sees to
 * it that `tick` is called at `nextDeadlineMs`; and ends the transport once `state` is `closed`, after the last bytes.
 *
 * `nowMs` is a monotonic clock in milliseconds, as `performance.now()`. A value below an earlier one counts as that: time never goes back.
 */
export abstract class Session {
  readonly #core: SessionCore;
  readonly #incoming: Incoming;

  /** @internal */
  protected constructor(core: SessionCore) {
    this.#core = core;
    this.#incoming = new Incoming(core);
  }

  get state(): SessionState {
    return this.#core.state;
  }

  /** How bytes arrive: the option of the session. */
  get transport(): 'tcp' | 'websocket' {
    return this.#core.settings.transport;
  }

  /** LOGIN was accepted. */
  get isLoggedIn(): boolean {
    return this.#core.isLoggedIn;
  }

  /** What both sides agreed on; undefined until then. */
  get agreement(): Agreement | undefined {
    return this.#core.agreement;
  }

  /** Why the connection closed; undefined while it is open, and if this side closed it without an error. */
  get closeError(): ProtocolError | undefined {
    return this.#core.closeError;
  }

  /** The code with which a WebSocket closes: 1000 without an error, otherwise 4000 + the number of the error. */
  get closeCode(): number {
    const { closeError, agreement } = this.#core;
    if (closeError === undefined) return NORMAL_CLOSURE;
    const number = closeError.closeCode - CLOSE_CODE_BASE;
    return CLOSE_CODE_BASE + olderValue(ErrorCodeTable, number, agreement?.version ?? PROTOCOL_VERSION);
  }

  /**
   * The most bytes of frames that may go out as one WebSocket message: "at most the receiver's max_frame_bytes", before it is known the
   * least that this can be. No single frame has more.
   */
  get maxMessageBytes(): number {
    return this.#core.agreement?.maxFrameBytes ?? HANDSHAKE_MAX_FRAME_BYTES;
  }

  /** Bytes that wait to be taken. */
  get queuedBytes(): number {
    return this.#core.queue.bytes;
  }

  /** The most bytes that wait to be taken: a frame that does not fit closes the connection as SLOW_CONSUMER. */
  get maxQueuedBytes(): number {
    return this.#core.queue.maxBytes;
  }

  /** Called before a frame that does not fit closes the connection: `takeBytes` makes room for it. */
  set onFull(onFull: () => void) {
    this.#core.onFull = onFull;
  }

  /** How many requests of this side wait for a reply. */
  get openRequests(): number {
    return this.#core.requests.size;
  }

  /** How many requests of the peer wait for a reply. */
  get unanswered(): number {
    return this.#core.unanswered.size;
  }

  /** When `tick` has to be called next, on the clock of `nowMs`; Infinity = there is no deadline. It may turn out that nothing is due. */
  get nextDeadlineMs(): number {
    return this.#core.nextDeadlineMs;
  }

  /** How many bytes have arrived and wait to be decoded: see `readMore`. */
  get undecodedBytes(): number {
    return this.#core.reader.undecodedBytes;
  }

  /** Nothing is decoded until `resume`. */
  get isPaused(): boolean {
    return this.#core.isPaused;
  }

  /**
   * Takes bytes of the peer: on TCP any piece of the stream, on WebSocket one whole binary message. They must not change afterwards: `bytes`
   * fields of the messages in the events may be views of them, and what is too much to be decoded at once waits. A peer that sends on while
   * more than 8388608 bytes wait, or 65536 pieces, is a SLOW_CONSUMER.
   */
  receive(bytes: Uint8Array, nowMs: number): void {
    const core = this.#core;
    if (!core.enter(nowMs)) return;
    judgePeer(() => {
      const error = tooMuchUndecoded(core.reader);
      if (error !== undefined) core.fail(error);
      else {
        core.reader.add(bytes);
        this.#read();
        core.received(bytes.length);
      }
    });
  }

  /**
   * Decodes more of what was received: up to 2048 frames or 262144 bytes are decoded for the events of one `takeEvents`, and the rest waits
   * for this call.
   * @returns false if nothing waits, or nothing of it may be decoded now.
   */
  readMore(nowMs: number): boolean {
    const { isPaused, events, reader } = this.#core;
    if (!this.#core.enter(nowMs) || isPaused || events.isFull || reader.undecodedChunks === 0) return false;
    judgePeer(() => this.#read());
    return true;
  }

  /**
   * The application takes no more messages for now: what is received waits undecoded, heartbeats and replies too. Stop reading from the
   * transport as well, if you can. That the peer is not heard of meanwhile is not its fault.
   */
  pause(nowMs: number): void {
    if (this.#core.enter(nowMs)) this.#core.isPaused = true;
  }

  /** Goes on: call `readMore` next. The peer gets its whole time anew. */
  resume(nowMs: number): void {
    if (!this.#core.enter(nowMs) || !this.#core.isPaused) return;
    this.#core.isPaused = false;
    this.#core.readPaused();
  }

  /**
   * The transport has ended. What was received and not decoded is dropped: call `readMore` before.
   * @param closeCode on WebSocket, the close code of the peer.
   */
  end(nowMs: number, closeCode?: number): void {
    if (!this.#core.enter(nowMs)) return;
    judgePeer(() => this.#core.finish(endReason(this.#core.reader, closeCode)));
  }

  /**
   * Time has passed: does what is due.
   * @param dueMs deadlines after this time are left alone: what the peer has sent since may not have been received yet. Default: none is.
   */
  tick(nowMs: number, dueMs = Number.POSITIVE_INFINITY): void {
    if (this.#core.enter(nowMs)) judgePeer(() => this.#endDue(Math.min(dueMs, this.#core.nowMs)));
  }

  /** This side stood still since then: the requests that it sent in that time go out now, and get their whole time. So does a handshake. */
  restart(sinceMs: number, nowMs: number): void {
    if (this.#core.enter(nowMs)) this.#core.restart(sinceMs);
  }

  /** The frames to write, in their order; none are empty. What is taken is no longer counted. */
  takeBytes(): Uint8Array[] {
    return this.#core.queue.take();
  }

  /** What happened since the last call, in its order. */
  takeEvents(): SessionEvent[] {
    return this.#core.events.take();
  }

  /**
   * Sends a request. A `reply` or `failed` event with its sequence follows, one of them and once.
   * @param message `sequence` and `reply_to` are set here.
   * @returns the sequence, 1 to 4294967295.
   * @throws ProtocolError CLOSED, DRAINING, LOGIN_REQUIRED, RATE_LIMITED (1024 open requests), PERMISSION_DENIED (this side never sends it
   * as a request); what `encodeFrame` throws; RangeError for a `timeoutMs` that is none. Nothing was sent then.
   */
  request(message: SendInfoInit, nowMs: number, timeoutMs = this.#core.settings.requestTimeoutMs): number {
    this.#core.enter(nowMs);
    return sendRequest(this.#core, message, timeoutMs);
  }

  /**
   * Sends a message that wants no reply.
   * @throws ProtocolError CLOSED, LOGIN_REQUIRED; PERMISSION_DENIED for what this side never sends of itself; what `encodeFrame` throws.
   */
  push(message: SendInfoInit, nowMs: number): void {
    this.#core.enter(nowMs);
    sendPush(this.#core, message);
  }

  /**
   * Sends a frame that was encoded in the version of this connection, once for many receivers: see `SharedFrame`.
   * @returns SUCCESS; CHANNEL_NOT_FOUND where nobody is logged in (any more); TOO_LARGE where the peer does not accept so many bytes.
   */
  pushFrame(frame: Uint8Array, nowMs: number): SendCode {
    this.#core.enter(nowMs);
    return sendFrame(this.#core, frame);
  }

  /**
   * Answers a request of the peer. On a closed connection it does nothing.
   * @param message of the command that answers the request's; with `refuse` a request is answered by an ERROR.
   * @throws Error if no such request is open, or for another command; ProtocolError what `encodeFrame` throws: then the request is still
   * to be answered.
   */
  reply(sequence: number, message: SendInfoInit, nowMs: number): void {
    if (this.#core.enter(nowMs)) sendReply(this.#core, sequence, message);
  }

  /**
   * Answers a request of the peer with an ERROR, and closes the connection where the error closes. On a closed connection it does nothing.
   * @param retryAfterMs the peer shall wait this long before it sends the request again, in milliseconds: 0 (nothing is said) to 86400000.
   * Default: `error.retryAfterMs`.
   * @throws Error if no such request is open; ProtocolError INVALID_MESSAGE for `retryAfterMs` out of range: then the request is still to
   * be answered.
   */
  refuse(sequence: number, error: ProtocolError, nowMs: number, retryAfterMs?: number): void {
    if (this.#core.enter(nowMs)) sendRefusal(this.#core, sequence, sound(error), retryAfterMs);
  }

  /**
   * Closes the connection.
   * @param error why: the peer is told, unless the error is local. Undefined = there is nothing more to say.
   */
  close(nowMs: number, error?: ProtocolError): void {
    if (!this.#core.enter(nowMs)) return;
    if (error === undefined) this.#core.finish(undefined);
    else this.#core.fail(sound(error));
  }

  /** Decodes as much as events have room for. */
  #read(): void {
    const { isPaused, events, reader, nowMs } = this.#core;
    if (isPaused || events.isFull) return;
    try {
      reader.read(nowMs, this.#incoming);
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      this.#core.fail(error);
    }
  }

  #endDue(dueMs: number): void {
    const { reader, idleTimer, nowMs, isBehind } = this.#core;
    this.#endOverdue(dueMs);
    if (!isBehind && reader.deadlineMs <= dueMs) {
      this.#core.fail(
        new ProtocolError('IDLE_TIMEOUT', `timed out waiting for the rest of a frame (${reader.pendingBytes} bytes received)`),
      );
    } else if (!isBehind && idleTimer.deadlineMs <= dueMs) {
      const actual = idleTimer.elapsedMs(nowMs);
      this.#core.fail(new ProtocolError('IDLE_TIMEOUT', `no frame received for ${actual} ms`, { actual }));
    } else if (this.#core.isOpen && this.#core.ownDeadlineMs <= dueMs) this.#core.expire();
  }

  #endOverdue(dueMs: number): void {
    const core = this.#core;
    const overdue = core.requests.overdue(dueMs);
    for (const [sequence, { cmd, sentAtMs }] of overdue) {
      const text = `no reply to ${commandName(cmd)} within ${Math.round(core.nowMs - sentAtMs)} ms`;
      core.events.add({ type: 'failed', sequence, error: new ProtocolError('TIMEOUT', text), retryAfterMs: 0 });
    }
    // If its reply came now, the server would hold us for logged in, and we would not know.
    const isLoginOverdue = !core.isLoggedIn && overdue.some(([, { cmd }]) => cmd === Command.LOGIN);
    if (isLoginOverdue) core.fail(new ProtocolError('IDLE_TIMEOUT', 'timed out waiting for the reply to LOGIN'));
  }
}

function tooMuchUndecoded({ undecodedBytes, undecodedChunks }: FrameReader): ProtocolError | undefined {
  if (undecodedBytes > MAX_UNDECODED_BYTES) return slow(undecodedBytes, 'bytes', MAX_UNDECODED_BYTES);
  return undecodedChunks >= MAX_UNDECODED_CHUNKS ? slow(undecodedChunks + 1, 'chunks', MAX_UNDECODED_CHUNKS) : undefined;
}

function slow(actual: number, unit: string, limit: number): ProtocolError {
  return new ProtocolError('SLOW_CONSUMER', `${actual} ${unit} wait to be decoded, limit ${limit}`, { limit, actual });
}

/** The error of the application as one that can be sent. */
function sound(error: ProtocolError): ProtocolError {
  return soundError(error) ?? new ProtocolError('INTERNAL', 'the error cannot be sent to a peer', { cause: error });
}

/** "WebSocket close code = 4000 + number": four thousand and up to here is for applications of WebSocket (RFC 6455, section 7.4.2). */
const CLOSE_CODE_END = 5000;

/**
 * Why a transport has ended: what the close code of a WebSocket says; TRUNCATED inside a frame; else CLOSED.
 * @param closeCode of a WebSocket; undefined = TCP.
 */
function endReason(reader: FrameReader, closeCode: number | undefined): ProtocolError {
  const text =
    closeCode === undefined ? 'the peer closed the connection' : `the peer closed the connection with code ${closeCode}`;
  // 1000 to 1015 are not about the protocol.
  const number = closeCode === undefined ? 0 : closeCode - CLOSE_CODE_BASE;
  if (number > 0 && number < CLOSE_CODE_END - CLOSE_CODE_BASE) return peerError(number, text);
  try {
    reader.end();
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
  return new ProtocolError('CLOSED', text);
}
