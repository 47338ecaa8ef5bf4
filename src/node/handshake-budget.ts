import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { ServerConnection } from '../connection/server-connection.js';
import { ProtocolError } from '../errors.js';
import { HANDSHAKE_MAX_FRAME_BYTES } from '../limits.js';

/** What may have been read from the socket beside one frame: the rest of a chunk. */
const CHUNK_BYTES = 65_536;

/**
 * Ends a WebSocket that sends more for one message than a client may before LOGIN: ws itself has one limit for the whole connection,
 * and would collect a message of a megabyte for somebody that nobody knows.
 */
export function watchBudget(websocket: WebSocket, socket: Duplex, connection: ServerConnection): void {
  let bytes = 0;
  const count = (chunk: Uint8Array): void => {
    bytes += chunk.length;
  };
  const reset = (): void => {
    bytes = 0;
  };
  const judge = (): void => {
    if (connection.user !== undefined || connection.state === 'closed') unwatch();
    else if (bytes > HANDSHAKE_MAX_FRAME_BYTES + CHUNK_BYTES) {
      unwatch();
      connection.close(new ProtocolError('FRAME_TOO_LARGE', 'a WebSocket message before LOGIN is larger than a frame may be'));
      // ws would go on collecting: from now on nobody listens, and what still comes is thrown away.
      socket.removeAllListeners('data');
      socket.resume();
    }
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
