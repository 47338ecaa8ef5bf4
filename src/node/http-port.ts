// HTTP and WebSocket on accepted sockets. Their first byte is a capital letter.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { errorReporter, run } from '../callbacks.js';
import { HttpSockets } from './http-sockets.js';
import type { ListenOptions } from './listen-options.js';
import { readUpgrade } from './read-upgrade.js';
import { type UpgradeSettings, Upgrades } from './upgrades.js';

/** The methods of HTTP are in capital letters; a frame begins with 0. */
const FIRST_LETTER = 0x41;
const LAST_LETTER = 0x5a;

/** Milliseconds between two checks for requests that take too long. */
const CHECK_MS = 1000;

const NOTHING = Buffer.alloc(0);

export function isHttp(firstByte: number): boolean {
  return firstByte >= FIRST_LETTER && firstByte <= LAST_LETTER;
}

export interface HttpPortSettings extends UpgradeSettings {
  /** Timeout for the head of a request, and for a whole request. */
  readonly timeoutMs: number;
  /** Maximum number of HTTP connections, WebSockets not included. */
  readonly maxConnections: number;
  /** Whether to listen for the end of each socket. If not, call `closed`. */
  readonly watchesSockets: boolean;
}

/** An HTTP server on sockets that were accepted elsewhere. */
export class HttpPort {
  readonly #http;
  readonly #upgrades: Upgrades;
  readonly #report;
  readonly #sockets: HttpSockets;
  /** A handshake is answered at once: the socket never waits for the application. */
  readonly #isImmediate: boolean;

  constructor(options: ListenOptions, settings: HttpPortSettings) {
    const { http = upgradeRequired, onError } = options;
    this.#report = errorReporter(onError);
    const { timeoutMs } = settings;
    this.#isImmediate = options.accept === undefined;
    this.#sockets = new HttpSockets(settings.maxConnections, settings.watchesSockets);
    this.#upgrades = new Upgrades(options, {
      ...settings,
      decide: (request, decided, socket) => {
        this.#sockets.hold(socket, true);
        const done: typeof decided = (refusal, release) => {
          this.#sockets.hold(socket, false);
          decided(refusal, release);
        };
        settings.decide(request, done, socket);
      },
      onUpgraded: (upgraded) => {
        this.#sockets.delete(upgraded.socket);
        settings.onUpgraded(upgraded);
      },
    });
    this.#http = createServer({ connectionsCheckingInterval: Math.min(CHECK_MS, Math.ceil(timeoutMs)) });
    this.#http.headersTimeout = timeoutMs;
    this.#http.requestTimeout = timeoutMs;
    // The server never listens: this event starts its timeouts.
    this.#http.emit('listening');
    this.#http.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#sockets.answering(request.socket, response);
      const failed = (error: unknown): void => {
        this.#report(error, { callback: 'http' });
        giveUp(response);
      };
      // Without a listener, a write after the end would end the process.
      response.on('error', (error) => this.#report(error, { callback: 'http' }));
      if (this.#sockets.isOverfull) unavailable(response);
      else run(() => http(request, response), failed);
    });
    this.#http.on('upgrade', (request, socket, head) => {
      // Responses are sent in order: wait until no HTTP response is pending on this socket.
      this.#sockets.onceAnswered(socket as Socket, () => this.#upgrades.take(request, socket as Socket, head));
    });
  }

  /** Number of HTTP connections, WebSockets not included. */
  get size(): number {
    return this.#sockets.size;
  }

  /** Serves a socket. @param first bytes that were read already. */
  take(socket: Socket, first: Buffer): void {
    const upgrade = this.#isImmediate ? readUpgrade(socket, first) : undefined;
    if (upgrade !== undefined) {
      this.#upgrades.take(upgrade, socket, NOTHING);
      return;
    }
    this.#sockets.add(socket);
    this.#http.emit('connection', socket);
    // As if they came now: to unshift them would cost two more turns of the stream for each connection.
    socket.emit('data', first);
  }

  /** A socket has closed. Does nothing for one that HTTP does not use. */
  closed(socket: Socket): void {
    this.#sockets.delete(socket);
  }

  /** Ends idle connections, and the others when their requests are answered. Resolves when none is left. */
  drain(): Promise<void> {
    return this.#sockets.drain();
  }

  /** Ends the HTTP connections. Complete responses are still sent. */
  close(): void {
    void this.#sockets.drain().then(() => this.#http.close());
    this.#sockets.endUnanswered();
  }
}

/** Answers a request whose handler failed. */
function giveUp(response: ServerResponse): void {
  try {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // Remove the headers of the failed response.
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.writeHead(500, 'Internal Server Error', { Connection: 'close' }).end();
  } catch {
    response.destroy();
  }
}

function upgradeRequired(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade, close', 'Content-Type': 'text/plain' });
  response.end('This port speaks @im/protocol over WebSocket and TCP.\n');
}

function unavailable(response: ServerResponse): void {
  response.writeHead(503, { Connection: 'close', 'Content-Type': 'text/plain' });
  response.end('Too many connections.\n');
}
