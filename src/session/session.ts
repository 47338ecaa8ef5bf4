import { Command } from '../../generated/im/protocol/v1/command.js';
import { ErrorCodeTable } from '../../generated/im/protocol/v1/error_code.codec.js';
import type { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { commandName } from '../codec/command-name.js';
import { olderValue } from '../codec/older-value.js';
import { judgePeer } from '../codec/read-frame.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { CLOSE_CODE_BASE, HANDSHAKE_MAX_FRAME_BYTES, MAX_UNDECODED_BYTES, MAX_UNDECODED_CHUNKS } from '../limits.js';
import type { Agreement } from '../negotiate/check-welcome.js';
import { peerError, sendableError } from '../negotiate/reject.js';
import type { FrameReader } from './frame-reader.js';
import { Incoming } from './incoming.js';
import { sendFrame, sendPush, sendRefusal, sendReply, sendRequest } from './outgoing.js';
import type { SessionCore } from './session-core.js';
import type { SessionEvent, SessionState } from './session-event.js';
import type { Traffic } from './traffic.js';

/** The close code of a WebSocket that closes without an error (RFC 6455, section 7.4.1). */
const NORMAL_CLOSURE = 1000;

/**
 * One side of a connection as a state machine, without socket, timer and clock. Its inputs are bytes and time, its outputs bytes, events and
 * the next deadline.
 *
 * After each call, handle `takeEvents()` and write `takeBytes()`, and repeat while `readMore()` returns true. Call `tick` at
 * `nextDeadlineMs`. When `state` is `closed`, write the last bytes and close the transport.
 *
 * `nowMs` is the time of a monotonic clock in milliseconds, as `performance.now()`. A value below an earlier one counts as the earlier one.
 */
export abstract class Session {
  readonly #core: SessionCore;
  readonly #incoming: Incoming;

  /** @internal */
  protected constructor(core: SessionCore) {
    this.#core = core;
    this.#incoming = new Incoming(core);
  }

  /** The state of the connection. */
  get state(): SessionState {
    return this.#core.state;
  }

  /** How bytes arrive: the option of the session. */
  get transport(): 'tcp' | 'websocket' {
    return this.#core.settings.transport;
  }

  /** Whether LOGIN was accepted. */
  get isLoggedIn(): boolean {
    return this.#core.isLoggedIn;
  }

  /** The result of the negotiation; undefined before it. */
  get agreement(): Agreement | undefined {
    return this.#core.agreement;
  }

  /** The reason why the connection closed. Undefined while it is open, or if this side closed it without an error. */
  get closeError(): ProtocolError | undefined {
    return this.#core.closeError;
  }

  /** The close code for a WebSocket: 1000 without an error, otherwise 4000 + the number of the error. */
  get closeCode(): number {
    const { closeError, agreement } = this.#core;
    if (closeError === undefined) return NORMAL_CLOSURE;
    const number = closeError.closeCode - CLOSE_CODE_BASE;
    return CLOSE_CODE_BASE + olderValue(ErrorCodeTable, number, agreement?.version ?? 1);
  }

  /**
   * Maximum size of one WebSocket message to the peer, in bytes: the `max_frame_bytes` of the peer; 16384 before the negotiation. No
   * single frame is larger.
   */
  get maxMessageBytes(): number {
    return this.#core.agreement?.maxFrameBytes ?? HANDSHAKE_MAX_FRAME_BYTES;
  }

  /** Number of bytes that `takeBytes` would return. */
  get queuedBytes(): number {
    return this.#core.queue.bytes + this.#core.unanswered.ackBytes;
  }

  /** Maximum of `queuedBytes`. A frame that does not fit closes the connection with SLOW_CONSUMER. */
  get maxQueuedBytes(): number {
    return this.#core.queue.maxBytes;
  }

  /** Called before a frame that does not fit closes the connection. It may call `takeBytes` to make room. */
  set onFull(onFull: () => void) {
    this.#core.onFull = onFull;
  }

  /** Called with the error for each frame of the peer that is refused or dropped, before the event that reports it. It must not throw. */
  set onRefused(onRefused: (error: ProtocolError) => void) {
    this.#core.onRefused = onRefused;
  }

  /** Counts received bytes and frames. Count the sent ones where you write `takeBytes()`. Default: nothing is counted. */
  get traffic(): Traffic | undefined {
    return this.#core.traffic;
  }

  set traffic(traffic: Traffic | undefined) {
    this.#core.traffic = traffic;
  }

  /** Number of requests of this side that wait for a reply. */
  get openRequests(): number {
    return this.#core.requests.size;
  }

  /** Number of requests of the peer that wait for a reply. */
  get unanswered(): number {
    return this.#core.unanswered.size;
  }

  /** When to call `tick` next, on the clock of `nowMs`; Infinity if there is no deadline. It may be earlier than the actual deadline. */
  get nextDeadlineMs(): number {
    return this.#core.nextDeadlineMs;
  }

  /** Number of received bytes that wait to be decoded: see `readMore`. */
  get undecodedBytes(): number {
    return this.#core.reader.undecodedBytes;
  }

  /** Whether decoding is paused: see `pause`. */
  get isPaused(): boolean {
    return this.#core.isPaused;
  }

  /**
   * Receives bytes of the peer: on TCP any part of the stream, on WebSocket one binary message. The bytes must not change afterwards: `bytes`
   * fields of messages may be views of them, and part of them may wait to be decoded. The connection closes with SLOW_CONSUMER if bytes
   * arrive while more than 8388608 bytes or 65535 chunks wait.
   */
  receive(bytes: Uint8Array, nowMs: number): void {
    const core = this.#core;
    if (!core.enter(nowMs)) return;
    if (core.traffic !== undefined) core.traffic.bytesReceived += bytes.length;
    judgePeer(() => {
      const error = tooMuchUndecoded(core.reader);
      if (error !== undefined) core.fail(error);
      else {
        core.reader.add(bytes);
        this.#read();
        core.countReceived(bytes.length);
      }
    });
  }

  /**
   * Decodes more of the received bytes. Up to 2048 frames or 262144 bytes are decoded until `takeEvents` is called; the rest waits for
   * this call.
   * @returns false if nothing waits, or nothing may be decoded now.
   */
  readMore(nowMs: number): boolean {
    const { isPaused, events, reader } = this.#core;
    if (!this.#core.enter(nowMs) || isPaused || events.isFull || reader.undecodedChunks === 0) return false;
    judgePeer(() => this.#read());
    return true;
  }

  /**
   * Stops decoding: received bytes wait, heartbeats and replies included. Stop reading from the transport as well if it can. The timeouts of
   * the peer do not run meanwhile.
   */
  pause(nowMs: number): void {
    if (this.#core.enter(nowMs)) this.#core.isPaused = true;
  }

  /** Continues decoding: call `readMore` next. The timeouts of the peer restart. */
  resume(nowMs: number): void {
    if (!this.#core.enter(nowMs) || !this.#core.isPaused) return;
    this.#core.isPaused = false;
    this.#core.restartPeerTimeouts();
  }

  /**
   * The transport has ended. Bytes that are not decoded are dropped: call `readMore` first.
   * @param closeCode on WebSocket, the close code of the peer. Undefined on TCP.
   */
  end(nowMs: number, closeCode?: number): void {
    if (!this.#core.enter(nowMs)) return;
    judgePeer(() => this.#core.finish(endReason(this.#core.reader, closeCode)));
  }

  /**
   * Handles the deadlines that have passed.
   * @param dueMs ignores deadlines after this time, for example because bytes of the peer are still to be read. Default: `nowMs`.
   */
  tick(nowMs: number, dueMs = Number.POSITIVE_INFINITY): void {
    if (this.#core.enter(nowMs)) judgePeer(() => this.#endDue(Math.min(dueMs, this.#core.nowMs)));
  }

  /**
   * The process was blocked since `sinceMs`. Restarts the timeouts of the handshake, and of the requests that were sent since then and are
   * written only now.
   */
  restart(sinceMs: number, nowMs: number): void {
    if (this.#core.enter(nowMs)) this.#core.restart(sinceMs);
  }

  /** Removes and returns the frames to write, in order. None is empty. */
  takeBytes(): Uint8Array[] {
    this.#core.sendAck();
    return this.#core.queue.take();
  }

  /** Removes and returns the events since the last call, in order. */
  takeEvents(): SessionEvent[] {
    return this.#core.events.take();
  }

  /**
   * Sends a request. Exactly one `reply` or `failed` event with its sequence follows.
   * @param message its `sequence` and `reply_to` are set by the session.
   * @param timeoutMs in milliseconds, 0 or more. Default: the option `requestTimeoutMs`.
   * @returns the sequence, 1 to 4294967295.
   * @throws ProtocolError CLOSED, DRAINING, LOGIN_REQUIRED, RATE_LIMITED (1024 open requests), PERMISSION_DENIED (not a request of this
   * side), and as `encodeFrame`. Nothing was sent then.
   * @throws RangeError for an invalid `timeoutMs`.
   */
  request(message: SendInfoInit, nowMs: number, timeoutMs = this.#core.settings.requestTimeoutMs): number {
    this.#core.enter(nowMs);
    return sendRequest(this.#core, message, timeoutMs);
  }

  /**
   * Sends a message that expects no reply.
   * @throws ProtocolError CLOSED, LOGIN_REQUIRED, PERMISSION_DENIED (this side may not send the command), and as `encodeFrame`.
   */
  push(message: SendInfoInit, nowMs: number): void {
    this.#core.enter(nowMs);
    sendPush(this.#core, message);
  }

  /**
   * Sends a frame that was encoded in the version of this connection, once for several receivers: see `SharedFrame`.
   * @returns SUCCESS; CHANNEL_NOT_FOUND if the connection is closed or not authenticated; TOO_LARGE if the frame exceeds the limit of the
   * peer.
   */
  pushFrame(frame: Uint8Array, nowMs: number): SendCode {
    this.#core.enter(nowMs);
    return sendFrame(this.#core, frame);
  }

  /**
   * Replies to a request of the peer. Does nothing on a closed connection.
   * @param message with the command of a reply to the request. To answer with an ERROR, call `refuse`.
   * @throws Error if no such request is open, or for another command.
   * @throws ProtocolError as `encodeFrame`. The request stays open then.
   */
  reply(sequence: number, message: SendInfoInit, nowMs: number): void {
    if (this.#core.enter(nowMs)) sendReply(this.#core, sequence, message);
  }

  /**
   * Answers a request of the peer with an ERROR, and closes the connection if the error closes. Does nothing on a closed connection.
   * @param error a local error (`error.properties.local`) is sent as INTERNAL.
   * @param retryAfterMs how long the peer should wait before it sends the request again, in milliseconds: 0 (unspecified) to 86400000.
   * Default: `error.retryAfterMs`.
   * @throws Error if no such request is open.
   * @throws ProtocolError INVALID_MESSAGE for `retryAfterMs` out of range. The request stays open then.
   */
  refuse(sequence: number, error: ProtocolError, nowMs: number, retryAfterMs?: number): void {
    if (this.#core.enter(nowMs)) sendRefusal(this.#core, sequence, sendable(error), retryAfterMs);
  }

  /**
   * Closes the connection.
   * @param error the reason, which is sent to the peer unless it is local. Undefined: no error.
   */
  close(nowMs: number, error?: ProtocolError): void {
    if (!this.#core.enter(nowMs)) return;
    if (error === undefined) {
      this.#core.sendAck();
      this.#core.finish(undefined);
    } else this.#core.fail(sendable(error));
  }

  #read(): void {
    const { isPaused, events, reader, nowMs } = this.#core;
    if (isPaused || events.isFull) return;
    try {
      reader.read(nowMs, this.#incoming);
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      this.#core.failRefused(error);
    }
  }

  #endDue(dueMs: number): void {
    const { reader, idleTimer, nowMs, hasUnread } = this.#core;
    this.#endOverdue(dueMs);
    if (!hasUnread && reader.deadlineMs <= dueMs) {
      this.#core.fail(
        new ProtocolError('IDLE_TIMEOUT', `timed out waiting for the rest of a frame (${reader.pendingBytes} bytes received)`),
      );
    } else if (!hasUnread && idleTimer.deadlineMs <= dueMs) {
      const actual = idleTimer.elapsedMs(nowMs);
      this.#core.fail(new ProtocolError('IDLE_TIMEOUT', `no frame received for ${actual} ms`, { actual }));
    } else if (this.#core.tokenDeadlineMs <= dueMs) this.#core.expireToken();
    else if (this.#core.isOpen && this.#core.ownDeadlineMs <= dueMs) this.#core.expire();
  }

  #endOverdue(dueMs: number): void {
    const core = this.#core;
    const overdue = core.requests.overdue(dueMs);
    for (const [sequence, { cmd, sentAtMs }] of overdue) {
      const text = `no reply to ${commandName(cmd)} within ${Math.round(core.nowMs - sentAtMs)} ms`;
      core.events.add({ type: 'failed', sequence, error: new ProtocolError('TIMEOUT', text), retryAfterMs: 0 });
    }
    // The server may have accepted the LOGIN: the states of the two sides could differ.
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

/** The error of the application, or INTERNAL if it cannot be sent. */
function sendable(error: ProtocolError): ProtocolError {
  return sendableError(error) ?? new ProtocolError('INTERNAL', 'the error cannot be sent to a peer', { cause: error });
}

/** The end of the close codes for private use, 4000 to 4999 (RFC 6455, section 7.4.2). */
const CLOSE_CODE_END = 5000;

/** The reason for the end of a transport: the error of the WebSocket close code, TRUNCATED inside a frame, or CLOSED. */
function endReason(reader: FrameReader, closeCode: number | undefined): ProtocolError {
  const text =
    closeCode === undefined ? 'the peer closed the connection' : `the peer closed the connection with code ${closeCode}`;
  // 1000 to 1015 are codes of WebSocket.
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
