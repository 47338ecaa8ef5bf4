import { isProtocolError, type ProtocolError } from '../errors.js';
import type { ListenOptions, Server } from './listen-options.js';
import { ListeningServer } from './listening-server.js';
import { loadWs, type Ws } from './load-ws.js';

/**
 * Listens for TCP, WebSocket and HTTP on one port. The first byte of a connection shows which it is. WebSocket needs the package
 * `ws`.
 * @throws ProtocolError INVALID_MESSAGE for options that no client could be served with, INTERNAL for `websocket: true` without a
 * suitable `ws`; an Error of the system if it cannot listen.
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
