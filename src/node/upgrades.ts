// WebSocket handshakes: which clients get one, and what the others get instead.
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { WebSocket, WebSocketServer } from 'ws';
import { errorReporter } from '../callbacks.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import { DEFAULT_MAX_FRAME_BYTES, PROTOCOL_VERSIONS } from '../limits.js';
import { subprotocolChoice } from '../negotiate/subprotocols.js';
import type { Decided } from './admission.js';
import { endWithin, LINGER_MS } from './deadline.js';
import type { AcceptRequest, ListenOptions } from './listen-options.js';
import type { Ws } from './load-ws.js';
import { servedClass } from './websocket-transport.js';

/** A WebSocket whose handshake is done. */
export interface Upgraded {
  readonly websocket: WebSocket;
  /** The socket below. */
  readonly socket: Socket;
  /** Its handshake. */
  readonly request: IncomingMessage;
  readonly remoteAddress: string;
  /** Call it when the connection has ended. */
  readonly release: () => void;
}

export interface UpgradeSettings {
  /** The package ws, or the error of loading it. Undefined if WebSocket is disabled. */
  readonly ws: Ws | ProtocolError | undefined;
  /** The address of the client of a request. */
  addressOf(request: IncomingMessage): string;
  decide(request: AcceptRequest, decided: Decided, socket: Socket): void;
  onUpgraded(upgraded: Upgraded): void;
}

export class Upgrades {
  readonly #path: string | undefined;
  readonly #settings: UpgradeSettings;
  readonly #websockets: WebSocketServer | undefined;
  readonly #report;
  /** There is an `accept`, the only one to read the subprotocols that a client offers. */
  readonly #isAsking: boolean;
  /** The error of loading ws, until it is reported with the first client. */
  #missing: ProtocolError | undefined;

  constructor(options: ListenOptions, settings: UpgradeSettings) {
    this.#path = options.path;
    this.#isAsking = options.accept !== undefined;
    this.#settings = settings;
    this.#report = errorReporter(options.onError);
    const { ws } = settings;
    if (isProtocolError(ws)) this.#missing = ws;
    else this.#websockets = ws && new ws.WebSocketServer({ ...websocketSettings(options), WebSocket: servedClass(ws.WebSocket) });
  }

  /** Answers a handshake. The socket is no longer that of an HTTP server, and has a listener of `error`. */
  take(request: IncomingMessage, socket: Socket, head: Buffer): void {
    if (this.#path !== undefined && pathOf(request) !== this.#path) refuse(socket, 404, 'This path does not accept WebSocket.');
    else if (this.#websockets === undefined) this.#refuseAll(socket);
    else this.#decide(this.#websockets, request, socket, head);
  }

  #refuseAll(socket: Socket): void {
    refuse(socket, 501, 'This server does not accept WebSocket.');
    if (this.#missing !== undefined) this.#report(this.#missing, {});
    this.#missing = undefined;
  }

  #decide(websockets: WebSocketServer, request: IncomingMessage, socket: Socket, head: Buffer): void {
    const remoteAddress = this.#settings.addressOf(request);
    const decided: Decided = (refusal, release) => {
      if (refusal !== undefined) {
        refuseWith(socket, refusal);
        return;
      }
      let isOpen = false;
      if (!socket.destroyed)
        websockets.handleUpgrade(request, socket, head, (websocket) => {
          isOpen = true;
          this.#settings.onUpgraded({ websocket, socket, request, remoteAddress, release });
        });
      if (isOpen) return;
      // ws has answered an invalid handshake.
      endWithin(socket, LINGER_MS);
      release();
    };
    const protocols = this.#isAsking ? offeredBy(request) : NONE;
    this.#settings.decide(acceptRequest(request, socket, remoteAddress, protocols), decided, socket);
  }
}

const NONE: readonly string[] = [];

/** The path of a request, without its query. */
export function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0];
}

/** Refuses a handshake with a text for people. */
export function refuse(socket: Socket, status: number, text: string, headers = ''): void {
  socket.on('error', () => {});
  const body = `${text}\n`;
  const type = `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  if (socket.writable)
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n${type}${headers}\r\n${body}`);
  endWithin(socket, LINGER_MS);
}

/** HTTP statuses of errors; 403 for others. */
const STATUSES: ReadonlyMap<string | number, number> = new Map([
  ['UNAUTHENTICATED', 401],
  ['LOGIN_REQUIRED', 401],
  ['TOKEN_EXPIRED', 401],
  ['RATE_LIMITED', 429],
  ['QUOTA_EXCEEDED', 429],
  ['OVERLOADED', 503],
  ['DRAINING', 503],
  ['INTERNAL', 500],
]);

function refuseWith(socket: Socket, { code, message, retryAfterMs }: ProtocolError): void {
  const status = STATUSES.get(code) ?? 403;
  // "The server generating a 401 response MUST send a WWW-Authenticate header field" (RFC 9110, section 15.5.2)
  const challenge = status === 401 ? 'WWW-Authenticate: Bearer\r\n' : '';
  const retry = retryAfterMs === undefined ? '' : `Retry-After: ${Math.ceil(retryAfterMs / 1000)}\r\n`;
  refuse(socket, status, message, `${challenge}${retry}`);
}

function offeredBy({ headers }: IncomingMessage): string[] {
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return protocols.filter((name) => name !== '');
}

function acceptRequest(
  { headers, url = '' }: IncomingMessage,
  socket: Socket,
  remoteAddress: string,
  protocols: readonly string[],
): AcceptRequest {
  return {
    remoteAddress,
    transport: 'websocket',
    headers,
    url,
    origin: headers.origin,
    protocols,
    tls: socket instanceof TLSSocket ? socket : undefined,
  };
}

function websocketSettings({ maxFrameBytes, versions = PROTOCOL_VERSIONS }: ListenOptions) {
  const choose = subprotocolChoice(versions);
  return {
    noServer: true,
    clientTracking: false,
    // "The extension permessage-deflate MUST NOT be negotiated", and a message "MUST NOT exceed the `max_frame_bytes` of the receiver".
    perMessageDeflate: false,
    maxPayload: maxFrameBytes || DEFAULT_MAX_FRAME_BYTES,
    closeTimeout: LINGER_MS,
    // websocketTransport answers pings, bounded by what the peer reads.
    autoPong: false,
    handleProtocols: (offered: Set<string>) => choose(offered) ?? (false as const),
  };
}
