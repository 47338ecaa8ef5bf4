import { once } from 'node:events';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { WebSocket } from 'ws';
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { DrainInfoInit } from '../../generated/im/protocol/v1/drain_info.js';
import { errorReporter, run } from '../callbacks.js';
import { encodeFrame } from '../codec/encode-frame.js';
import { LONGEST_TIMER_MS } from '../connection/platform.js';
import { ServerConnection, type ServerHooks } from '../connection/server-connection.js';
import { SessionReporter } from '../connection/session-reporter.js';
import type { Transport, TransportOwner } from '../connection/transport.js';
import { ProtocolError } from '../errors.js';
import { DEFAULT_HANDSHAKE_TIMEOUT_MS, PROTOCOL_VERSIONS } from '../limits.js';
import { chooseSubprotocol } from '../negotiate/subprotocols.js';
import { ConnectionRegistry } from '../session/connection-registry.js';
import { ServerSession } from '../session/server-session.js';
import { AcceptedSockets, firstBytes } from './accepted-sockets.js';
import { LINGER_MS, startDeadline } from './deadline.js';
import { watchBudget } from './handshake-budget.js';
import { HttpPort, isHttp } from './http-port.js';
import type { ListenOptions, Server } from './listen-options.js';
import type { Ws } from './load-ws.js';
import { nodePlatform } from './platform.js';
import { tcpTransport } from './tcp-transport.js';
import { websocketTransport } from './websocket-transport.js';

/** Number of connections beyond `maxConnections` that are refused with OVERLOADED. Further ones are destroyed. */
const REFUSED_AT_ONCE = 256;
/** Maximum number of HTTP connections besides `maxConnections`. */
const HTTP_CONNECTIONS = 256;

type TransportName = ServerConnection['transport'];

/** The server of `listen`: accepts sockets, distinguishes TCP and HTTP, and keeps the connections. */
export class ListeningServer implements Server {
  readonly connections = new ConnectionRegistry<ServerConnection>();
  readonly #options: ListenOptions;
  readonly #timeoutMs: number;
  readonly #maxConnections: number;
  readonly #net: NetServer;
  readonly #http: HttpPort;
  readonly #open = new Set<ServerConnection>();
  readonly #sockets = new AcceptedSockets();
  readonly #closed: Promise<void>;
  readonly #idPrefix: string;
  readonly #reporter: SessionReporter<ServerConnection> | undefined;
  /** Kept after `close`. */
  #port = 0;
  #count = 0;
  #drain: DrainInfoInit | undefined;
  #onEmpty: (() => void)[] = [];

  /** @param ws the package, or the error of loading it. Undefined if WebSocket is disabled. */
  constructor(options: ListenOptions, ws: Ws | ProtocolError | undefined) {
    const { tls, handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS, maxConnections = Number.POSITIVE_INFINITY } = options;
    this.#options = options;
    this.#timeoutMs = Math.min(handshakeTimeoutMs, LONGEST_TIMER_MS);
    this.#maxConnections = maxConnections;
    this.#idPrefix = idPrefixOf(options);
    this.#reporter = this.#createReporter();
    // Invalid options fail now, not with the first client.
    this.#session('tcp', this.#id(Number.MAX_SAFE_INTEGER), 0);
    this.#net =
      tls === undefined ? createServer() : createTlsServer({ handshakeTimeout: this.#timeoutMs, ...alpnOf(options), ...tls });
    this.#net.on('connection', (socket: Socket) => this.#keep(socket));
    this.#net.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => this.#accept(socket));
    // Node reports a slow TLS handshake, but does not destroy the socket.
    this.#net.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy());
    this.#closed = new Promise((resolve) => void this.#net.once('close', resolve));
    this.#http = new HttpPort(options, {
      timeoutMs: this.#timeoutMs,
      maxConnections: maxConnections === Number.POSITIVE_INFINITY ? maxConnections : HTTP_CONNECTIONS,
      ws,
      onWebsocket: (websocket, socket) => this.#upgraded(websocket, socket),
    });
  }

