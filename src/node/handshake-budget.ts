import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ServerConnection } from '../connection/server-connection.js';
import { ProtocolError } from '../errors.js';
import { ANONYMOUS_MAX_BYTES, HANDSHAKE_MAX_FRAME_BYTES, READ_CHUNK_BYTES } from '../limits.js';

/** The bytes of a WebSocket before LOGIN. */
interface Budget {
  readonly websocket: WebSocket;
  readonly connection: ServerConnection;
  totalBytes: number;
  messageBytes: number;
}

const BUDGET = Symbol('budget');

type Watched<T> = T & { [BUDGET]: Budget | undefined };

/**
 * Limits the bytes of a WebSocket before LOGIN. ws has one limit for the whole connection, and would buffer a large message of an
 * unauthenticated client; and the session does not see pings, pongs and fragments.
 */
export function watchBudget(websocket: WebSocket, socket: Duplex, connection: ServerConnection): void {
  const budget: Budget = { websocket, connection, totalBytes: 0, messageBytes: 0 };
  (socket as Watched<Duplex>)[BUDGET] = budget;
  (websocket as Watched<WebSocket>)[BUDGET] = budget;
  // ws reads between the two listeners: a chunk that completes a message does not count.
  socket.prependListener('data', count);
  socket.on('data', judge);
  websocket.on('message', reset);
}

/** The limit is over: the client is authenticated, or gone. Does nothing for a socket without a limit. */
export function unwatchBudget(socket: Duplex): void {
  const watched = socket as Watched<Duplex>;
  const budget = watched[BUDGET];
  if (budget === undefined) return;
  watched[BUDGET] = undefined;
  (budget.websocket as Watched<WebSocket>)[BUDGET] = undefined;
  socket.off('data', count);
  socket.off('data', judge);
  budget.websocket.off('message', reset);
}

function count(this: Duplex, chunk: Uint8Array): void {
  const budget = (this as Watched<Duplex>)[BUDGET];
  if (budget === undefined) return;
  budget.totalBytes += chunk.length;
  budget.messageBytes += chunk.length;
}

function reset(this: WebSocket): void {
  const budget = (this as Watched<WebSocket>)[BUDGET];
  if (budget !== undefined) budget.messageBytes = 0;
}

function judge(this: Duplex): void {
  const budget = (this as Watched<Duplex>)[BUDGET];
  // It was removed while the chunk was read.
  if (budget === undefined) return;
  const { connection, messageBytes, totalBytes } = budget;
  const isOver = connection.user !== undefined || connection.state === 'closed';
  const error = isOver ? undefined : excess(messageBytes, totalBytes);
  if (isOver || error !== undefined) unwatchBudget(this);
  if (error === undefined) return;
  connection.close(error);
  // ws would continue to buffer: discard further bytes.
  this.removeAllListeners('data');
  this.resume();
}

function excess(messageBytes: number, totalBytes: number): ProtocolError | undefined {
  // A chunk may contain more than the message.
  if (messageBytes > HANDSHAKE_MAX_FRAME_BYTES + READ_CHUNK_BYTES)
    return new ProtocolError('FRAME_TOO_LARGE', `a WebSocket message before LOGIN exceeds ${HANDSHAKE_MAX_FRAME_BYTES} bytes`, {
      limit: HANDSHAKE_MAX_FRAME_BYTES,
    });
  if (totalBytes <= ANONYMOUS_MAX_BYTES) return undefined;
  const text = `${totalBytes} bytes before LOGIN was accepted, limit ${ANONYMOUS_MAX_BYTES}`;
  return new ProtocolError('RATE_LIMITED', text, { limit: ANONYMOUS_MAX_BYTES, actual: totalBytes });
}
