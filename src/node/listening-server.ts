import { once } from 'node:events';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { WebSocket, WebSocketServer } from 'ws';
import type { DrainInfoInit } from '../../generated/init/im/protocol/v1/drain_info.js';
import { Command } from '../../generated/types/im/protocol/v1/command.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { Link, LinkOwner } from '../connection/link.js';
import { LONGEST_TIMER_MS } from '../connection/runtime.js';
import { ServerConnection } from '../connection/server-connection.js';
import { ProtocolError } from '../errors.js';
import { DEFAULT_HANDSHAKE_TIMEOUT_MS } from '../limits.js';
import { ConnectionRegistry } from '../session/connection-registry.js';
import { ServerSession } from '../session/server-session.js';
import { startDeadline } from './deadline.js';
import { firstBytes } from './first-bytes.js';
import { watchBudget } from './handshake-budget.js';
import { HttpPort, isHttp } from './http-port.js';
import { LINGER_MS } from './linger.js';
import type { ListenOptions, Server } from './listen.js';
import { nodeRuntime } from './runtime.js';
import { tcpLink } from './tcp-link.js';
import { websocketLink } from './websocket-link.js';

/** So many connections beyond `maxConnections` are told so; more are closed without a word. */
const REFUSED_AT_ONCE = 256;

type Transport = ServerConnection['transport'];

export class ListeningServer implements Server {
  readonly connections = new ConnectionRegistry<ServerConnection>();
  readonly #options: ListenOptions;
  readonly #timeoutMs: number;
  readonly #maxConnections: number;
  readonly #net: NetServer;
  readonly #http: HttpPort;
  readonly #open = new Set<ServerConnection>();
  /** All sockets, and those of them that have not said a word. */
  readonly #sockets = new Set<Socket>();
  readonly #silent = new Set<Socket>();
  readonly #closed: Promise<void>;
  /** Kept, because a server that drains does not listen any more, and the next one may want its port. */
  #port = 0;
  #count = 0;
  #drain: DrainInfoInit | undefined;
  #onEmpty: (() => void)[] = [];

  constructor(options: ListenOptions, Websockets: typeof WebSocketServer) {
    const { tls, handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS, maxConnections = Number.POSITIVE_INFINITY } = options;
    this.#options = options;
    this.#timeoutMs = Math.min(handshakeTimeoutMs, LONGEST_TIMER_MS);
    this.#maxConnections = maxConnections;
    // Options that no client could be served with fail now, and not when the first one comes.
    this.#session('tcp', this.#id(Number.MAX_SAFE_INTEGER), 0);
    this.#net = tls === undefined ? createServer() : createTlsServer({ handshakeTimeout: this.#timeoutMs, ...tls });
    if (maxConnections !== Number.POSITIVE_INFINITY) this.#net.maxConnections = maxConnections + REFUSED_AT_ONCE;
    this.#net.on('connection', (socket: Socket) => this.#keep(socket));
    this.#net.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => this.#accept(socket));
    // Node tells of a TLS handshake that takes too long, and leaves it at that.
    this.#net.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy());
    this.#closed = new Promise((resolve) => void this.#net.once('close', resolve));
    this.#http = new HttpPort(options, this.#timeoutMs, Websockets, (websocket, socket) => this.#upgraded(websocket, socket));
  }

  /** @throws Error of the system where it cannot listen. */
  async start(): Promise<void> {
    this.#net.listen(this.#options.port ?? 0, this.#options.host);
    await once(this.#net, 'listening');
    // A connection that could not be accepted (too many open files) is one that failed, and not the end of the others.
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
    // Told before anything has happened.
    encodeFrame('SendInfo', { cmd: Command.DRAIN, data: { $case: 'drain', value: drain } });
    this.#drain = drain;
    this.#net.close();
    this.#http.closeIdle();
    for (const connection of [...this.#open]) connection.drain(drain);
    if (this.#open.size > 0) await new Promise<void>((resolve) => void this.#onEmpty.push(resolve));
    await this.close();
  }

  async close(): Promise<void> {
    this.#net.close();
    for (const connection of [...this.#open]) connection.close();
    this.#http.close();
    for (const socket of this.#silent) socket.destroy();
    // The others end by themselves, behind what was said last; but for those in the middle of a TLS handshake.
    const cancel = startDeadline(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, LINGER_MS);
    await this.#closed;
    cancel();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #accept(socket: Socket): void {
    const acceptedAtMs = nodeRuntime.nowMs();
    socket.on('error', () => {});
    this.#silent.add(socket);
    socket.once('close', () => this.#silent.delete(socket));
    const take = (chunk: Buffer): void => {
      this.#silent.delete(socket);
      if (isHttp(chunk[0])) this.#http.take(socket, chunk);
      else this.#connect(socket, 'tcp', acceptedAtMs, (owner) => tcpLink(socket, owner, chunk));
    };
    // Who sends nothing is a silent client of TCP: it gets its Reject when the time is over.
    firstBytes(socket, this.#timeoutMs, take, () => {
      this.#silent.delete(socket);
      const connection = this.#connect(socket, 'tcp', acceptedAtMs, (owner) => tcpLink(socket, owner));
      connection.close(new ProtocolError('HANDSHAKE_TIMEOUT', `no Hello within ${this.#timeoutMs} ms`));
    });
  }

  #upgraded(websocket: WebSocket, socket: Socket): void {
    const now = nodeRuntime.nowMs();
    const connection = this.#connect(socket, 'websocket', now, (owner) => websocketLink(websocket, owner, socket));
    watchBudget(websocket, socket, connection);
  }

  #connect(socket: Socket, transport: Transport, sinceMs: number, link: (owner: LinkOwner) => Link): ServerConnection {
    this.#count += 1;
    const id = this.#id(this.#count);
    const session = this.#session(transport, id, sinceMs);
    const origin = { id, transport, remoteAddress: socket.remoteAddress ?? '' };
    const hooks = {
      onUser: (user: ServerConnection) => void this.connections.add(user),
      onEnd: (ended: ServerConnection) => this.#ended(ended),
    };
    const { trace } = this.#options;
    const connection: ServerConnection = new ServerConnection(
      origin,
      session,
      nodeRuntime,
      this.#options,
      hooks,
      trace && ((direction, bytes) => trace(connection, direction, bytes)),
    );
    this.#open.add(connection);
    connection.driver.attach(link(connection.driver));
    if (this.#drain !== undefined) connection.drain(this.#drain);
    else if (this.#open.size > this.#maxConnections)
      connection.close(new ProtocolError('OVERLOADED', `${this.#open.size - 1} connections are open`));
    return connection;
  }

  #id(count: number): string {
    return `${this.#options.idPrefix ?? ''}${count}`;
  }

  /** @throws ProtocolError INVALID_MESSAGE for options that break a rule. */
  #session(transport: Transport, connectionId: string, sinceMs: number): ServerSession {
    const { timeOriginMs } = nodeRuntime;
    return new ServerSession({ ...this.#options, transport, timeOriginMs, connectionId }, sinceMs);
  }

  #ended(connection: ServerConnection): void {
    this.#open.delete(connection);
    this.connections.remove(connection);
    if (this.#open.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}
