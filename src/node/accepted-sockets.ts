import type { Socket } from 'node:net';
import { startDeadline } from './deadline.js';

/** The pair of addresses, which a TLSSocket shares with the socket below it; on a Unix socket, which has none, the socket. */
type Key = string | Socket;

/**
 * The open sockets of a server, and those that may be closed to make room: sockets that have sent nothing, and sockets whose connection has
 * ended.
 */
export class AcceptedSockets {
  readonly #all = new Map<Key, Socket>();
  /** Sockets that may be closed, the oldest first. */
  readonly #spare = new Map<Key, 'silent' | 'ended'>();
  /** The addresses of clients from the PROXY headers of their connections. */
  readonly #clients = new Map<Key, string>();

  get size(): number {
    return this.#all.size;
  }

  add(socket: Socket): void {
    const addresses = keyOf(socket);
    this.#all.set(addresses, socket);
    this.#spare.set(addresses, 'silent');
    socket.once('close', () => {
      if (this.#all.get(addresses) === socket) this.#delete(addresses);
    });
  }

  /** The socket has a connection now. */
  use(socket: Socket): void {
    this.#spare.delete(keyOf(socket));
  }

  /** The connection of the socket has ended. The socket closes when its buffer is written. */
  end(socket: Socket): void {
    const addresses = keyOf(socket);
    if (this.#all.has(addresses)) this.#spare.set(addresses, 'ended');
  }

  /** Sets the address of the client, which is not the peer. */
  setAddress(socket: Socket, address: string): void {
    this.#clients.set(keyOf(socket), address);
  }

  /** The address that was set; undefined if none was. */
  addressOf(socket: Socket): string | undefined {
    return this.#clients.size === 0 ? undefined : this.#clients.get(keyOf(socket));
  }

  /** Returns false if no socket may be closed. */
  destroyOldestSpare(): boolean {
    const [oldest] = this.#spare.keys();
    if (oldest === undefined) return false;
    const socket = this.#all.get(oldest);
    // Now, because `close` comes later.
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

  #delete(addresses: Key): void {
    this.#all.delete(addresses);
    this.#clients.delete(addresses);
    this.#spare.delete(addresses);
  }
}

function keyOf(socket: Socket): Key {
  const { remoteAddress, remotePort, localAddress } = socket;
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort} ${localAddress}`;
}

/** Calls `onBytes` with the first chunk of a socket. Later chunks go to the listener that `onBytes` adds. */
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
