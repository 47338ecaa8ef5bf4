import type { WebSocket, WebSocketServer } from 'ws';
import { ProtocolError } from '../errors.js';

/** The exports of ws that are used. */
export interface Ws {
  readonly WebSocket: typeof WebSocket;
  readonly WebSocketServer: typeof WebSocketServer;
}

/** The first version with a limit for pending pongs. Its limits for fragments are older. */
const WANTED = '8.23.0';

/**
 * Loads the package ws, which only WebSocket needs.
 * @throws ProtocolError INTERNAL if it is not installed, or too old.
 */
export async function loadWs(): Promise<Ws> {
  let ws: Ws;
  try {
    ws = await import('ws');
  } catch (cause) {
    if (!/MODULE_NOT_FOUND$/.test((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    throw missing('it is not installed', cause);
  }
  // Checks the option, not the version: a bundle has no package.json of ws.
  const server = ws.WebSocketServer && new ws.WebSocketServer({ noServer: true });
  if (server?.options === undefined || !('maxPendingAutoPongs' in server.options)) throw missing('an older version is installed');
  return ws;
}

function missing(what: string, cause?: unknown): ProtocolError {
  const text = `WebSocket needs the package ws, version ${WANTED} or newer, and ${what}: npm install ws@^${WANTED}`;
  return new ProtocolError('INTERNAL', text, { cause });
}
