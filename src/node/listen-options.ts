// The options of `listen`, and the server that it returns.
import type { Server as HttpServer, IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket, TlsOptions } from 'node:tls';
import type { DrainInfoInit } from '../../generated/im/protocol/v1/drain_info.js';
import type { SessionEventInit } from '../../generated/im/protocol/v1/session_event.js';
import type { Trace } from '../connection/driver.js';
import type { ServerConnection, ServerHandlers } from '../connection/server-connection.js';
import type { SessionListener, SessionObservation } from '../connection/session-reporter.js';
import type { LegacyProfile } from '../legacy/index.js';
import type { ConnectionRegistry, Sessions } from '../session/connection-registry.js';
import type { ServerSessionOptions } from '../session/server-session.js';
import type { ServerMetrics } from './server-metrics.js';

/** A client that wants to connect, for the callback `accept`. */
export interface AcceptRequest {
  /** The address of the client, as `ServerConnection.remoteAddress`. */
  readonly remoteAddress: string;
  /** How the client connects; `tcp` includes TLS. */
  readonly transport: 'tcp' | 'websocket';
  /** The headers of the WebSocket handshake, with names in lower case; empty on TCP. */
  readonly headers: IncomingHttpHeaders;
  /** The path and query of the WebSocket handshake; `''` on TCP. */
  readonly url: string;
  /** The header `Origin` of the WebSocket handshake: the site of a page in a browser. Clients other than browsers may send any value, or none. */
  readonly origin: string | undefined;
  /** On WebSocket the subprotocols that the client offers; on TLS the protocol that ALPN has selected; otherwise empty. */
  readonly protocols: readonly string[];
  /** The TLS connection, for the certificate of the client and the name of the server. Do not read or write it. Undefined without TLS. */
  readonly tls: TLSSocket | undefined;
}

