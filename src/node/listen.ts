import { isProtocolError, type ProtocolError } from '../errors.js';
import type { ListenOptions, Server } from './listen-options.js';
import { ListeningServer } from './listening-server.js';
import { loadWs, type Ws } from './load-ws.js';

/**
 * Listens for TCP, WebSocket and HTTP on one port. It distinguishes them by the first byte of a connection. WebSocket needs the package `ws`.
 * @throws ProtocolError INVALID_MESSAGE for invalid options, INTERNAL for `websocket: true` without a suitable `ws`.
 * @throws Error of the system if it cannot listen, for example EADDRINUSE.
 */
export async function listen(options: ListenOptions): Promise<Server> {
  const server = new ListeningServer(options, await websocketPackage(options));
  await server.start();
  return server;
}

/** The package ws, or the error of loading it. Undefined if WebSocket is disabled. */
async function websocketPackage({ websocket }: ListenOptions): Promise<Ws | ProtocolError | undefined> {
  if (websocket === false) return undefined;
  try {
    return await loadWs();
  } catch (error) {
    if (websocket === true || !isProtocolError(error)) throw error;
    return error;
  }
}
