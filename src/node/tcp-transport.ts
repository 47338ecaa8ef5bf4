// Frames over TCP or TLS: a plain byte stream.
import type { Socket } from 'node:net';
import type { Transport, TransportOwner } from '../connection/transport.js';
import { endWithin, LINGER_MS } from './deadline.js';

/**
 * @param first bytes that were read already.
 * @param subprotocol negotiated by ALPN, over TLS.
 */
export function tcpTransport(socket: Socket, owner: TransportOwner, first?: Uint8Array, subprotocol?: string): Transport {
  let isClosing = false;
  let cause: unknown;
  socket.setNoDelay(true);
  // `close` follows each error.
  socket.on('error', (error) => {
    cause = error;
  });
  socket.on('data', (chunk) => {
    if (!isClosing) owner.received(chunk);
  });
  socket.on('drain', () => owner.drained());
  // A peer that has ended its side, and a connection that failed, are told once.
  let isEnded = false;
  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    // What waits to be written may wait for ever, if the peer reads nothing.
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
      // Bytes that nobody reads would make the kernel reset the connection, and the peer would lose our last frame.
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
