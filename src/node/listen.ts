import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { WebSocket, WebSocketServer } from 'ws';
import type { DrainInfoInit } from '../../generated/init/im/protocol/v1/drain_info.js';
import type { Driver, Trace } from '../connection/driver.js';
import type { Link } from '../connection/link.js';
import { ServerConnection, type ServerHandlers } from '../connection/server-connection.js';
import { ProtocolError } from '../errors.js';
import { DEFAULT_HANDSHAKE_TIMEOUT_MS, DEFAULT_MAX_FRAME_BYTES, PROTOCOL_VERSION } from '../limits.js';
import { chooseSubprotocol } from '../negotiate/subprotocols.js';
import { ConnectionRegistry } from '../session/connection-registry.js';
import { ServerSession, type ServerSessionOptions } from '../session/server-session.js';
import { watchBudget } from './handshake-budget.js';
import { nodeRuntime } from './runtime.js';
import { tcpLink } from './tcp-link.js';
import { websocketLink } from './websocket-link.js';

/** What a server can be told; `login` and `message` it has to be told. */
export interface ListenOptions extends ServerHandlers, Omit<ServerSessionOptions, 'transport' | 'timeOriginMs' | 'connectionId'> {
  /** Default 0: the system picks one, see `Server.port`. */
  readonly port?: number | undefined;
  /** Default: all addresses. */
  readonly host?: string | undefined;
  /** Certificate and key: TLS in the place of TCP, `wss:` in the place of `ws:`. Default: none. */
  readonly tls?: TlsOptions | undefined;
  /** Takes requests of HTTP on the same port. Default: 426 Upgrade Required. */
  readonly http?: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  /** More connections are refused as OVERLOADED. Default: no bound. */
  readonly maxConnections?: number | undefined;
  /** Stands in front of the number of each connection, so that the ids of several servers differ. Default: empty. */
  readonly idPrefix?: string | undefined;
  /** Sees all bytes of a connection, for a log or a test. */
  readonly trace?: ((connection: ServerConnection, ...args: Parameters<Trace>) => void) | undefined;
}

/** A server that listens. */
export interface Server {
  /** Where it listens, or has listened. */
  readonly port: number;
  /** The connections that are logged in. */
  readonly connections: ConnectionRegistry<ServerConnection>;
  /** How many connections are open, logged in or not. */
  readonly connectionCount: number;
  /** Takes no more connections, announces the end on all that are open, and resolves when they have ended. */
  drain(drain: DrainInfoInit): Promise<void>;
  /** Takes no more connections, and ends those that are open without a word: `drain` says one. Resolves when they have ended. */
  close(): Promise<void>;
}

/** HTTP and WebSocket begin with the capital letters of a method; a frame begins with 0. */
const FIRST_LETTER = 0x41;
const LAST_LETTER = 0x5a;

/**
 * Listens for TCP and WebSocket on one port: the first byte of a connection tells which. WebSocket needs the package `ws`.
 * @throws Error of the system where it cannot listen.
 */
export async function listen(options: ListenOptions): Promise<Server> {
  const { WebSocketServer } = await import('ws');
  const server = new ListeningServer(options, WebSocketServer);
  await server.start();
  return server;
}

class ListeningServer implements Server {
  readonly connections = new ConnectionRegistry<ServerConnection>();
  readonly #options: ListenOptions;
  readonly #net: NetServer;
  readonly #http = createHttpServer();
  readonly #websockets: WebSocketServer;
  readonly #open = new Set<ServerConnection>();
  readonly #sockets = new Set<Socket>();
  /** Kept, because a server that drains does not listen any more, and the next one may want its port. */
  #port = 0;
  #count = 0;
  #onEmpty: (() => void) | undefined;