  /** @throws Error of the system if it cannot listen. */
  async start(): Promise<void> {
    this.#net.listen(this.#options.port ?? 0, this.#options.host);
    await once(this.#net, 'listening');
    // A connection that could not be accepted (too many open files) must not end the others.
    this.#net.on('error', () => {});
    this.#port = (this.#net.address() as AddressInfo).port;
  }

  get port(): number {
    return this.#port;
  }

  get connectionCount(): number {
    return this.#open.size;
  }

  async drain(drain: DrainInfoInit): Promise<void> {
    // Throws for an invalid `drain` before anything happens.
    encodeFrame('SendInfo', { cmd: Command.DRAIN, data: { $case: 'drain', value: drain } });
    this.#drain = drain;
    this.#net.close();
    const answered = this.#http.drain();
    for (const connection of [...this.#open]) connection.drain(drain);
    const ended = new Promise<void>((resolve) => {
      if (this.#open.size === 0) resolve();
      else this.#onEmpty.push(resolve);
    });
    // Sessions close after the grace period.
    await Promise.all([ended, within(answered, Math.max(drain.graceMs ?? 0, LINGER_MS))]);
    await this.close();
  }

  async close(): Promise<void> {
    this.#net.close();
    for (const connection of [...this.#open]) connection.close();
    this.#http.close();
    this.#sockets.destroySilent();
    // The others close after their last bytes, unless the peer does not read them.
    const cancel = startDeadline(() => this.#sockets.destroyAll(), LINGER_MS);
    await this.#closed;
    cancel();
  }

  #keep(socket: Socket): void {
    if (this.#sockets.size - this.#http.size >= this.#maxConnections + REFUSED_AT_ONCE) {
      // While connections are below the limit, a silent socket must not block others.
      const isFull = this.#open.size >= this.#maxConnections || !this.#sockets.destroyOldestSpare();
      if (isFull) return void socket.destroy();
    }
    this.#sockets.add(socket);
  }

  #accept(socket: Socket): void {
    if (socket.destroyed) return;
    const acceptedAtMs = nodePlatform.nowMs();
    socket.on('error', () => {});
    const take = (chunk: Buffer): void => {
      this.#sockets.use(socket);
      if (isHttp(chunk[0])) this.#http.take(socket, chunk);
      else this.#connect(socket, 'tcp', acceptedAtMs, (owner) => tcpTransport(socket, owner, chunk));
    };
    // A silent client counts as TCP: it gets a Reject after the handshake timeout.
    firstBytes(socket, this.#timeoutMs, take, () => {
      this.#sockets.use(socket);
      const connection = this.#connect(socket, 'tcp', acceptedAtMs, (owner) => tcpTransport(socket, owner));
      connection.close(new ProtocolError('HANDSHAKE_TIMEOUT', `no Hello within ${this.#timeoutMs} ms`));
    });
  }

  #upgraded(websocket: WebSocket, socket: Socket): void {
    const now = nodePlatform.nowMs();
    const connection = this.#connect(socket, 'websocket', now, (owner) => websocketTransport(websocket, owner, socket));
    watchBudget(websocket, socket, connection);
  }

  #connect(
    socket: Socket,
    transport: TransportName,
    sinceMs: number,
    open: (owner: TransportOwner) => Transport,
  ): ServerConnection {
    this.#count += 1;
    const id = this.#id(this.#count);
    const session = this.#session(transport, id, sinceMs);
    const origin = { id, transport, remoteAddress: socket.remoteAddress ?? '' };
    const hooks: ServerHooks = {
      onUser: (user, epoch) => {
        // Before the end of the connection that it replaces.
        this.#reporter?.opened(user, epoch);
        this.connections.add(user);
      },
      onBackground: (changed) => this.#reporter?.changed(changed),
      onEnd: (ended, error) => this.#ended(ended, socket, error),
    };
    const { trace } = this.#options;
    const connection: ServerConnection = new ServerConnection(
      origin,
      session,
      nodePlatform,
      this.#options,
      hooks,
      trace && ((direction, bytes) => trace(connection, direction, bytes)),
    );
    this.#open.add(connection);
    connection.driver.attach(open(connection.driver));
    if (this.#drain !== undefined) connection.drain(this.#drain);
    else if (this.#open.size > this.#maxConnections)
      connection.close(new ProtocolError('OVERLOADED', `${this.#open.size - 1} connections are open`));
    return connection;
  }

  #id(count: number): string {
    return `${this.#idPrefix}${count}`;
  }

  /** @throws ProtocolError INVALID_MESSAGE for an invalid `serverId`. */
  #createReporter(): SessionReporter<ServerConnection> | undefined {
    const { serverId, onSessionEvent } = this.#options;
    if (serverId === undefined && onSessionEvent === undefined) return undefined;
    const report = errorReporter(this.#options.onError);
    const reporter = new SessionReporter<ServerConnection>(serverId ?? '', nodePlatform, (event, connection) =>
      run(
        () => onSessionEvent?.(event, connection),
        (error) => report(error, { callback: 'onSessionEvent', connection, user: connection.user }),
      ),
    );
    return onSessionEvent === undefined ? undefined : reporter;
  }

  /** @throws ProtocolError INVALID_MESSAGE for options that break a rule. */
  #session(transport: TransportName, connectionId: string, sinceMs: number): ServerSession {
    const { timeOriginMs } = nodePlatform;
    return new ServerSession({ ...this.#options, transport, timeOriginMs, connectionId }, sinceMs);
  }

  #ended(connection: ServerConnection, socket: Socket, error: ProtocolError | undefined): void {
    this.#open.delete(connection);
    this.#sockets.end(socket);
    this.connections.remove(connection);
    this.#reporter?.ended(connection, error, connection.isLoggedOut);
    if (this.#open.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}

/** Connection ids of a server that has an id are never used again, not even after a restart. */
function idPrefixOf({ idPrefix = '', serverId }: ListenOptions): string {
  if (serverId === undefined) return idPrefix;
  const startedAtMs = Math.floor(nodePlatform.timeOriginMs + nodePlatform.nowMs());
  return `${idPrefix}${startedAtMs.toString(36)}-`;
}

/** The application protocol that WebSocket clients offer. */
const HTTP_1 = 'http/1.1';

/**
 * "Over TLS the version is settled by ALPN, chosen as the subprotocol is." If a client offers neither a version nor HTTP, its first name is
 * selected, which settles nothing: without a selection, Node ends the connection with an alert.
 */
function alpnOf({ tls, versions = PROTOCOL_VERSIONS }: ListenOptions): TlsOptions {
  // The application selects.
  if (tls?.ALPNProtocols !== undefined || tls?.ALPNCallback !== undefined) return {};
  return {
    ALPNCallback: ({ protocols }) =>
      chooseSubprotocol(protocols, versions) ?? (protocols.includes(HTTP_1) ? HTTP_1 : protocols[0]),
  };
}

/** Resolves with the promise, or after `ms` milliseconds. */
async function within(promise: Promise<void>, ms: number): Promise<void> {
  let cancel = (): void => {};
  const late = new Promise<void>((resolve) => {
    cancel = startDeadline(resolve, ms);
  });
  await Promise.race([promise, late]);
  cancel();
}
