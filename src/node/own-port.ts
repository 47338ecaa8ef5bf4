// The port of a server: TCP, TLS, WebSocket and HTTP, distinguished by the first byte of a connection.
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type TlsOptions, type Server as TlsServer } from 'node:tls';
import { errorReporter } from '../callbacks.js';
import { ProtocolError } from '../errors.js';
import { PROTOCOL_VERSIONS } from '../limits.js';
import { chooseSubprotocol } from '../negotiate/subprotocols.js';
import { AcceptedSockets, firstBytes } from './accepted-sockets.js';
import { AddressCounts } from './address-counts.js';
import { plainAddress } from './addresses.js';
import { connectWebsocket } from './connect-websocket.js';
import { LINGER_MS, startDeadline } from './deadline.js';
import { type Entrance, type EntranceSettings, type Host, REFUSED_AT_ONCE } from './entrance.js';
import { HttpPort, isHttp } from './http-port.js';
import { listenOn } from './listen-on.js';
import type { ListenOptions } from './listen-options.js';
import { nodePlatform } from './platform.js';
import { takeProxyHeader } from './proxy-sockets.js';
import { tcpTransport } from './tcp-transport.js';

/** Maximum number of HTTP connections besides `maxConnections`. */
const HTTP_CONNECTIONS = 256;
/** Number of sockets of an address beyond `maxConnectionsPerAddress`: for HTTP, and to refuse connections. Further ones are destroyed. */
const SPARE_SOCKETS = 16;

export class OwnPort implements Entrance {
  readonly #options: ListenOptions;
  readonly #settings: EntranceSettings;
  readonly #host: Host;
  readonly #report;
  readonly #net: NetServer;
  /** Gets its sockets from `#net`, if it is not the same. */
  readonly #tls: TlsServer | undefined;
  readonly #http: HttpPort;
  readonly #sockets: AcceptedSockets;
  readonly #perAddress: AddressCounts | undefined;
  readonly #closed: Promise<void>;
  #isUnix = false;
  #port = 0;

