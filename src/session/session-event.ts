import type { DrainInfo } from '../../generated/im/protocol/v1/drain_info.js';
import type { LoginInfo } from '../../generated/im/protocol/v1/login_info.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import type { SessionInfo } from '../../generated/im/protocol/v1/session_info.js';
import type { ProtocolError } from '../errors.js';
import { DECODE_AHEAD_BYTES, DECODE_AHEAD_FRAMES } from '../limits.js';
import type { Agreement } from '../negotiate/check-welcome.js';

/**
 * Where a connection stands. A client is `connecting` until its transport is open; both are `negotiating` until Hello and Welcome have
 * agreed, `anonymous` until LOGIN is accepted, then `authenticated`; `draining` once the server has announced that it will close.
 */
export type SessionState = 'connecting' | 'negotiating' | 'anonymous' | 'authenticated' | 'draining' | 'closed';

/** What happened on a connection; narrowed by `type`. */
export type SessionEvent =
  /** Both sides agree on version, features and limits. */
  | { readonly type: 'negotiated'; readonly agreement: Agreement }
  /** Server: a client wants to log in, or to renew its token. Answer with `acceptLogin` or `refuse`. */
  | { readonly type: 'login'; readonly sequence: number; readonly login: LoginInfo }
  /** Server: nobody has answered the LOGIN with this sequence in time, and it was refused. */
  | { readonly type: 'overdue'; readonly sequence: number }
  /** The session of this connection is known, or its token renewed. */
  | { readonly type: 'authenticated'; readonly session: SessionInfo }
  /** The peer sent something that is for the application. With `sequence` not 0 it wants one reply: `reply` or `refuse`. */
  | {
      readonly type: 'message';
      readonly message: SendInfo;
      /** Size of its frame, in bytes, after inflating. */
      readonly bytes: number;
      /**
       * The memory that `bytes` fields of the message are views of, and keep alive; messages that came together share it. Undefined = no
       * more than the frame itself.
       */
      readonly memory: ArrayBufferLike | undefined;
    }
  /** The reply to the request with this sequence. */
  | { readonly type: 'reply'; readonly sequence: number; readonly message: SendInfo }
  /** The request with this sequence has failed: an ERROR of the peer, TIMEOUT, or the reason for which the connection closed. */
  | {
      readonly type: 'failed';
      readonly sequence: number;
      readonly error: ProtocolError;
      /** The peer asks to wait so long before the request is sent again, in milliseconds; 0 = not told. */
      readonly retryAfterMs: number;
    }
  /** Something was refused or dropped, by this side or the peer, and the connection is kept: for a log. */
  | { readonly type: 'notice'; readonly error: ProtocolError }
  /** Client: the server is going to close. Move to another connection once the open requests are answered. */
  | { readonly type: 'drain'; readonly drain: DrainInfo }
  /** The last event. */
  | {
      readonly type: 'closed';
      /** Why; undefined = this side closed it without an error. */
      readonly error: ProtocolError | undefined;
      /** The peer asks to wait so long before the next connection, in milliseconds; 0 = not told. */
      readonly retryAfterMs: number;
    };

/** What happened on a connection and was not taken yet, and how much was decoded for it. */
export class EventList {
  #events: SessionEvent[] = [];
  #frames = 0;
  #bytes = 0;

  /** So much was decoded since events were last taken that further frames wait. */
  get isFull(): boolean {
    return this.#frames >= DECODE_AHEAD_FRAMES || this.#bytes >= DECODE_AHEAD_BYTES;
  }

  add(event: SessionEvent): void {
    this.#events.push(event);
  }

  /** A frame was decoded, whether an event came of it or not. @param bytes its size after inflating. */
  decoded(bytes: number): void {
    this.#frames += 1;
    this.#bytes += bytes;
  }

  take(): SessionEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    this.#frames = 0;
    this.#bytes = 0;
    return events;
  }
}
