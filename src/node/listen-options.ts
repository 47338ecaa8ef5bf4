// The options of `listen`, and the server that it returns.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TlsOptions } from 'node:tls';
import type { DrainInfoInit } from '../../generated/im/protocol/v1/drain_info.js';
import type { SessionEventInit } from '../../generated/im/protocol/v1/session_event.js';
import type { Trace } from '../connection/driver.js';
import type { ServerConnection, ServerHandlers } from '../connection/server-connection.js';
import type { ConnectionRegistry } from '../session/connection-registry.js';
import type { ServerSessionOptions } from '../session/server-session.js';

/** Options of `listen`. `login` and `message` are required. */
export interface ListenOptions extends ServerHandlers, Omit<ServerSessionOptions, 'transport' | 'timeOriginMs' | 'connectionId'> {
  /** The port to listen on, 0 to 65535. Default 0: the system picks one, see `Server.port`. */
  readonly port?: number | undefined;
  /** The address to listen on. Default: all addresses. */
  readonly host?: string | undefined;
  /** Certificate, key and other options of `tls.createServer`: TLS instead of TCP, `wss:` instead of `ws:`. Default: none. */
  readonly tls?: TlsOptions | undefined;
  /**
   * Whether to serve WebSocket. `true`: `listen` rejects if the package `ws` is missing or too old. `false`: never. By default,
   * WebSocket is served if `ws` is installed; otherwise WebSocket clients get HTTP 501, and `onError` gets the reason once.
   */
  readonly websocket?: boolean | undefined;
  /**
   * Handles other HTTP requests on the same port. If it throws or rejects, the response is 500. Default: 426 Upgrade Required.
   */
  readonly http?: ((request: IncomingMessage, response: ServerResponse) => unknown) | undefined;
  /**
   * Maximum number of connections of the protocol. Further clients are refused with OVERLOADED. HTTP connections do not count. If this
   * option is set, they are limited to 256, and idle ones are closed to make room. Default: no limit.
   */
  readonly maxConnections?: number | undefined;
  /** Prefix of connection ids, so that the ids of several servers differ. Default: empty. */
  readonly idPrefix?: string | undefined;
  /**
   * The id of this server for the platform, as in the names of its topics: 1 to 108 letters, digits, `_` and `-`. Then connection ids also have
   * the time at which the server started, so that the platform can tell its sessions from earlier ones. Required with `onSessionEvent`.
   */
  readonly serverId?: string | undefined;
  /**
   * Called with each SessionEvent, for the platform: OPENED after LOGIN, REFRESHED every five minutes, BACKGROUND and FOREGROUND as the client says,
   * then CLOSED with the reason, or LOGGED_OUT. Per connection in this order, OPENED and the end exactly once. If a connection replaces another
   * one, its OPENED comes before the end of the other, and has the greater epoch.
   *
   * Publish the events in the order of the calls: see `sessionEventMessage`.
   */
  readonly onSessionEvent?: ((event: SessionEventInit, connection: ServerConnection) => unknown) | undefined;
  /** Called with all bytes of a connection, received and sent, for debugging. They include secrets. Do not change them. */
  readonly trace?: ((connection: ServerConnection, ...args: Parameters<Trace>) => void) | undefined;
}

/** A listening server. */
export interface Server {
  /** The port it listens on. Kept after `close`. */
  readonly port: number;
  /** The authenticated connections, one for each user and terminal. */
  readonly connections: ConnectionRegistry<ServerConnection>;
  /** Number of open connections, authenticated or not. */
  readonly connectionCount: number;
  /**
   * Stops accepting connections, sends DRAIN to all open ones, and resolves when they have closed. Pending HTTP requests are
   * answered within the grace period or two seconds, whichever is longer.
   * @throws ProtocolError INVALID_MESSAGE for a `drain` that breaks a rule. Nothing has happened then.
   */
  drain(drain: DrainInfoInit): Promise<void>;
  /** Stops accepting connections, closes the open ones without DRAIN, and resolves when they have closed. */
  close(): Promise<void>;
}
