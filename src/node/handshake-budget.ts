import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { HANDSHAKE_MAX_FRAME_BYTES } from '../limits.js';

/** What may have been read from the socket beside one frame: the rest of a chunk. */
const CHUNK_BYTES = 65_536;

/**
 * Ends a WebSocket that sends more for one message than a client may before LOGIN: ws itself has one limit for the whole connection,
 * and would collect a message of a megabyte for somebody that nobody knows.
 * @returns ends the watch.
 */
export function watchBudget(websocket: WebSocket, socket: Duplex, onExceeded: () => void): () => void {
  let bytes = 0;
  const count = (chunk: Uint8Array): void => {
    bytes += chunk.length;
  };
  const judge = (): void => {
    if (bytes > HANDSHAKE_MAX_FRAME_BYTES + CHUNK_BYTES) onExceeded();
  };
  const reset = (): void => {
    bytes = 0;
  };
  // ws reads between the two: what completes a message does not count.
  socket.prependListener('data', count);
  socket.on('data', judge);
  websocket.on('message', reset);
  return () => {
    socket.off('data', count);
    socket.off('data', judge);
    websocket.off('message', reset);
  };
}
