// Where the clients of a server come from: its own port (own-port.ts), or an HTTP server of the application (attached-port.ts).
import type { Socket } from 'node:net';
import type { HttpRequest, ServerConnection } from '../connection/server-connection.js';
import type { Transport, TransportOwner } from '../connection/transport.js';
import type { ProtocolError } from '../errors.js';
import type { Decided } from './admission.js';
import type { AcceptRequest } from './listen-options.js';
import type { Ws } from './load-ws.js';
import type { TrustedProxies } from './trusted-proxies.js';

export interface Entrance {
  /** 0 if it has none. */
  readonly port: number;
  /** @throws Error of the system if it cannot listen. */
  start(): Promise<void>;
  /** The connection of a socket has ended. */
  ended(socket: Socket): void;
  /** Stops accepting, and answers the open HTTP requests. Resolves when none is left. */
  drain(): Promise<void>;
  /** Stops accepting, and ends everything but connections. */
  stop(): void;
  /** Resolves when all sockets have closed. Those whose peers do not read are destroyed after a while. */
  closed(): Promise<void>;
}

/** What an entrance needs to know. */
export interface EntranceSettings {
  readonly timeoutMs: number;
  readonly maxConnections: number;
  /** The package ws, or the error of loading it. Undefined if WebSocket is disabled. */
  readonly ws: Ws | ProtocolError | undefined;
  readonly proxies: TrustedProxies | undefined;
}

/** A client of which a connection is to be opened. */
export interface Arrival {
  readonly socket: Socket;
  readonly transport: ServerConnection['transport'];
  readonly remoteAddress: string;
  readonly httpRequest?: HttpRequest | undefined;
  /** The clock when it came. */
  readonly sinceMs: number;
  /** Called when its connection has ended. */
  readonly release?: (() => void) | undefined;
  open(owner: TransportOwner): Transport;
}

/** The server behind an entrance. */
export interface Host {
  /** Number of open connections. */
  readonly connectionCount: number;
  /** Decides about a client: see `Admission`. */
  decide(request: AcceptRequest, decided: Decided): void;
  /** Opens a connection. */
  connect(arrival: Arrival): ServerConnection;
}

/** Number of connections beyond `maxConnections` that are refused with OVERLOADED. Further ones are destroyed. */
export const REFUSED_AT_ONCE = 256;
