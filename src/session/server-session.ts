import type { DrainInfoInit } from '../../generated/im/protocol/v1/drain_info.js';
import type { ForceLogoutInit } from '../../generated/im/protocol/v1/force_logout.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { SessionInfoInit } from '../../generated/im/protocol/v1/session_info.js';
import type { ProtocolError } from '../errors.js';
import { ServerCore } from './server-core.js';
import { Session } from './session.js';
import type { LoggedIn, ServerSessionOptions } from './session-options.js';

export { isOfFrame } from './server-handshake.js';
export type { LoggedIn, ServerSessionOptions } from './session-options.js';

/** The server side of a connection. It accepts Hello, then LOGIN, then all other messages. */
export class ServerSession extends Session {
  readonly #core: ServerCore;

  /**
   * Create the session when the connection is accepted: the handshake timeout starts now.
   * @throws ProtocolError INVALID_MESSAGE for options that break a rule of Welcome.
   */
  constructor(options: ServerSessionOptions, nowMs: number) {
    const core = new ServerCore(options, nowMs);
    super(core);
    this.#core = core;
  }

  /** The authenticated user; undefined until `acceptLogin`. */
  get user(): LoggedIn | undefined {
    return this.#core.user;
  }

  /** Name and version of the client software, as its Hello says; may be empty. Undefined before the handshake. */
  get agent(): string | undefined {
    return this.#core.agent;
  }

  /** Whether the application of the client is in the background, as its last HEARTBEAT said. */
  get isBackground(): boolean {
    return this.#core.isBackground;
  }

  /**
   * Accepts a LOGIN. From now on the client may send all messages, in frames up to the announced limit. A LOGIN of the same user renews the
   * token. A LOGIN of another user closes the connection with PERMISSION_DENIED, a LOGIN with another terminal than its token with
   * UNAUTHENTICATED, and so does the terminal SERVER. Does nothing on a closed connection.
   * @param session the user that the token belongs to. With `tokenExpiresAtMs`, the connection closes with TOKEN_EXPIRED at that time of
   * this side's clock (`timeOriginMs` + `nowMs`), unless a LOGIN renews the token before; a LOGIN that is being verified then is finished.
   * @throws Error if no such LOGIN is open.
   * @throws ProtocolError INVALID_MESSAGE for a session that breaks a rule. The LOGIN stays open then.
   */
  acceptLogin(sequence: number, session: SessionInfoInit, nowMs: number): void {
    if (this.#core.enter(nowMs)) this.#core.logins.accept(sequence, session);
  }

  /** The rooms that the connection has joined: those of ROOM requests that were answered by ROOM. It changes with the next answer. */
  get rooms(): ReadonlySet<bigint> {
    return this.#core.limits.rooms.joined;
  }

  /** Whether the connection is subscribed to the presence of a user: by a PRESENCE that was answered, and has not ended. */
  isSubscribedTo(userId: bigint, nowMs: number): boolean {
    return this.#core.limits.presence.has(userId, nowMs);
  }

  /** The ids of the users to whose presence the connection is subscribed, at most 1000. A copy. */
  presenceSubscriptions(nowMs: number): bigint[] {
    return this.#core.limits.presence.users(nowMs);
  }

  /**
   * Answers LOGOUT, and closes the connection without an error. Does nothing on a closed connection.
   * @param sequence of the `logout` event.
   * @throws Error if no such LOGOUT is open.
   */
  acceptLogout(sequence: number, nowMs: number): void {
    if (this.#core.enter(nowMs)) this.#core.acceptLogout(sequence);
  }

  /** As `Session.reply`. @throws Error for a LOGIN and a LOGOUT: call `acceptLogin`, `acceptLogout`. */
  override reply(sequence: number, message: SendInfoInit, nowMs: number): void {
    if (this.#core.logins.has(sequence)) throw new Error(`LOGIN ${sequence} must be answered by acceptLogin or refuse`);
    if (this.#core.isLogout(sequence)) throw new Error(`LOGOUT ${sequence} must be answered by acceptLogout or refuse`);
    super.reply(sequence, message, nowMs);
  }

  /**
   * As `Session.refuse`. After a refused renewal of the token, the client may send LOGIN again, unless the token has expired meanwhile: then
   * the connection closes with TOKEN_EXPIRED.
   */
  override refuse(sequence: number, error: ProtocolError, nowMs: number, retryAfterMs?: number): void {
    super.refuse(sequence, error, nowMs, retryAfterMs);
    this.#core.logins.refused(sequence);
  }

  /**
   * Announces that the server is going to close. Open requests are still answered, new ones are refused with DRAINING, and the connection
   * closes after `grace_ms`. Before the end of the handshake, the connection closes at once with OVERLOADED.
   * @throws ProtocolError INVALID_MESSAGE for a `drain` that breaks a rule.
   */
  drain(drain: DrainInfoInit, nowMs: number): void {
    if (this.#core.enter(nowMs)) this.#core.drain(drain);
  }

  /**
   * Ends the session because a newer connection of the same user and terminal replaces it. With the same, non-empty `device_id` the
   * connection closes with REPLACED. With another or an empty `device_id` the client gets FORCE_LOGOUT, and the connection closes with
   * FORCED_LOGOUT. Does nothing on a connection that is not authenticated.
   * @param notice its `device_id` is the device of the newer connection.
   * @throws ProtocolError INVALID_MESSAGE for a `notice` that breaks a rule.
   */
  takeOver(notice: ForceLogoutInit, nowMs: number): void {
    if (this.#core.enter(nowMs)) this.#core.takeOver(notice);
  }
}
