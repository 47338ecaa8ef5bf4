import type { Socket } from 'node:net';
import { startDeadline } from './deadline.js';

/** The socket; on TLS its pair of addresses, which a TLSSocket shares with the socket below it. */
type Key = string | Socket;

const KEY = Symbol('key');

/**
 * The open sockets of a server, and those that may be closed to make room: sockets that have sent nothing, and sockets whose connection has
 * ended.
 */
export class AcceptedSockets {
  readonly #isTls: boolean;
  readonly #all = new Map<Key, Socket>();
  /** Sockets that may be closed, the oldest first. */
  readonly #spare = new Map<Key, 'silent' | 'ended'>();
  /** The addresses of clients from the PROXY headers of their connections. */
  readonly #clients = new Map<Key, string>();
  /** One listener for all sockets. */
  readonly #onClose: (this: Socket) => void;

  /** @param onClose called when a socket that was added has closed. */
  constructor(isTls: boolean, onClose: (socket: Socket) => void) {
    this.#isTls = isTls;
    const closed = (socket: Socket): void => {
      const key = this.#keyOf(socket);
      if (this.#all.get(key) === socket) this.#delete(key);
      onClose(socket);
    };
    this.#onClose = function () {
      closed(this);
    };
  }

  get size(): number {
    return this.#all.size;
  }

  add(socket: Socket): void {
    const key = this.#keyOf(socket);
    this.#all.set(key, socket);
    this.#spare.set(key, 'silent');
    socket.on('close', this.#onClose);
  }

  /** The socket has a connection now. */
  use(socket: Socket): void {
    this.#spare.delete(this.#keyOf(socket));
  }

  /** The connection of the socket has ended. The socket closes when its buffer is written. */
  end(socket: Socket): void {
    const key = this.#keyOf(socket);
    if (this.#all.has(key)) this.#spare.set(key, 'ended');
  }

  /** Sets the address of the client, which is not the peer. */
  setAddress(socket: Socket, address: string): void {
    this.#clients.set(this.#keyOf(socket), address);
  }

  /** The address that was set; undefined if none was. */
  addressOf(socket: Socket): string | undefined {
    return this.#clients.size === 0 ? undefined : this.#clients.get(this.#keyOf(socket));
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
    for (const [key, state] of this.#spare) if (state === 'silent') this.#all.get(key)?.destroy();
  }

  destroyAll(): void {
    for (const socket of this.#all.values()) socket.destroy();
  }

  #delete(key: Key): void {
    this.#all.delete(key);
    this.#clients.delete(key);
    this.#spare.delete(key);
  }

  #keyOf(socket: Socket): Key {
    if (!this.#isTls) return socket;
    const keyed = socket as Socket & { [KEY]?: string | undefined };
    keyed[KEY] ??= addressesOf(socket);
    // A Unix socket has no addresses.
    return keyed[KEY] ?? socket;
  }
}

function addressesOf({ remoteAddress, remotePort, localAddress }: Socket): string | undefined {
  return remotePort === undefined ? undefined : `${remoteAddress} ${remotePort} ${localAddress}`;
}

/** Calls `onBytes` with the first chunk of a socket. Later chunks go to the listener that `onBytes` adds. */
export function firstBytes(socket: Socket, timeoutMs: number, onBytes: (chunk: Buffer) => void, onTimeout: () => void): void {
  const take = (chunk: Buffer): void => {
    stop();
    onBytes(chunk);
  };
  // Nothing of this is kept alive by the socket afterwards.
  const stop = (): void => {
    cancel();
    socket.off('data', take);
    socket.off('close', stop);
  };
  const cancel = startDeadline(() => {
    stop();
    onTimeout();
  }, timeoutMs);
  socket.on('data', take);
  socket.on('close', stop);
}
