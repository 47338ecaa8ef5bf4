import type { DrainInfoInit } from '../../generated/im/protocol/v1/drain_info.js';
import type { ForceLogoutInit } from '../../generated/im/protocol/v1/force_logout.js';
import type { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { SessionInfoInit } from '../../generated/im/protocol/v1/session_info.js';
import type { ProtocolError } from '../errors.js';
import { ServerMachine } from './server-machine.js';
import type { Session } from './session.js';
import type { LoggedIn, ServerSessionOptions } from './session-options.js';
import type { Traffic } from './traffic.js';

export { isOfFrame } from './server-handshake.js';
export type { LoggedIn, ServerSessionOptions } from './session-options.js';

/** The server side of a connection. It accepts Hello, then LOGIN, then all other messages. */
export interface ServerSession extends Session {
  /** Counts received bytes and frames. Count the sent ones where you write `takeBytes()`. Default: nothing is counted. */
  traffic: Traffic | undefined;

  /** Called with the error for each frame of the peer that is refused or dropped, before the event that reports it. It must not throw. */
  onRefused: ((error: ProtocolError) => void) | undefined;

  /**
   * Sends a frame that was encoded in the version of this connection, once for several receivers: see `SharedFrame`.
   * @returns SUCCESS; CHANNEL_NOT_FOUND if the connection is closed or not authenticated; TOO_LARGE if the frame exceeds the limit of the
   * peer.
   */
  pushFrame(frame: Uint8Array, nowMs: number): SendCode;

  /**
   * Refuses input of the peer that a transport could not turn into a frame. Closes the connection before LOGIN, and for too many refusals.
   * @param closes whether it closes the connection in any case.
   */
  refuseInput(error: ProtocolError, closes: boolean, nowMs: number): void;

  /** The authenticated user; undefined until `acceptLogin`. */
  readonly user: LoggedIn | undefined;

  /** Name and version of the client software, as its Hello says; may be empty. Undefined before the handshake. */
  readonly agent: string | undefined;

  /** Whether the application of the client is in the background, as its last HEARTBEAT said. */
  readonly isBackground: boolean;

  /**
   * Accepts a LOGIN. From now on the client may send all messages, in frames up to the announced limit. A LOGIN of the same user renews the
   * token. A LOGIN of another user closes the connection with PERMISSION_DENIED, a LOGIN with another terminal than its token with
   * UNAUTHENTICATED, and so does the terminal SERVER. Does nothing on a closed connection.
   * @param session the user that the token belongs to. With `tokenExpiresAtMs`, the connection closes with TOKEN_EXPIRED at that time of
   * this side's clock (`timeOriginMs` + `nowMs`), unless a LOGIN renews the token before; a LOGIN that is being verified then is finished.
   * @throws Error if no such LOGIN is open.
   * @throws ProtocolError INVALID_MESSAGE for a session that breaks a rule. The LOGIN stays open then.
   */
  acceptLogin(sequence: number, session: SessionInfoInit, nowMs: number): void;

  /** The rooms that the connection has joined: those of ROOM requests that were answered by ROOM. It changes with the next answer. */
  readonly rooms: ReadonlySet<bigint>;

  /** Whether the connection is subscribed to the presence of a user: by a PRESENCE that was answered, and has not ended. */
  isSubscribedTo(userId: bigint, nowMs: number): boolean;

  /** The ids of the users to whose presence the connection is subscribed, at most 1000. A copy. */
  presenceSubscriptions(nowMs: number): bigint[];

  /**
   * Answers LOGOUT, and closes the connection without an error. Does nothing on a closed connection.
   * @param sequence of the `logout` event.
   * @throws Error if no such LOGOUT is open.
   */
  acceptLogout(sequence: number, nowMs: number): void;

  /** As `Session.reply`. @throws Error for a LOGIN and a LOGOUT: call `acceptLogin`, `acceptLogout`. */
  reply(sequence: number, message: SendInfoInit, nowMs: number): void;

  /**
   * As `Session.refuse`. After a refused renewal of the token, the client may send LOGIN again, unless the token has expired meanwhile: then
   * the connection closes with TOKEN_EXPIRED.
   */
  refuse(sequence: number, error: ProtocolError, nowMs: number, retryAfterMs?: number): void;

  /**
   * Announces that the server is going to close. Open requests are still answered, new ones are refused with DRAINING, and the connection
   * closes after `grace_ms`. Before the end of the handshake, the connection closes at once with OVERLOADED.
   * @throws ProtocolError INVALID_MESSAGE for a `drain` that breaks a rule.
   */
  drain(drain: DrainInfoInit, nowMs: number): void;

  /**
   * Ends the session because a newer connection of the same user and terminal replaces it. With the same, non-empty `device_id` the
   * connection closes with REPLACED. With another or an empty `device_id` the client gets FORCE_LOGOUT, and the connection closes with
   * FORCED_LOGOUT. Does nothing on a connection that is not authenticated.
   * @param notice its `device_id` is the device of the newer connection.
   * @throws ProtocolError INVALID_MESSAGE for a `notice` that breaks a rule.
   */
  takeOver(notice: ForceLogoutInit, nowMs: number): void;
}

/** The constructor of ServerSession. */
export const ServerSession: {
  /**
   * Create the session when the connection is accepted: the handshake timeout starts now.
   * @throws ProtocolError INVALID_MESSAGE for options that break a rule of Welcome.
   */
  new (options: ServerSessionOptions, nowMs: number): ServerSession;
} = ServerMachine;
