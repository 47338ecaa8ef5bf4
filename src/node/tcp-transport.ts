// A Transport over TCP or TLS.
import type { Socket } from 'node:net';
import type { Transport, TransportOwner } from '../connection/transport.js';
import { endWithin, LINGER_MS } from './deadline.js';

/**
 * @param first bytes that were already read from the socket.
 * @param subprotocol negotiated by ALPN, over TLS.
 */
export function tcpTransport(socket: Socket, owner: TransportOwner, first?: Uint8Array, subprotocol?: string): Transport {
  let isClosing = false;
  let cause: unknown;
  socket.setNoDelay(true);
  // `close` follows an error.
  socket.on('error', (error) => {
    cause = error;
  });
  socket.on('data', (chunk) => {
    if (!isClosing) owner.received(chunk);
  });
  socket.on('drain', () => owner.drained());
  // Called for `end` and `close`, reported once.
  let isEnded = false;
  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    // The buffer is never written if the peer does not read.
    endWithin(socket, LINGER_MS);
    owner.ended(undefined, cause);
  };
  socket.on('end', end);
  socket.on('close', end);
  if (first !== undefined) queueMicrotask(() => owner.received(first));
  return {
    subprotocol,
    get bufferedBytes() {
      return socket.writableLength;
    },
    write(frames) {
      socket.write(concatFrames(frames));
    },
    close() {
      isClosing = true;
      // Unread bytes would make the kernel reset the connection, and the peer would lose the last frame.
      socket.resume();
      endWithin(socket, LINGER_MS);
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  };
}

/** Frames as one array, for one write. */
export function concatFrames(frames: readonly Uint8Array[]): Uint8Array {
  return frames.length === 1 ? frames[0] : Buffer.concat(frames);
}
