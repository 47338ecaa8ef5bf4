import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ServerConnection } from '../connection/server-connection.js';
import { ProtocolError } from '../errors.js';
import { ANONYMOUS_MAX_BYTES, HANDSHAKE_MAX_FRAME_BYTES, READ_CHUNK_BYTES } from '../limits.js';

/**
 * Limits the bytes of a WebSocket before LOGIN. ws has one limit for the whole connection, and would buffer a large message of an
 * unauthenticated client; and the session does not see pings, pongs and fragments.
 */
export function watchBudget(websocket: WebSocket, socket: Duplex, connection: ServerConnection): void {
  let totalBytes = 0;
  let messageBytes = 0;
  const count = (chunk: Uint8Array): void => {
    totalBytes += chunk.length;
    messageBytes += chunk.length;
  };
  const reset = (): void => {
    messageBytes = 0;
  };
  const judge = (): void => {
    if (connection.user !== undefined || connection.state === 'closed') {
      unwatch();
      return;
    }
    const error = excess(messageBytes, totalBytes);
    if (error === undefined) return;
    unwatch();
    connection.close(error);
    // ws would continue to buffer: discard further bytes.
    socket.removeAllListeners('data');
    socket.resume();
  };
  const unwatch = (): void => {
    socket.off('data', count);
    socket.off('data', judge);
    websocket.off('message', reset);
  };
  // ws reads between the two listeners: a chunk that completes a message does not count.
  socket.prependListener('data', count);
  socket.on('data', judge);
  websocket.on('message', reset);
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
