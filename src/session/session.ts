import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { ProtocolError } from '../errors.js';
import type { Agreement } from '../negotiate/check-welcome.js';
import type { SessionEvent, SessionState } from './session-event.js';

/**
 * One side of a connection as a state machine, without socket, timer and clock. Its inputs are bytes and time, its outputs bytes, events and
 * the next deadline.
 *
 * After each call, handle `takeEvents()` and write `takeBytes()`, and repeat while `readMore()` returns true. Call `tick` at
 * `nextDeadlineMs`. When `state` is `closed`, write the last bytes and close the transport.
 *
 * `nowMs` is the time of a monotonic clock in milliseconds, as `performance.now()`. A value below an earlier one counts as the earlier one.
 */
export interface Session {
  /** The state of the connection. */
  readonly state: SessionState;

  /** How bytes arrive: the option of the session. */
  readonly transport: 'tcp' | 'websocket';

  /** Whether LOGIN was accepted. */
  readonly isLoggedIn: boolean;

  /** The result of the negotiation; undefined before it. */
  readonly agreement: Agreement | undefined;

  /** The reason why the connection closed. Undefined while it is open, or if this side closed it without an error. */
  readonly closeError: ProtocolError | undefined;

  /** The close code for a WebSocket: 1000 without an error, otherwise 4000 + the number of the error. */
  readonly closeCode: number;

  /**
   * Maximum size of one WebSocket message to the peer, in bytes: the `max_frame_bytes` of the peer; 16384 before the negotiation. No
   * single frame is larger.
   */
  readonly maxMessageBytes: number;

  /** Number of bytes that `takeBytes` would return. */
  readonly queuedBytes: number;

  /** Maximum of `queuedBytes`. A frame that does not fit closes the connection with SLOW_CONSUMER. */
  readonly maxQueuedBytes: number;

  /** Called before a frame that does not fit closes the connection. It may call `takeBytes` to make room. */
  onFull: (() => void) | undefined;

  /** Number of requests of this side that wait for a reply. */
  readonly openRequests: number;

  /** Number of requests of the peer that wait for a reply. */
  readonly unanswered: number;

  /** When to call `tick` next, on the clock of `nowMs`; Infinity if there is no deadline. It may be earlier than the actual deadline. */
  readonly nextDeadlineMs: number;

  /** Number of received bytes that wait to be decoded: see `readMore`. */
  readonly undecodedBytes: number;

  /** Whether decoding is paused: see `pause`. */
  readonly isPaused: boolean;

  /**
   * Receives bytes of the peer: on TCP any part of the stream, on WebSocket one binary message. The bytes must not change afterwards: `bytes`
   * fields of messages may be views of them, and part of them may wait to be decoded. The connection closes with SLOW_CONSUMER if bytes
   * arrive while more than 8388608 bytes or 65535 chunks wait.
   */
  receive(bytes: Uint8Array, nowMs: number): void;

  /**
   * Decodes more of the received bytes. Up to 2048 frames or 262144 bytes are decoded until `takeEvents` is called; the rest waits for
   * this call.
   * @returns false if nothing waits, or nothing may be decoded now.
   */
  readMore(nowMs: number): boolean;

  /**
   * Stops decoding: received bytes wait, heartbeats and replies included. Stop reading from the transport as well if it can. The timeouts of
   * the peer do not run meanwhile.
   */
  pause(nowMs: number): void;

  /** Continues decoding: call `readMore` next. The timeouts of the peer restart. */
  resume(nowMs: number): void;

  /**
   * The transport has ended. Bytes that are not decoded are dropped: call `readMore` first.
   * @param closeCode on WebSocket, the close code of the peer. Undefined on TCP.
   */
  end(nowMs: number, closeCode?: number): void;

  /**
   * Handles the deadlines that have passed.
   * @param dueMs ignores deadlines after this time, for example because bytes of the peer are still to be read. Default: `nowMs`.
   */
  tick(nowMs: number, dueMs?: number): void;

  /**
   * The process was blocked since `sinceMs`. Restarts the timeouts of the handshake, and of the requests that were sent since then and are
   * written only now.
   */
  restart(sinceMs: number, nowMs: number): void;

  /** Removes and returns the frames to write, in order. None is empty. */
  takeBytes(): Uint8Array[];

  /** Removes and returns the events since the last call, in order. */
  takeEvents(): SessionEvent[];

  /**
   * Sends a request. Exactly one `reply` or `failed` event with its sequence follows.
   * @param message its `sequence` and `reply_to` are set by the session.
   * @param timeoutMs in milliseconds, 0 or more. Default: the option `requestTimeoutMs`.
   * @returns the sequence, 1 to 4294967295.
   * @throws ProtocolError CLOSED, DRAINING, LOGIN_REQUIRED, RATE_LIMITED (1024 open requests), PERMISSION_DENIED (not a request of this
   * side), and as `encodeFrame`. Nothing was sent then.
   * @throws RangeError for an invalid `timeoutMs`.
   */
  request(message: SendInfoInit, nowMs: number, timeoutMs?: number): number;

  /**
   * Sends a message that expects no reply.
   * @throws ProtocolError CLOSED, LOGIN_REQUIRED, PERMISSION_DENIED (this side may not send the command), and as `encodeFrame`.
   */
  push(message: SendInfoInit, nowMs: number): void;

  /**
   * Replies to a request of the peer. Does nothing on a closed connection.
   * @param message with the command of a reply to the request. To answer with an ERROR, call `refuse`.
   * @throws Error if no such request is open, or for another command.
   * @throws ProtocolError as `encodeFrame`. The request stays open then.
   */
  reply(sequence: number, message: SendInfoInit, nowMs: number): void;

  /**
   * Answers a request of the peer with an ERROR, and closes the connection if the error closes. Does nothing on a closed connection.
   * @param error a local error (`error.properties.local`) is sent as INTERNAL.
   * @param retryAfterMs how long the peer should wait before it sends the request again, in milliseconds: 0 (unspecified) to 86400000.
   * Default: `error.retryAfterMs`.
   * @throws Error if no such request is open.
   * @throws ProtocolError INVALID_MESSAGE for `retryAfterMs` out of range. The request stays open then.
   */
  refuse(sequence: number, error: ProtocolError, nowMs: number, retryAfterMs?: number): void;

  /**
   * Closes the connection.
   * @param error the reason, which is sent to the peer unless it is local. Undefined: no error.
   */
  close(nowMs: number, error?: ProtocolError): void;
}
