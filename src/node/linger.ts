import type { Socket } from 'node:net';

/** A peer that does not end after us, or does not read what we said last, is cut off after this time. */
export const LINGER_MS = 2000;

/** Ends a socket behind what was written, and after this time in any case. */
export function endWithin(socket: Socket, ms: number): void {
  if (socket.destroyed) return;
  socket.end();
  const timer = setTimeout(() => socket.destroy(), ms);
  socket.once('close', () => clearTimeout(timer));
}