/** Options of `listen`. `login` and `message` are required. */
export interface ListenOptions extends ServerHandlers, Omit<ServerSessionOptions, 'transport' | 'timeOriginMs' | 'connectionId'> {
  /** The port to listen on, 0 to 65535. Default 0: the system picks one, see `Server.port`. */
  readonly port?: number | undefined;
  /** The address to listen on. Default: all addresses. */
  readonly host?: string | undefined;
  /**
   * The path of a Unix socket to listen on, instead of a port; on Windows the name of a pipe. A socket that a killed process has left there is
   * replaced. Not with `tls`. Default: none.
   */
  readonly unix?: string | undefined;
  /**
   * A file descriptor that listens already, instead of a port: 3 for the first socket of systemd. Not on Windows. Default: none.
   */
  readonly fd?: number | undefined;
  /**
   * An HTTP server of the application to attach to, of `node:http` or `node:https`, instead of a port: clients connect by WebSocket. The
   * application starts and ends it: call `drain` or `close` of this server first. The package `ws` is required. Default: none.
   */
  readonly server?: HttpServer | undefined;
  /**
   * The path of WebSocket handshakes, without a query: `/ws`. Other paths get HTTP 404; on a `server`, they are left to its other listeners of
   * `upgrade`, if there are any. Default: all paths.
   */
  readonly path?: string | undefined;
  /**
   * Decides whether a client may connect, before anything of the protocol is read: by its address, its Origin, its certificate. `false` refuses
   * the client with PERMISSION_DENIED, a ProtocolError that it throws refuses it with that error. It may return a promise. Without an answer
   * within `handshakeTimeoutMs`, or after an error that is not a ProtocolError, the client gets OVERLOADED; so do further clients while 1024
   * wait for an answer. Default: all clients are accepted.
   * @returns false to refuse the client with PERMISSION_DENIED. Any other value accepts it.
   * @throws ProtocolError to refuse: as a Reject on TCP; on WebSocket as an HTTP status before the handshake, 403 for PERMISSION_DENIED.
   */
  readonly accept?: ((request: AcceptRequest) => unknown) | undefined;
  /**
   * Older clients to serve on the same port, by their profile: text messages on WebSocket, texts with a length on TCP. They are recognized by the
   * first bytes of a connection. Their messages arrive at the same handlers, and they get the messages that their protocol can express: see
   * docs/migration.md. Default: none, they are refused.
   */
  readonly legacy?: LegacyProfile | undefined;
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
   * Maximum number of connections of the protocol. Further clients are refused with OVERLOADED, on WebSocket with HTTP 503. HTTP connections do not
   * count. If this option is set, they are limited to 256, and idle ones are closed to make room. Default: no limit.
   */
  readonly maxConnections?: number | undefined;
  /**
   * Maximum number of connections of the protocol from one IPv4 address, or from one /64 network of IPv6: 1 or more. Further clients are refused
   * with OVERLOADED, on WebSocket with HTTP 503. Behind proxies set `trustProxy` as well, or all clients share the limit of the proxy. Default: no
   * limit.
   */
  readonly maxConnectionsPerAddress?: number | undefined;
  /**
   * The proxies that are trusted to name the address of a client: addresses, subnets (`10.0.0.0/8`), `loopback`, `linklocal`, `uniquelocal`,
   * and `unix` for the peers of a Unix socket. Requires the package `proxy-addr`. Default: none.
   */
  readonly trustProxy?: readonly string[] | undefined;
  /**
   * The header with which the proxies of `trustProxy` pass on the address of a client in HTTP requests: `x-forwarded-for`, or `forwarded`
   * (RFC 7239), which requires the package `forwarded-parse`. The proxies must set it, or append to it. Default `x-forwarded-for`.
   */
  readonly forwardedHeader?: 'x-forwarded-for' | 'forwarded' | undefined;
  /**
   * Whether connections of the proxies in `trustProxy` begin with a header of the PROXY protocol, version 1 or 2, before TLS. Connections of
   * these proxies without a header are closed, and `onError` gets the reason; other peers must not send one. Default false.
   */
  readonly proxyProtocol?: boolean | undefined;
  /**
   * How many connections a user may have. `one-per-terminal`: a login replaces the connection of the same user and terminal.
   * `one-per-device`: it replaces only a connection with the same, non-empty device id. `unlimited`: it replaces none, for example for several
   * tabs of a browser. Default `one-per-terminal`.
   */
  readonly sessions?: Sessions | undefined;
  /** Prefix of connection ids, so that the ids of several servers differ. Default: empty. */
  readonly idPrefix?: string | undefined;
  /**
   * The id of this server for the platform, as in the names of its topics: 1 to 108 letters, digits, `_` and `-`. Connection ids then contain the
   * start time of the server as well, so that the platform can distinguish its sessions from earlier ones. Required with `onSessionEvent`. Default:
   * none.
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

/**
 * Whether a server accepts clients. `ready`: yes. `full`: `maxConnections` are open, further clients are refused. `leaving`: yes, but it drains
 * soon, so load balancers send no further clients. `draining`: no, and the open connections are about to close. `closed`: no.
 */
export type ServerStatus = 'ready' | 'full' | 'leaving' | 'draining' | 'closed';

/** Options of `Server.drain`. All optional. */
export interface DrainOptions extends DrainInfoInit {
  /** How long open requests may take, in milliseconds: 0 to 600000. Then the remaining connections are closed. Default 0: at once. */
  readonly graceMs?: number | undefined;
  /**
   * Clients reconnect after a random time up to this one, in milliseconds: 0 to 600000. It spreads the load on the next server. Default 0: at
   * once.
   */
  readonly reconnectAfterMs?: number | undefined;
  /** The reason, as text for people: at most 512 bytes. Clients get it. Default: empty. */
  readonly reason?: string | undefined;
  /**
   * For how long the server still accepts clients while its `status` is `leaving`, before it drains, in milliseconds: 0 to 2147483647. In this
   * time load balancers find that it is not ready. Default 0.
   */
  readonly notReadyMs?: number | undefined;
}

/** A listening server. */
export interface Server {
  /** The port it listens on; 0 on a Unix socket. Kept after `close`. */
  readonly port: number;
  /** The authenticated connections. The option `sessions` says how many a user may have. */
  readonly connections: ConnectionRegistry<ServerConnection>;
  /** Number of open connections, authenticated or not. */
  readonly connectionCount: number;
  /** Whether it accepts clients: for readiness checks, see `answerHealth`. */
  readonly status: ServerStatus;
  /**
   * Counts since `listen`: connections, logins, frames, bytes, refusals, requests, queues. A copy. Durations of requests are measured from the
   * first call on. It visits all open connections, so call it every few seconds rather than for each message.
   */
  metrics(): ServerMetrics;
  /**
   * Reports the sessions of the server to one more listener, for `serveBroker`. The listener first gets OPENED for each open session, then the
   * events of `onSessionEvent`.
   * @param serverId the same as in `listen`. If `listen` has none, this sets it, before the first client connects.
   * @param listener its errors go to `onError`.
   * @throws ProtocolError INVALID_MESSAGE if `serverId` is invalid or differs from that of `listen`, or if `listen` has none and clients are
   * connected already.
   */
  observeSessions(serverId: string, listener: SessionListener<ServerConnection>): SessionObservation<ServerConnection>;
  /**
   * Stops accepting connections, after `notReadyMs` if given, sends DRAIN to all open ones, and resolves when they have closed. Pending HTTP
   * requests are answered within the grace period or two seconds, whichever is longer. A second call, or `close`, ends the wait of `notReadyMs`.
   * @throws ProtocolError INVALID_MESSAGE for options that break a rule. Nothing has happened then.
   */
  drain(options: DrainOptions): Promise<void>;
  /** Stops accepting connections, closes the open ones without DRAIN, and resolves when they have closed. */
  close(): Promise<void>;
}
