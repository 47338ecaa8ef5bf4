import type { DrainInfoInit } from '../../generated/init/im/protocol/v1/drain_info.js';
import type { ForceLogoutInit } from '../../generated/init/im/protocol/v1/force_logout.js';
import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import type { SessionInfoInit } from '../../generated/init/im/protocol/v1/session_info.js';
import type { ProtocolError } from '../errors.js';
import { ServerChannel } from './server-channel.js';
import type { LoggedIn, ServerSessionOptions } from './server-session-options.js';
import { Session } from './session.js';

export type { LoggedIn, ServerSessionOptions } from './server-session-options.js';

/** The server's side of one connection. It takes Hello, then LOGIN, then everything else. */
export class ServerSession extends Session {
  readonly #channel: ServerChannel;

  /**
   * The connection is open from now on.
   * @throws ProtocolError INVALID_MESSAGE for options that break a rule of Welcome.
   */
  constructor(options: ServerSessionOptions, nowMs: number) {
    const channel = new ServerChannel(options, nowMs);
    super(channel);
    this.#channel = channel;
  }

  /** Who is logged in; undefined until `acceptLogin`. */
  get user(): LoggedIn | undefined {
    return this.#channel.user;
  }

  /**
   * Accepts a LOGIN: from now on the client may send everything, and frames up to what the Welcome announced. A LOGIN of the same user
   * renews the token; one of another user is PERMISSION_DENIED, one that names another terminal UNAUTHENTICATED, and both close. On a
   * closed connection it does nothing.
   * @param session who logs in, as the token says.
   * @throws Error if no such LOGIN waits for an answer; ProtocolError INVALID_MESSAGE for a session that breaks a rule.
   */
  acceptLogin(sequence: number, session: SessionInfoInit, nowMs: number): void {
    if (this.#channel.enter(nowMs)) this.#channel.acceptLogin(sequence, session);
  }

  /** @throws Error for a LOGIN, which `acceptLogin` answers. */
  override reply(sequence: number, message: SendInfoInit, nowMs: number): void {
    if (this.#channel.logins.has(sequence)) throw new Error(`LOGIN ${sequence} is answered by acceptLogin or refuse`);
    super.reply(sequence, message, nowMs);
  }

  /** Refused, a LOGIN that renews may be tried again. */
  override refuse(sequence: number, error: ProtocolError, nowMs: number, retryAfterMs?: number): void {
    super.refuse(sequence, error, nowMs, retryAfterMs);
    this.#channel.loginAnswered(sequence);
  }

  /**
   * Announces that the server is going to close: requests that are open are still answered, new ones get DRAINING, and after
   * `grace_ms` the connection closes. Before the handshake is over there is nobody to tell: the connection closes as OVERLOADED.
   * @throws ProtocolError INVALID_MESSAGE for a `drain` that breaks a rule.
   */
  drain(drain: DrainInfoInit, nowMs: number): void {
    if (this.#channel.enter(nowMs)) this.#channel.drain(drain);
  }

  /**
   * Ends the session because a newer connection of the same user and terminal takes over: "with the same non-empty device_id it closes
   * the old connection with REPLACED, without FORCE_LOGOUT (reconnect, drain); with another or an empty one the old one gets
   * FORCE_LOGOUT, then close FORCED_LOGOUT". It does nothing where nobody is logged in.
   * @param notice `device_id` is the device that takes over.
   */
  takeOver(notice: ForceLogoutInit, nowMs: number): void {
    if (this.#channel.enter(nowMs)) this.#channel.takeOver(notice);
  }
}
