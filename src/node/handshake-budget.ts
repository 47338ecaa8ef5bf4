import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ServerConnection } from '../connection/server-connection.js';
import { ProtocolError } from '../errors.js';
import { ANONYMOUS_MAX_BYTES, HANDSHAKE_MAX_FRAME_BYTES, READ_CHUNK_BYTES } from '../limits.js';

/**
 * Ends a WebSocket that sends more than a client may before LOGIN: ws itself has one limit for the whole connection, and would collect a
 * message of a megabyte for somebody that nobody knows; and the session sees no pings, pongs and fragments.
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
    // ws would go on collecting: from now on nobody listens, and what still comes is thrown away.
    socket.removeAllListeners('data');
    socket.resume();
  };
  const unwatch = (): void => {
    socket.off('data', count);
    socket.off('data', judge);
    websocket.off('message', reset);
  };
  // ws reads between the two: what completes a message does not count.
  socket.prependListener('data', count);
  socket.on('data', judge);
  websocket.on('message', reset);
}

function excess(messageBytes: number, totalBytes: number): ProtocolError | undefined {
  // Beside one message, the rest of a chunk may have been read.
  if (messageBytes > HANDSHAKE_MAX_FRAME_BYTES + READ_CHUNK_BYTES)
    return new ProtocolError('FRAME_TOO_LARGE', 'a WebSocket message before LOGIN is larger than a frame may be');
  if (totalBytes <= ANONYMOUS_MAX_BYTES) return undefined;
  const text = `${totalBytes} bytes before LOGIN was accepted, limit ${ANONYMOUS_MAX_BYTES}`;
  return new ProtocolError('RATE_LIMITED', text, { limit: ANONYMOUS_MAX_BYTES, actual: totalBytes });
}
