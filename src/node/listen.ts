import { isIntegerWithin, isProtocolError, ProtocolError } from '../errors.js';
import type { ListenOptions, Server } from './listen-options.js';
import { ListeningServer } from './listening-server.js';
import { loadWs, type Ws } from './load-ws.js';
import { loadTrustedProxies } from './trusted-proxies.js';

/**
 * Listens for TCP, WebSocket and HTTP on one port. It distinguishes them by the first byte of a connection. With `server` it attaches to an HTTP
 * server instead. WebSocket needs the package `ws`.
 * @throws ProtocolError INVALID_MESSAGE for invalid options; INTERNAL for `websocket: true` or `server` without a suitable `ws`, and for
 * `trustProxy` without its packages.
 * @throws Error of the system if it cannot listen, for example EADDRINUSE.
 */
export async function listen(options: ListenOptions): Promise<Server> {
  requireValid(options);
  const server = new ListeningServer(options, await websocketPackage(options), await loadTrustedProxies(options));
  await server.start();
  return server;
}

/** The package ws, or the error of loading it. Undefined if WebSocket is disabled. */
async function websocketPackage({ websocket, server }: ListenOptions): Promise<Ws | ProtocolError | undefined> {
  if (websocket === false) return undefined;
  try {
    return await loadWs();
  } catch (error) {
    if (websocket === true || server !== undefined || !isProtocolError(error)) throw error;
    return error;
  }
}

/** Options that decide where a server listens, and those that have no meaning with them. */
const EXCLUDED: readonly (readonly [keyof ListenOptions, readonly (keyof ListenOptions)[]])[] = [
  ['unix', ['port', 'host', 'fd', 'server', 'tls']],
  ['fd', ['port', 'host', 'server']],
  // The application has created the HTTP server.
  ['server', ['port', 'host', 'tls', 'http', 'proxyProtocol']],
];

/** @throws ProtocolError INVALID_MESSAGE for options that exclude each other, or are out of range. */
function requireValid(options: ListenOptions): void {
  const isGiven = (name: keyof ListenOptions): boolean => options[name] !== undefined && options[name] !== false;
  for (const [place, excluded] of EXCLUDED) {
    const other = isGiven(place) ? excluded.find(isGiven) : undefined;
    if (other !== undefined) throw invalid(other, `not together with ${place}`);
  }
  const { server, websocket, path = '/', maxConnectionsPerAddress: limit = Number.POSITIVE_INFINITY } = options;
  // The application of a framework is easily taken for its server, and has `on` too.
  if (server !== undefined && (typeof server.on !== 'function' || typeof server.address !== 'function'))
    throw invalid('server', 'expected a server of node:http or node:https');
  if (server !== undefined && websocket === false) throw invalid('websocket', 'must not be false with server');
  if (!/^\/[^?#]*$/.test(path)) throw invalid('path', 'expected a path that begins with a slash, without a query');
  if (limit !== Number.POSITIVE_INFINITY && !isIntegerWithin(limit, 1, Number.MAX_SAFE_INTEGER))
    throw invalid('maxConnectionsPerAddress', `expected an integer from 1 on, got ${limit}`);
}

function invalid(name: string, text: string): ProtocolError {
  return new ProtocolError('INVALID_MESSAGE', `${name}: ${text}`, { path: name });
}
