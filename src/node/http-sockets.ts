import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { endWithin, LINGER_MS } from './deadline.js';

interface Use {
  /** Requests that have no whole answer yet. */
  readonly open: Set<ServerResponse>;
  /** The bytes that had been read when the last answer was out; with more of them it is in the middle of a request. */
  bytesRead: number;
}

/** Connections that speak HTTP. WebSockets are not among them any more. */
export class HttpSockets {
  /** The oldest first. */
  readonly #sockets = new Map<Socket, Use>();
  readonly #max: number;
  #isDraining = false;
  #onEmpty: (() => void)[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** There are more than there may be, and none of them could be ended for another. */
  get isOverfull(): boolean {
    return this.#sockets.size > this.#max;
  }

  /** The new one takes the place of the oldest that waits for its client. It may become a WebSocket, so it is let in anyway. */
  add(socket: Socket): void {
    if (this.#sockets.size >= this.#max) this.#endOldestWaiting();
    this.#sockets.set(socket, { open: new Set(), bytesRead: 0 });
    socket.once('close', () => this.delete(socket));
  }

  delete(socket: Socket): void {
    this.#sockets.delete(socket);
    if (this.#sockets.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  /** A request has come on it. */
  answering(socket: Socket, response: ServerResponse): void {
    const use = this.#sockets.get(socket);
    if (use === undefined) return;
    use.open.add(response);
    response.shouldKeepAlive &&= !this.#isDraining;
    response.once('close', () => {
      use.open.delete(response);
      use.bytesRead = socket.bytesRead;
      if (this.#isDraining) this.#endIdle();
    });
  }

  /** Calls back when nothing waits to be answered; never, if the socket ends before. */
  onceAnswered(socket: Socket, callback: () => void): void {
    const [response] = this.#sockets.get(socket)?.open ?? [];
    if (response !== undefined) response.once('close', () => this.onceAnswered(socket, callback));
    else if (socket.writable) callback();
  }

  /** Ends those that are idle, and the others when their requests are answered. Resolves when none is left. */
  drain(): Promise<void> {
    this.#isDraining = true;
    for (const { open } of this.#sockets.values()) for (const response of open) response.shouldKeepAlive = false;
    this.#endIdle();
    return new Promise((resolve) => {
      if (this.#sockets.size === 0) resolve();
      else this.#onEmpty.push(resolve);
    });
  }

  /** Ends all but those whose answers are complete and on their way. */
  endUnanswered(): void {
    for (const [socket, { open }] of [...this.#sockets]) {
      if (open.size === 0 || [...open].some((response) => !response.writableEnded)) socket.destroy();
    }
  }

  /** http's own `closeIdleConnections` also ends those whose answer is complete, but has not gone out. */
  #endIdle(): void {
    for (const [socket, { open, bytesRead }] of this.#sockets) {
      if (open.size === 0 && socket.bytesRead === bytesRead) endWithin(socket, LINGER_MS);
    }
  }

  /** Idle, or in the middle of a request, or slow to read its answer: it waits for its client, and not for us. */
  #endOldestWaiting(): void {
    for (const [socket, { open }] of this.#sockets) {
      if (![...open].every(({ req, writableEnded }) => !req.complete || writableEnded)) continue;
      this.delete(socket);
      socket.destroy();
      return;
    }
  }
}
