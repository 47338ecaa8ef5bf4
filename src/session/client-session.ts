import type { Hello } from '../../generated/im/protocol/v1/handshake.js';
import type { LoginInfoInit } from '../../generated/im/protocol/v1/login_info.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import type { SessionInfo } from '../../generated/im/protocol/v1/session_info.js';
import { ClientMachine } from './client-machine.js';
import type { Session } from './session.js';
import type { ClientSessionOptions } from './session-options.js';

export type { ClientSessionOptions } from './session-options.js';

/** The client side of a connection. It sends Hello, LOGIN and heartbeats, and drops messages that arrive twice. */
export interface ClientSession extends Session {
  /** The Hello of this connection, with grease. On WebSocket, offer the subprotocols `subprotocolsFor(hello.versions)`. */
  readonly hello: Hello;

  /** The session of the authenticated user; undefined until LOGIN is accepted. */
  readonly session: SessionInfo | undefined;

  /** Round-trip time of the last heartbeat, in milliseconds; undefined before the first reply. */
  readonly roundTripMs: number | undefined;

  /** The shortest round-trip time of the heartbeats of this connection, in milliseconds; 0 before the first reply. */
  readonly shortestRoundTripMs: number;

  /** Time without a frame of the peer, in milliseconds, after which each side closes; undefined before the Welcome. */
  readonly silenceLimitMs: number | undefined;

  /**
   * The transport is open: sends Hello, and LOGIN with it if the version is already known.
   * @param subprotocol on WebSocket, the subprotocol of the server; `null` if the platform does not report it: then Hello and Welcome alone
   * negotiate the version. Default `''`: none.
   */
  open(nowMs: number, subprotocol?: string | null): void;

  /**
   * Confirms a push that expects a reply: the application has stored the message, or has handled it. On a connection of version 1 this sends
   * SEND_RESULT. On version 2 it sends one ACK for all pushes up to the first one that is neither confirmed nor answered, with the next
   * `takeBytes`. Does nothing if the push was answered before, and on a closed connection.
   * @param message of a `message` event. Messages of applications, from 1000 on, are answered by `reply`.
   */
  confirm(message: SendInfo, nowMs: number): void;

  /**
   * Sends LOGOUT: the server answers it after the open requests, and closes the connection. Returns the sequence of the request.
   * @throws ProtocolError as `request`; LOSSY_DOWNGRADE on a connection of version 1: close it instead.
   */
  logout(nowMs: number): number;

  /** Sends LOGIN; on an authenticated connection it renews the token. Returns the sequence of the request. @throws ProtocolError as `request`. */
  login(login: LoginInfoInit, nowMs: number): number;

  /** Sends a HEARTBEAT now, to learn whether the peer still answers. Does nothing before LOGIN is accepted. */
  heartbeat(nowMs: number): void;

  /** Whether the application is in the background. A change is sent to the server at once, in a HEARTBEAT, and with each later one. */
  setBackground(background: boolean, nowMs: number): void;
}

/** The constructor of ClientSession. */
export const ClientSession: {
  /**
   * Create the session before the transport is opened: the handshake timeout starts now.
   * @throws ProtocolError INVALID_MESSAGE for options that break a rule of Hello or LOGIN.
   */
  new (options: ClientSessionOptions, nowMs: number): ClientSession;
} = ClientMachine;