  constructor(options: ListenOptions, Websockets: typeof WebSocketServer) {
    this.#options = options;
    const { versions = [PROTOCOL_VERSION], maxFrameBytes, tls, handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS } = options;
    this.#net = tls === undefined ? createServer() : createTlsServer(tls);
    this.#net.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => this.#accept(socket));
    this.#http.headersTimeout = handshakeTimeoutMs;
    this.#http.requestTimeout = handshakeTimeoutMs;
    this.#http.on('request', options.http ?? upgradeRequired);
    this.#websockets = new Websockets({
      noServer: true,
      clientTracking: false,
      // "permessage-deflate is off", and a message "is at most the receiver's max_frame_bytes".
      perMessageDeflate: false,
      maxPayload: maxFrameBytes || DEFAULT_MAX_FRAME_BYTES,
      handleProtocols: (offered) => chooseSubprotocol([...offered], versions) ?? false,
    });
    this.#http.on('upgrade', (request, socket, head) => {
      this.#websockets.handleUpgrade(request, socket, head, (websocket) => this.#upgraded(websocket, socket as Socket));
    });
  }

  async start(): Promise<void> {
    this.#net.listen(this.#options.port ?? 0, this.#options.host);
    await once(this.#net, 'listening');
    this.#port = (this.#net.address() as AddressInfo).port;
  }

  get port(): number {
    return this.#port;
  }

  get connectionCount(): number {
    return this.#open.size;
  }

  async drain(drain: DrainInfoInit): Promise<void> {
    this.#net.close();
    this.#http.closeIdleConnections();
    for (const connection of [...this.#open]) connection.drain(drain);
    await this.#empty();
    await this.close();
  }

  async close(): Promise<void> {
    const closed = this.#net.listening ? once(this.#net, 'close') : undefined;
    this.#net.close();
    for (const connection of [...this.#open]) connection.close();
    this.#http.closeAllConnections();
    await this.#empty();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Resolves when no connection is open. */
  #empty(): Promise<void> | undefined {
    if (this.#open.size === 0) return undefined;
    return new Promise((resolve) => {
      const before = this.#onEmpty;
      this.#onEmpty = () => {
        before?.();
        resolve();
      };
    });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.once('error', () => {});
    // Who sends nothing is a silent client of TCP: it gets its Reject when the time is over.
    const { handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS } = this.#options;
    const timer = setTimeout(() => {
      socket.off('data', first);
      this.#connect(socket, 'tcp', (driver) => tcpLink(socket, driver)).close(
        new ProtocolError('HANDSHAKE_TIMEOUT', `no Hello within ${handshakeTimeoutMs} ms`),
      );
    }, handshakeTimeoutMs);
    const first = (chunk: Buffer): void => {
      clearTimeout(timer);
      if (chunk[0] >= FIRST_LETTER && chunk[0] <= LAST_LETTER) {
        socket.pause();
        socket.unshift(chunk);
        this.#http.emit('connection', socket);
        socket.resume();
      } else this.#connect(socket, 'tcp', (driver) => tcpLink(socket, driver, chunk));
    };
    socket.once('data', first);
    socket.once('close', () => clearTimeout(timer));
  }

  #upgraded(websocket: WebSocket, socket: Socket): void {
    const connection = this.#connect(socket, 'websocket', (driver) => websocketLink(websocket, driver, socket));
    const unwatch = watchBudget(websocket, socket, () => {
      if (connection.user !== undefined) unwatch();
      else
        connection.close(new ProtocolError('FRAME_TOO_LARGE', 'a WebSocket message before LOGIN is larger than a frame may be'));
    });
  }

  #connect(socket: Socket, transport: 'tcp' | 'websocket', link: (driver: Driver<ServerSession>) => Link): ServerConnection {
    const options = this.#options;
    this.#count += 1;
    const id = `${options.idPrefix ?? ''}${this.#count}`;
    const { timeOriginMs } = nodeRuntime;
    const session = new ServerSession({ ...options, transport, timeOriginMs, connectionId: id }, nodeRuntime.nowMs());
    const origin = { id, transport, remoteAddress: socket.remoteAddress ?? '' };
    const hooks = {
      onUser: (user: ServerConnection) => void this.connections.add(user),
      onEnd: (ended: ServerConnection) => this.#ended(ended),
    };
    const { trace } = options;
    const connection: ServerConnection = new ServerConnection(
      origin,
      session,
      nodeRuntime,
      options,
      hooks,
      trace && ((direction, bytes) => trace(connection, direction, bytes)),
    );
    this.#open.add(connection);
    connection.driver.attach(link(connection.driver));
    if (this.#open.size > (options.maxConnections ?? Number.POSITIVE_INFINITY)) {
      connection.close(new ProtocolError('OVERLOADED', `${this.#open.size - 1} connections are open`));
    }
    return connection;
  }

  #ended(connection: ServerConnection): void {
    this.#open.delete(connection);
    this.connections.remove(connection);
    if (this.#open.size > 0) return;
    this.#onEmpty?.();
    this.#onEmpty = undefined;
  }
}

function upgradeRequired(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade', 'Content-Type': 'text/plain' });
  response.end('This port speaks @im/protocol over WebSocket and TCP.\n');
}