  constructor(options: ListenOptions, settings: EntranceSettings, host: Host) {
    const { tls, proxyProtocol, maxConnectionsPerAddress } = options;
    this.#options = options;
    this.#settings = settings;
    this.#host = host;
    this.#report = errorReporter(options.onError);
    this.#sockets = new AcceptedSockets(tls !== undefined, (socket) => this.#http.closed(socket));
    if (maxConnectionsPerAddress !== undefined) this.#perAddress = new AddressCounts(maxConnectionsPerAddress + SPARE_SOCKETS);
    this.#tls = tls && createTlsServer({ handshakeTimeout: settings.timeoutMs, ...alpnOf(options), ...tls });
    // The PROXY header comes before TLS.
    this.#net = this.#tls === undefined || proxyProtocol ? createServer() : this.#tls;
    this.#net.on('connection', (socket: Socket) => this.#arrived(socket));
    this.#tls?.on('secureConnection', (socket: Socket) => this.#accept(socket));
    // Node reports a slow TLS handshake, but does not destroy the socket.
    this.#tls?.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy());
    this.#closed = new Promise((resolve) => void this.#net.once('close', resolve));
    this.#http = new HttpPort(options, {
      timeoutMs: settings.timeoutMs,
      maxConnections: settings.maxConnections === Number.POSITIVE_INFINITY ? settings.maxConnections : HTTP_CONNECTIONS,
      // The sockets of HTTP over TLS are others than those that were accepted.
      watchesSockets: tls !== undefined,
      ws: settings.ws,
      addressOf: (request) => this.#clientOf(request),
      decide: (request, decided) => host.decide(request, decided),
      onUpgraded: (upgraded) => {
        // From now on ws listens.
        upgraded.socket.off('error', ignore);
        connectWebsocket(upgraded, host);
      },
    });
  }

  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    await listenOn(this.#net, this.#options);
    // A connection that could not be accepted (too many open files) must not end the others.
    this.#net.on('error', () => {});
    const { port } = (this.#net.address() ?? {}) as Partial<AddressInfo>;
    this.#isUnix = port === undefined;
    this.#port = port ?? 0;
    if (!this.#isUnix || this.#tls === undefined) return;
    this.#net.close();
    throw new ProtocolError('INVALID_MESSAGE', 'tls: not on a Unix socket', { path: 'tls' });
  }

  ended(socket: Socket): void {
    this.#sockets.end(socket);
  }

  drain(): Promise<void> {
    this.#net.close();
    return this.#http.drain();
  }

  stop(): void {
    this.#net.close();
    this.#http.close();
    this.#sockets.destroySilent();
  }

  async closed(): Promise<void> {
    // Sockets close after their last bytes, unless the peer does not read them.
    const cancel = startDeadline(() => this.#sockets.destroyAll(), LINGER_MS);
    await this.#closed;
    cancel();
  }

  #arrived(socket: Socket): void {
    if (!this.#keep(socket)) return void socket.destroy();
    const peer = plainAddress(socket.remoteAddress);
    // It is closed already.
    if (peer === '' && !this.#isUnix) return void socket.destroy();
    const isProxy = this.#settings.proxies?.has(peer) ?? false;
    if (isProxy && this.#options.proxyProtocol) this.#readProxyHeader(socket, peer);
    else this.#go(socket, isProxy ? '' : peer);
  }

  /** Whether there is room for a socket. */
  #keep(socket: Socket): boolean {
    const { maxConnections } = this.#settings;
    if (this.#sockets.size - this.#http.size >= maxConnections + REFUSED_AT_ONCE) {
      // While connections are below the limit, a silent socket must not block others.
      if (this.#host.connectionCount >= maxConnections || !this.#sockets.destroyOldestSpare()) return false;
    }
    this.#sockets.add(socket);
    return true;
  }

  #readProxyHeader(socket: Socket, peer: string): void {
    takeProxyHeader(socket, this.#settings.timeoutMs, (source, error) => {
      if (error !== undefined) {
        socket.destroy();
        this.#report(error, {});
        return;
      }
      if (source !== undefined) this.#sockets.setAddress(socket, source);
      const address = source ?? peer;
      this.#go(socket, this.#settings.proxies?.has(address) ? '' : address);
      // A TLS connection reads by itself.
      if (this.#tls === undefined) socket.resume();
    });
  }

  /** @param address that counts for the limit; `''` if none does. */
  #go(socket: Socket, address: string): void {
    const place = this.#perAddress?.take(address);
    if (place === 'full') return void socket.destroy();
    if (place !== undefined) socket.once('close', place);
    if (this.#tls === undefined) this.#accept(socket);
    else if (this.#tls !== this.#net) this.#tls.emit('connection', socket);
  }

  #accept(socket: Socket): void {
    if (socket.destroyed) return;
    const sinceMs = nodePlatform.nowMs();
    socket.on('error', ignore);
    const take = (chunk: Buffer): void => {
      if (isHttp(chunk[0])) {
        this.#sockets.use(socket);
        this.#http.take(socket, chunk);
      } else this.#decide(socket, chunk, sinceMs);
    };
    // A silent client counts as TCP: it gets a Reject after the handshake timeout.
    firstBytes(socket, this.#settings.timeoutMs, take, () => {
      const { timeoutMs } = this.#settings;
      this.#connect(socket, sinceMs).close(new ProtocolError('HANDSHAKE_TIMEOUT', `no Hello within ${timeoutMs} ms`));
    });
  }

  /** A client of TCP. */
  #decide(socket: Socket, chunk: Buffer, sinceMs: number): void {
    let first: Buffer | undefined = chunk;
    let isDecided = false;
    this.#host.decide(tcpRequest(socket, this.#addressOf(socket)), (refusal, release) => {
      isDecided = true;
      if (socket.destroyed) return release();
      // The client has not caused the wait for a decision.
      const connection = this.#connect(socket, first === undefined ? nodePlatform.nowMs() : sinceMs, release, first);
      if (refusal !== undefined) connection.close(refusal);
      else if (first === undefined) socket.resume();
    });
    if (isDecided) return;
    // It is not silent.
    this.#sockets.use(socket);
    socket.pause();
    socket.unshift(chunk);
    first = undefined;
  }

  #connect(socket: Socket, sinceMs: number, release?: () => void, chunk?: Buffer): ReturnType<Host['connect']> {
    this.#sockets.use(socket);
    return this.#host.connect({
      socket,
      transport: 'tcp',
      remoteAddress: this.#addressOf(socket),
      sinceMs,
      release,
      open: (owner) => tcpTransport(socket, owner, chunk),
    });
  }

  /** The address of the peer, or that of its PROXY header. */
  #addressOf(socket: Socket): string {
    return this.#sockets.addressOf(socket) ?? plainAddress(socket.remoteAddress);
  }

  #clientOf({ socket, headers }: IncomingMessage): string {
    const peer = this.#addressOf(socket);
    return this.#settings.proxies?.clientOf(peer, headers) ?? peer;
  }
}

function ignore(): void {}

function tcpRequest(socket: Socket, remoteAddress: string) {
  const tls = socket instanceof TLSSocket ? socket : undefined;
  const protocols = typeof tls?.alpnProtocol === 'string' ? [tls.alpnProtocol] : [];
  return { remoteAddress, transport: 'tcp', headers: {}, url: '', origin: undefined, protocols, tls } as const;
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
