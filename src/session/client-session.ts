import type { LoginInfoInit } from '../../generated/init/im/protocol/v1/login_info.js';
import type { Hello } from '../../generated/types/im/protocol/v1/handshake.js';
import type { SessionInfo } from '../../generated/types/im/protocol/v1/session_info.js';
import { ClientChannel, loginRequest } from './client-channel.js';
import type { ClientSessionOptions } from './client-session-options.js';
import { Session } from './session.js';

export type { ClientSessionOptions } from './client-session-options.js';

/** The client's side of one connection. It sends Hello and LOGIN, keeps the connection alive, and drops what comes twice. */
export class ClientSession extends Session {
  readonly #channel: ClientChannel;

  /**
   * The transport is about to be opened: the time for the handshake begins.
   * @throws ProtocolError INVALID_MESSAGE for options that break a rule of Hello or LOGIN.
   */
  constructor(options: ClientSessionOptions, nowMs: number) {
    const channel = new ClientChannel(options, nowMs);
    super(channel);
    this.#channel = channel;
  }

  /** The Hello of this connection, grease included: on WebSocket, `subprotocolsFor(hello.versions)` is what to offer. */
  get hello(): Hello {
    return this.#channel.hello;
  }

  /** Who is logged in; undefined until LOGIN was accepted. */
  get session(): SessionInfo | undefined {
    return this.#channel.session;
  }

  /** How long the last heartbeat took to come back, in milliseconds; undefined until one did. */
  get roundTripMs(): number | undefined {
    return this.#channel.roundTripMs;
  }

  /**
   * The transport is open: sends Hello, and LOGIN in the same flight where the version is settled already.
   * @param subprotocol on WebSocket what the server picked; '' (the default) = nothing.
   */
  open(nowMs: number, subprotocol = ''): void {
    this.#channel.enter(nowMs);
    if (this.state === 'connecting') this.#channel.greet(subprotocol);
  }

  /** Sends LOGIN; on an open connection it renews the token. Returns the sequence of the request. @throws ProtocolError as `request` does. */
  login(login: LoginInfoInit, nowMs: number): number {
    return this.request(loginRequest(login), nowMs);
  }
}
