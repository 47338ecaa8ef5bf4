import type { Socket } from 'node:net';
import { nodePlatform } from './platform.js';

/**
 * Calls back after `ms` milliseconds, and after received bytes were read: after a blocked event loop, a timer may run before bytes that
 * arrived in time.
 * @returns a function that cancels it.
 */
export function startDeadline(callback: () => void, ms: number): () => void {
  let isCancelled = false;
  const timer = setTimeout(() => {
    nodePlatform.turn(() => {
      if (!isCancelled) callback();
    });
  }, ms);
  return () => {
    isCancelled = true;
    clearTimeout(timer);
  };
}

/** How long to wait for the peer to close, and to read the last bytes, in milliseconds. */
export const LINGER_MS = 2000;

/** Ends a socket after its buffer is written, and destroys it after `ms` milliseconds. */
export function endWithin(socket: Socket, ms: number): void {
  if (socket.destroyed) return;
  socket.end();
  const cancel = startDeadline(() => socket.destroy(), ms);
  socket.once('close', cancel);
}
