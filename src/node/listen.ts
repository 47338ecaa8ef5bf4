import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TlsOptions } from 'node:tls';
import type { DrainInfoInit } from '../../generated/init/im/protocol/v1/drain_info.js';
import type { Trace } from '../connection/driver.js';
import type { ServerConnection, ServerHandlers } from '../connection/server-connection.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import type { ConnectionRegistry } from '../session/connection-registry.js';
import type { ServerSessionOptions } from '../session/server-session.js';
import { ListeningServer } from './listening-server.js';
import { loadWs, type Ws } from './load-ws.js';

/** What a server can be told; `login` and `message` it has to be told. */
export interface ListenOptions extends ServerHandlers, Omit<ServerSessionOptions, 'transport' | 'timeOriginMs' | 'connectionId'> {
  /** Default 0: the system picks one, see `Server.port`. */
  readonly port?: number | undefined;
  /** Default: all addresses. */
  readonly host?: string | undefined;
  /** Certificate and key: TLS in the place of TCP, `wss:` in the place of `ws:`. Default: none. */
  readonly tls?: TlsOptions | undefined;
  /**
   * Whether WebSocket is served. Default: yes, but where the package `ws` is missing or too old, its clients get HTTP 501, and the first of
   * them is a warning of the process. With `true`, `listen` rejects instead.
   */
  readonly websocket?: boolean | undefined;
  /** Takes requests of HTTP on the same port; where it throws or rejects, the answer is 500. Default: 426 Upgrade Required. */
  readonly http?: ((request: IncomingMessage, response: ServerResponse) => unknown) | undefined;
  /**
   * More connections are refused as OVERLOADED. Connections of HTTP do not count, but have a bound then, too: 256, of which those that wait
   * for their client make room for others. Default: no bound.
   */
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
  /**
   * Takes no more connections, announces the end on all that are open, and resolves when they have ended. Requests of HTTP are answered,
   * within the grace or two seconds, whichever is longer.
   * @throws ProtocolError INVALID_MESSAGE for a `drain` that breaks a rule: then nothing has happened.
   */
  drain(drain: DrainInfoInit): Promise<void>;
  /** Takes no more connections, and ends those that are open without a word: `drain` says one. Resolves when they have ended. */
  close(): Promise<void>;
}

/**
 * Listens for TCP and WebSocket on one port: the first byte of a connection tells which. WebSocket needs the package `ws`.
 * @throws ProtocolError INVALID_MESSAGE for options that no client could be served with, INTERNAL for `websocket: true` without a `ws` that
 * is new enough; Error of the system where it cannot listen.
 */
export async function listen(options: ListenOptions): Promise<Server> {
  const server = new ListeningServer(options, await websocketPackage(options));
  await server.start();
  return server;
}

/** Or why there is none; undefined where none is wanted. */
async function websocketPackage({ websocket }: ListenOptions): Promise<Ws | ProtocolError | undefined> {
  if (websocket === false) return undefined;
  try {
    return await loadWs();
  } catch (error) {
    if (websocket === true || !isProtocolError(error)) throw error;
    return error;
  }
}
