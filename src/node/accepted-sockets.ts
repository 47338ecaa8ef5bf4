import type { Socket } from 'node:net';
import { startDeadline } from './deadline.js';

/**
 * All sockets of a server that are open, and which of them can be spared: those that have not said what they are, and those whose connection
 * has ended. They are known by their addresses, which a TLSSocket and the socket below it share.
 */
export class AcceptedSockets {
  readonly #all = new Map<string, Socket>();
  /** The oldest first. */
  readonly #spare = new Map<string, 'silent' | 'ended'>();

  get size(): number {
    return this.#all.size;
  }

  add(socket: Socket): void {
    const addresses = addressesOf(socket);
    this.#all.set(addresses, socket);
    this.#spare.set(addresses, 'silent');
    socket.once('close', () => {
      if (this.#all.get(addresses) === socket) this.#delete(addresses);
    });
  }

  /** It is in use from now on. */
  use(socket: Socket): void {
    this.#spare.delete(addressesOf(socket));
  }

  /** Its connection has ended, and it is going to close after what was written last. */
  end(socket: Socket): void {
    const addresses = addressesOf(socket);
    if (this.#all.has(addresses)) this.#spare.set(addresses, 'ended');
  }

  /** Returns false where none can be spared. */
  destroyOldestSpare(): boolean {
    const [oldest] = this.#spare.keys();
    if (oldest === undefined) return false;
    const socket = this.#all.get(oldest);
    // Now, and not with its `close`: others may come before.
    this.#delete(oldest);
    socket?.destroy();
    return true;
  }

  destroySilent(): void {
    for (const [addresses, state] of this.#spare) if (state === 'silent') this.#all.get(addresses)?.destroy();
  }

  destroyAll(): void {
    for (const socket of this.#all.values()) socket.destroy();
  }

  #delete(addresses: string): void {
    this.#all.delete(addresses);
    this.#spare.delete(addresses);
  }
}

function addressesOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

/** Hands over the first bytes of a socket, with nothing of it lost: what follows is for the listener that is added meanwhile. */
export function firstBytes(socket: Socket, timeoutMs: number, onBytes: (chunk: Buffer) => void, onTimeout: () => void): void {
  const take = (chunk: Buffer): void => {
    cancel();
    onBytes(chunk);
  };
  const cancel = startDeadline(() => {
    socket.off('data', take);
    onTimeout();
  }, timeoutMs);
  socket.once('data', take);
  socket.once('close', cancel);
}
