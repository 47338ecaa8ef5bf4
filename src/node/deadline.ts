import type { Socket } from 'node:net';
import { nodePlatform } from './platform.js';

/**
 * Calls back after this time, unless it is cancelled, and after what has arrived by then was read: a timer that fires late, because the event
 * loop stood still, may be ahead of bytes that came in time.
 * @returns cancels it.
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

/** A peer that does not end after us, or does not read what we said last, is cut off after this time. */
export const LINGER_MS = 2000;

/** Ends a socket behind what was written, and after this time in any case. */
export function endWithin(socket: Socket, ms: number): void {
  if (socket.destroyed) return;
  socket.end();
  const cancel = startDeadline(() => socket.destroy(), ms);
  socket.once('close', cancel);
}
