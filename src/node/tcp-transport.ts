// A Transport over TCP or TLS.
import type { Socket } from 'node:net';
import type { Transport, TransportOwner } from '../connection/transport.js';
import { endWithin, LINGER_MS } from './deadline.js';

/**
 * @param first bytes that were already read from the socket.
 * @param subprotocol negotiated by ALPN, over TLS.
 */
export function tcpTransport(socket: Socket, owner: TransportOwner, first?: Uint8Array, subprotocol?: string): Transport {
  const transport = new TcpTransport(socket, owner, subprotocol);
  if (first !== undefined) queueMicrotask(() => owner.received(first));
  return transport;
}

/** The transport of a socket. */
const TRANSPORT = Symbol('transport');

type Carrier = Socket & { [TRANSPORT]: TcpTransport };

class TcpTransport implements Transport {
  readonly subprotocol: string | undefined;
  readonly #socket: Socket;
  readonly #owner: TransportOwner;
  #isClosing = false;
  #isEnded = false;
  #cause: unknown;

  constructor(socket: Socket, owner: TransportOwner, subprotocol: string | undefined) {
    this.#socket = socket;
    this.#owner = owner;
    this.subprotocol = subprotocol;
    socket.setNoDelay(true);
    // All connections share the listeners, which find their transport by `this`: closures would cost each connection memory.
    const carrier = socket as Carrier;
    carrier[TRANSPORT] = this;
    carrier.on('error', onError);
    carrier.on('data', onData);
    carrier.on('drain', onDrain);
    // Called for `end` and `close`, reported once.
    carrier.on('end', onEnd);
    carrier.on('close', onEnd);
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  write(frames: Uint8Array[]): void {
    this.#socket.write(concatFrames(frames));
  }

  close(): void {
    this.#isClosing = true;
    // Unread bytes would make the kernel reset the connection, and the peer would lose the last frame.
    this.#socket.resume();
    endWithin(this.#socket, LINGER_MS);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  received(chunk: Uint8Array): void {
    if (!this.#isClosing) this.#owner.received(chunk);
  }

  drained(): void {
    this.#owner.drained();
  }

  /** `close` follows an error. */
  failed(error: Error): void {
    this.#cause = error;
  }

  ended(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    // The buffer is never written if the peer does not read.
    endWithin(this.#socket, LINGER_MS);
    this.#owner.ended(undefined, this.#cause);
  }
}

function onError(this: Socket, error: Error): void {
  (this as Carrier)[TRANSPORT].failed(error);
}

function onData(this: Socket, chunk: Uint8Array): void {
  (this as Carrier)[TRANSPORT].received(chunk);
}

function onDrain(this: Socket): void {
  (this as Carrier)[TRANSPORT].drained();
}

function onEnd(this: Socket): void {
  (this as Carrier)[TRANSPORT].ended();
}

/** Frames as one array, for one write. */
export function concatFrames(frames: readonly Uint8Array[]): Uint8Array {
  return frames.length === 1 ? frames[0] : Buffer.concat(frames);
}
