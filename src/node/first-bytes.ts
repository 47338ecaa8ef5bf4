import type { Socket } from 'node:net';
import { startDeadline } from './deadline.js';

/** Hands over the first bytes of a socket, with nothing of it lost: what follows is for the listener that is added meanwhile. */
export function firstBytes(socket: Socket, timeoutMs: number, onBytes: (chunk: Buffer) => void, onSilence: () => void): void {
  const take = (chunk: Buffer): void => {
    cancel();
    onBytes(chunk);
  };
  const cancel = startDeadline(() => {
    socket.off('data', take);
    onSilence();
  }, timeoutMs);
  socket.once('data', take);
  socket.once('close', cancel);
}
