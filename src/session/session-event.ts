import type { DrainInfo } from '../../generated/im/protocol/v1/drain_info.js';
import type { LoginInfo } from '../../generated/im/protocol/v1/login_info.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import type { SessionInfo } from '../../generated/im/protocol/v1/session_info.js';
import type { ProtocolError } from '../errors.js';
import type { Agreement } from '../negotiate/check-welcome.js';

/**
 * The state of a connection. A client is `connecting` until its transport is open. Both sides are `negotiating` until Hello and Welcome are
 * exchanged, `anonymous` until LOGIN is accepted, then `authenticated`, and `draining` after the server has sent DRAIN.
 */
export type SessionState = 'connecting' | 'negotiating' | 'anonymous' | 'authenticated' | 'draining' | 'closed';

/** An event of a session, discriminated by `type`. */
export type SessionEvent =
  /** Version, features and limits are negotiated. */
  | { readonly type: 'negotiated'; readonly agreement: Agreement }
  /** Server: a client logs in or renews its token. Answer with `acceptLogin` or `refuse`. */
  | { readonly type: 'login'; readonly sequence: number; readonly login: LoginInfo }
  /** Server: the LOGIN with this sequence was not answered in time, and was refused. */
  | { readonly type: 'overdue'; readonly sequence: number }
  /** Server: a client logs out, and all its requests are answered. Unbind its push token, then call `acceptLogout`. */
  | { readonly type: 'logout'; readonly sequence: number }
  /** LOGIN was accepted, or a token was renewed. */
  | { readonly type: 'authenticated'; readonly session: SessionInfo }
  /** A message for the application. If its `sequence` is not 0, it expects one reply: call `reply` or `refuse`. */
  | {
      readonly type: 'message';
      readonly message: SendInfo;
      /** Size of the frame in bytes, after inflating. */
      readonly bytes: number;
      /**
       * The memory that `bytes` fields of the message are views of, and keep alive. Messages that arrived together share it. Undefined if it
       * is no larger than the frame.
       */
      readonly memory: ArrayBufferLike | undefined;
    }
  /** Server: the application of the client has moved to the background, or back, as a HEARTBEAT of the authenticated client says. */
  | { readonly type: 'background'; readonly background: boolean }
  /** The reply to the request with this sequence. */
  | { readonly type: 'reply'; readonly sequence: number; readonly message: SendInfo }
  /** The request with this sequence failed: with an ERROR of the peer, with TIMEOUT, or because the connection closed. */
  | {
      readonly type: 'failed';
      readonly sequence: number;
      readonly error: ProtocolError;
      /** How long to wait before the request is sent again, in milliseconds, as the peer asks; 0 if unspecified. */
      readonly retryAfterMs: number;
    }
  /** This side or the peer refused or dropped a message, and the connection stays open. For a log. */
  | { readonly type: 'notice'; readonly error: ProtocolError }
  /** Client: the server has sent DRAIN. Move to another connection when the open requests are answered. */
  | { readonly type: 'drain'; readonly drain: DrainInfo }
  /** The last event. */
  | {
      readonly type: 'closed';
      /** The reason; undefined if this side closed the connection without an error. */
      readonly error: ProtocolError | undefined;
      /** How long to wait before the next connection, in milliseconds, as the peer asks; 0 if unspecified. */
      readonly retryAfterMs: number;
    };
