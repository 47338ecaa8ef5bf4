// HTTP and WebSocket on accepted sockets. Their first byte is a capital letter.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket, WebSocketServer } from 'ws';
import { errorReporter, run } from '../callbacks.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import { DEFAULT_MAX_FRAME_BYTES, PROTOCOL_VERSIONS } from '../limits.js';
import { chooseSubprotocol } from '../negotiate/subprotocols.js';
import { endWithin, LINGER_MS } from './deadline.js';
import { HttpSockets } from './http-sockets.js';
import type { ListenOptions } from './listen-options.js';
import type { Ws } from './load-ws.js';

/** The methods of HTTP are in capital letters; a frame begins with 0. */
const FIRST_LETTER = 0x41;
const LAST_LETTER = 0x5a;

/** Milliseconds between two checks for requests that take too long. */
const CHECK_MS = 1000;

export function isHttp(firstByte: number): boolean {
  return firstByte >= FIRST_LETTER && firstByte <= LAST_LETTER;
}

export interface HttpPortSettings {
  /** Timeout for the head of a request, and for a whole request. */
  readonly timeoutMs: number;
  /** Maximum number of HTTP connections, WebSockets not included. */
  readonly maxConnections: number;
  /** The package ws, or the error of loading it. Undefined if WebSocket is disabled. */
  readonly ws: Ws | ProtocolError | undefined;
  onWebsocket(websocket: WebSocket, socket: Socket): void;
}

/** An HTTP server on sockets that were accepted elsewhere. */
export class HttpPort {
  readonly #http;
  readonly #settings: HttpPortSettings;
  readonly #websockets: WebSocketServer | undefined;
  /** The error of loading ws, until it is reported with the first client. */
  #missing: ProtocolError | undefined;
  readonly #report;
  readonly #sockets: HttpSockets;

  constructor(options: ListenOptions, settings: HttpPortSettings) {
    const { http = upgradeRequired, onError } = options;
    this.#report = errorReporter(onError);
    const { timeoutMs, ws } = settings;
    this.#settings = settings;
    this.#sockets = new HttpSockets(settings.maxConnections);
    if (isProtocolError(ws)) this.#missing = ws;
    else this.#websockets = ws && new ws.WebSocketServer(websocketSettings(options));
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
      this.#sockets.onceAnswered(socket as Socket, () => this.#upgrade(request, socket as Socket, head));
    });
  }

  /** Number of HTTP connections, WebSockets not included. */
  get size(): number {
    return this.#sockets.size;
  }

  /** Serves a socket. @param first bytes that were read already. */
  take(socket: Socket, first: Buffer): void {
    this.#sockets.add(socket);
    socket.pause();
    socket.unshift(first);
    this.#http.emit('connection', socket);
    socket.resume();
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

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    let isOpen = false;
    if (this.#websockets === undefined) {
      socket.write(NO_WEBSOCKET);
      if (this.#missing !== undefined) this.#report(this.#missing, {});
      this.#missing = undefined;
    } else {
      this.#websockets.handleUpgrade(request, socket, head, (websocket) => {
        isOpen = true;
        this.#sockets.delete(socket);
        this.#settings.onWebsocket(websocket, socket);
      });
    }
    // The response was written, and the HTTP server no longer owns the socket.
    if (!isOpen) endWithin(socket, LINGER_MS);
  }
}

function websocketSettings({ maxFrameBytes, versions = PROTOCOL_VERSIONS }: ListenOptions) {
  return {
    noServer: true,
    clientTracking: false,
    // "The extension permessage-deflate MUST NOT be negotiated", and a message "MUST NOT exceed the `max_frame_bytes` of the receiver".
    perMessageDeflate: false,
    maxPayload: maxFrameBytes || DEFAULT_MAX_FRAME_BYTES,
    closeTimeout: LINGER_MS,
    // websocketTransport answers pings, bounded by what the peer reads.
    autoPong: false,
    handleProtocols: (offered: Set<string>) => chooseSubprotocol([...offered], versions) ?? (false as const),
  };
}

const NO_WEBSOCKET =
  'HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\nThis server does not accept WebSocket.\n';

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
