import type { Socket } from 'node:net';
import { startDeadline } from './deadline.js';

/** A peer that does not end after us, or does not read what we said last, is cut off after this time. */
export const LINGER_MS = 2000;

/** Ends a socket behind what was written, and after this time in any case. */
export function endWithin(socket: Socket, ms: number): void {
  if (socket.destroyed) return;
  socket.end();
  const cancel = startDeadline(() => socket.destroy(), ms);
  socket.once('close', cancel);
}
