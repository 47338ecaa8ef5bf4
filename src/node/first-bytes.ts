import type { Socket } from 'node:net';

/** Hands over the first bytes of a socket, with nothing of it lost: what follows is for the listener that is added meanwhile. */
export function firstBytes(socket: Socket, timeoutMs: number, onBytes: (chunk: Buffer) => void, onSilence: () => void): void {
  const take = (chunk: Buffer): void => {
    clearTimeout(timer);
    onBytes(chunk);
  };
  const timer = setTimeout(() => {
    socket.off('data', take);
    onSilence();
  }, timeoutMs);
  socket.once('data', take);
  socket.once('close', () => clearTimeout(timer));
}
