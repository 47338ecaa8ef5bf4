// What begins with a capital letter: HTTP, and WebSocket, which begins as HTTP.
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
  /** For the head of a request, and for the whole. */
  readonly timeoutMs: number;
  /** The most connections that are not WebSocket. */
  readonly maxConnections: number;
  /** The package, or why there is none; undefined where WebSocket is not wanted. */
  readonly ws: Ws | ProtocolError | undefined;
  onWebsocket(websocket: WebSocket, socket: Socket): void;
}

/** HTTP on sockets that somebody else has accepted. */
export class HttpPort {
  readonly #http;
  readonly #settings: HttpPortSettings;
  readonly #websockets: WebSocketServer | undefined;
  /** Why there is none, until it was reported: once, however many clients ask. */
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
    // It never listens itself, and would not look at the time otherwise.
    this.#http.emit('listening');
    this.#http.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#sockets.answering(request.socket, response);
      const failed = (error: unknown): void => {
        this.#report(error, { callback: 'http' });
        giveUp(response);
      };
      // A write after the end is not thrown: without a listener it would end the process.
      response.on('error', (error) => this.#report(error, { callback: 'http' }));
      if (this.#sockets.isOverfull) unavailable(response);
      else run(() => http(request, response), failed);
    });
    this.#http.on('upgrade', (request, socket, head) => {
      // Answers go out in the order of their requests: nothing of HTTP may follow in a WebSocket.
      this.#sockets.onceAnswered(socket as Socket, () => this.#upgrade(request, socket as Socket, head));
    });
  }

  /** How many of them are not WebSocket. */
  get size(): number {
    return this.#sockets.size;
  }

  /** @param first bytes that were read already. */
  take(socket: Socket, first: Buffer): void {
    this.#sockets.add(socket);
    socket.pause();
    socket.unshift(first);
    this.#http.emit('connection', socket);
    socket.resume();
  }

  /** Ends what is idle, and the others when their requests are answered. Resolves when none is left. */
  drain(): Promise<void> {
    return this.#sockets.drain();
  }

  /** Ends what is no WebSocket; answers that are complete still go out. */
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
    // It has been told why, and HTTP does not look at it any more.
    if (!isOpen) endWithin(socket, LINGER_MS);
  }
}

function websocketSettings({ maxFrameBytes, versions = PROTOCOL_VERSIONS }: ListenOptions) {
  return {
    noServer: true,
    clientTracking: false,
    // "The extension permessage-deflate MUST NOT be negotiated", and a message "MUST NOT exceed the max_frame_bytes of the receiver".
    perMessageDeflate: false,
    maxPayload: maxFrameBytes || DEFAULT_MAX_FRAME_BYTES,
    closeTimeout: LINGER_MS,
    // The transport answers pings, and no more of them than the peer reads.
    autoPong: false,
    handleProtocols: (offered: Set<string>) => chooseSubprotocol([...offered], versions) ?? (false as const),
  };
}

const NO_WEBSOCKET =
  'HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\nThis server does not accept WebSocket.\n';

/** Nobody will answer the request any more. */
function giveUp(response: ServerResponse): void {
  try {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // They were meant for another answer: a length, a status text.
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
