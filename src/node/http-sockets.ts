import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { endWithin, LINGER_MS } from './deadline.js';

interface Use {
  /** Responses that are not finished. A WebSocket has none. */
  open: Set<ServerResponse> | undefined;
  /** `socket.bytesRead` after the last response. If more was read, a request has started. */
  bytesRead: number;
  /** The client waits for an answer to its WebSocket handshake. */
  isHeld: boolean;
}

/** The HTTP connections of a server, WebSockets not included. */
export class HttpSockets {
  /** In the order of their arrival. */
  readonly #sockets = new Map<Socket, Use>();
  readonly #max: number;
  #isDraining = false;
  #onEmpty: (() => void)[] = [];

  /** One listener for all sockets. Undefined if the owner calls `delete` for each socket that closes. */
  readonly #onClose: ((this: Socket) => void) | undefined;

  /** @param watches whether to listen for the end of each socket. A listener of `close` costs a socket more memory than all of this. */
  constructor(max: number, watches: boolean) {
    this.#max = max;
    if (!watches) return;
    const closed = (socket: Socket): void => this.delete(socket);
    this.#onClose = function () {
      closed(this);
    };
  }

  get size(): number {
    return this.#sockets.size;
  }

  /** The limit is exceeded, because no connection could be ended to make room. */
  get isOverfull(): boolean {
    return this.#sockets.size > this.#max;
  }

  /** Adds a socket. At the limit, ends the oldest one that waits for its client. The new one may become a WebSocket, so it is always added. */
  add(socket: Socket): void {
    if (this.#sockets.size >= this.#max) this.#endOldestWaiting();
    this.#sockets.set(socket, { open: undefined, bytesRead: 0, isHeld: false });
    if (this.#onClose !== undefined) socket.on('close', this.#onClose);
  }

  delete(socket: Socket): void {
    if (!this.#sockets.delete(socket)) return;
    if (this.#onClose !== undefined) socket.off('close', this.#onClose);
    if (this.#sockets.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  /** A request has arrived on the socket. */
  answering(socket: Socket, response: ServerResponse): void {
    const use = this.#sockets.get(socket);
    if (use === undefined) return;
    use.open ??= new Set();
    use.open.add(response);
    response.shouldKeepAlive &&= !this.#isDraining;
    response.once('close', () => {
      use.open?.delete(response);
      use.bytesRead = socket.bytesRead;
      if (this.#isDraining) this.#endIdle();
    });
  }

  /** Whether the server needs time to answer: then the socket does not make room for others. */
  hold(socket: Socket, isHeld: boolean): void {
    const use = this.#sockets.get(socket);
    if (use !== undefined) use.isHeld = isHeld;
  }

  /** Calls back when all responses are sent; never, if the socket ends before. */
  onceAnswered(socket: Socket, callback: () => void): void {
    const [response] = this.#sockets.get(socket)?.open ?? [];
    if (response !== undefined) response.once('close', () => this.onceAnswered(socket, callback));
    else if (socket.writable) callback();
  }

  /** Ends idle connections, and the others when their requests are answered. Resolves when none is left. */
  drain(): Promise<void> {
    this.#isDraining = true;
    for (const { open = NONE } of this.#sockets.values()) for (const response of open) response.shouldKeepAlive = false;
    this.#endIdle();
    return new Promise((resolve) => {
      if (this.#sockets.size === 0) resolve();
      else this.#onEmpty.push(resolve);
    });
  }

  /** Ends the connections without a complete response. */
  endUnanswered(): void {
    for (const [socket, { open = NONE }] of [...this.#sockets]) {
      if (open.size === 0 || [...open].some((response) => !response.writableEnded)) socket.destroy();
    }
  }

  /** `closeIdleConnections` of node:http also ends connections whose response is not written yet. */
  #endIdle(): void {
    for (const [socket, { open = NONE, bytesRead, isHeld }] of this.#sockets) {
      if (!isHeld && open.size === 0 && socket.bytesRead === bytesRead) endWithin(socket, LINGER_MS);
    }
  }

  /** Ends the oldest connection that waits for its client: idle, in the middle of a request, or slow to read its response. */
  #endOldestWaiting(): void {
    for (const [socket, { open = NONE, isHeld }] of this.#sockets) {
      if (isHeld || ![...open].every(({ req, writableEnded }) => !req.complete || writableEnded)) continue;
      this.delete(socket);
      socket.destroy();
      return;
    }
  }
}

const NONE: ReadonlySet<ServerResponse> = new Set();
