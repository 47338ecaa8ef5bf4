// What begins with a capital letter: HTTP, and WebSocket, which begins as HTTP.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket, WebSocketServer } from 'ws';
import { DEFAULT_MAX_FRAME_BYTES, PROTOCOL_VERSION } from '../limits.js';
import { chooseSubprotocol } from '../negotiate/subprotocols.js';
import { LINGER_MS } from './linger.js';
import type { ListenOptions } from './listen.js';

/** The methods of HTTP are in capital letters; a frame begins with 0. */
const FIRST_LETTER = 0x41;
const LAST_LETTER = 0x5a;

/** How often is looked for requests that take too long, in milliseconds. */
const CHECK_MS = 1000;

export function isHttp(firstByte: number): boolean {
  return firstByte >= FIRST_LETTER && firstByte <= LAST_LETTER;
}

/** HTTP on sockets that somebody else has accepted. */
export class HttpPort {
  readonly #http;
  readonly #websockets: WebSocketServer;

  /** @param timeoutMs for the head of a request, and for the whole. */
  constructor(
    { maxFrameBytes, versions = [PROTOCOL_VERSION], http = upgradeRequired }: ListenOptions,
    timeoutMs: number,
    Websockets: typeof WebSocketServer,
    onWebsocket: (websocket: WebSocket, socket: Socket) => void,
  ) {
    this.#http = createServer({ connectionsCheckingInterval: Math.min(CHECK_MS, Math.ceil(timeoutMs)) }, http);
    this.#http.headersTimeout = timeoutMs;
    this.#http.requestTimeout = timeoutMs;
    // It never listens itself, and would not look at the time otherwise.
    this.#http.emit('listening');
    const settings = {
      noServer: true,
      clientTracking: false,
      // "permessage-deflate is off", and a message "is at most the receiver's max_frame_bytes".
      perMessageDeflate: false,
      maxPayload: maxFrameBytes || DEFAULT_MAX_FRAME_BYTES,
      closeTimeout: LINGER_MS,
      // The link answers pings, and no more of them than the peer reads.
      autoPong: false,
      handleProtocols: (offered: Set<string>) => chooseSubprotocol([...offered], versions) ?? false,
    };
    this.#websockets = new Websockets(settings);
    this.#http.on('upgrade', (request, socket, head) => {
      this.#websockets.handleUpgrade(request, socket, head, (websocket) => onWebsocket(websocket, socket as Socket));
    });
  }

  /** @param first bytes that were read already. */
  take(socket: Socket, first: Buffer): void {
    socket.pause();
    socket.unshift(first);
    this.#http.emit('connection', socket);
    socket.resume();
  }

  /** Ends what is no WebSocket. */
  close(): void {
    this.#http.closeAllConnections();
    this.#http.close();
  }

  closeIdle(): void {
    this.#http.closeIdleConnections();
  }
}

function upgradeRequired(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade, close', 'Content-Type': 'text/plain' });
  response.end('This port speaks @im/protocol over WebSocket and TCP.\n');
}
