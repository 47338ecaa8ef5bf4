import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { ProtocolError } from '../errors.js';
import {
  CLIENT_MAX_WAITING_BYTES,
  CLIENT_MAX_WAITING_MESSAGES,
  CLIENT_WAITING_BYTES,
  CLIENT_WAITING_MESSAGES,
} from '../limits.js';
import type { MessageEvent } from './backlog.js';
import type { ClientConnection } from './client-connection.js';
import type { Handlers } from './handlers.js';
import { MessageStream } from './message-stream.js';

/** The messages that a client receives on all its connections: delivered to the application, confirmed to the server, and bounded. */
export class Inbox {
  /** The messages for the loops of the application, in order. */
  readonly messages = new MessageStream((message) => this.#delivered(message));
  readonly #handlers: Handlers;
  /** Handlers were added that have not got the messages that wait. */
  #hasNewHandlers = false;
  /** The requests of the server that are being answered. */
  #heldMessages = 0;
  #heldBytes = 0;
  /** The connection of each message that expects a reply. */
  readonly #origins = new WeakMap<SendInfo, ClientConnection>();
  readonly #paused = new Set<ClientConnection>();
  readonly #confirmsLater: boolean;
  readonly #settleAll: () => void;

  /**
   * @param handlers get their messages before the loops.
   * @param confirmsLater the application calls `confirm`. Otherwise a message is confirmed when a loop receives it.
   * @param settleAll writes what waits on all connections.
   */
  constructor(handlers: Handlers, confirmsLater: boolean, settleAll: () => void) {
    this.#handlers = handlers;
    this.#confirmsLater = confirmsLater;
    this.#settleAll = settleAll;
  }

  receive(connection: ClientConnection, arrival: MessageEvent): void {
    const { message } = arrival;
    if (message.sequence !== 0) this.#origins.set(message, connection);
    if (this.#handlers.has(message)) {
      // The earlier ones come first.
      this.handleWaiting();
      this.#handle(message);
      if (!this.messages.isRead) return;
    }
    this.messages.add(arrival);
    this.#applyLimits(connection);
  }

  /** Handlers were added. Returns whether to call `handleWaiting` at the end of the turn. */
  expectHandlers(): boolean {
    const isFirst = !this.#hasNewHandlers;
    this.#hasNewHandlers = true;
    return isFirst;
  }

  /** New handlers get their messages of those that wait, unless a loop is going to take them. */
  handleWaiting(): void {
    if (!this.#hasNewHandlers) return;
    this.#hasNewHandlers = false;
    if (this.messages.isRead) return;
    // Messages that arrive meanwhile are added after these.
    const { waiting } = this.messages;
    for (let left = waiting.length; left > 0; left--) {
      const arrival = waiting.take();
      // A handler has started a loop.
      if (arrival === undefined) return;
      if (this.#handlers.has(arrival.message)) this.#handle(arrival.message);
      else this.messages.add(arrival);
    }
    this.#resume();
  }

  /** Calls the handlers of a message, and confirms it to the server. */
  #handle(message: SendInfo): void {
    this.#handlers.call(message);
    if (!this.#confirmsLater) this.confirm(message);
  }

  /** Counts a request of the server against the limits. Call the returned function when it is answered. */
  hold(connection: ClientConnection, { bytes, memory }: MessageEvent): () => void {
    const heldBytes = bytes + (memory?.byteLength ?? 0);
    this.#heldMessages += 1;
    this.#heldBytes += heldBytes;
    this.#applyLimits(connection);
    return () => {
      this.#heldMessages -= 1;
      this.#heldBytes -= heldBytes;
      this.#resume();
    };
  }

  get #length(): number {
    return this.messages.waiting.length + this.#heldMessages;
  }

  get #bytes(): number {
    return this.messages.waiting.bytes + this.#heldBytes;
  }

  #applyLimits(connection: ClientConnection): void {
    const [length, bytes] = [this.#length, this.#bytes];
    if (length < CLIENT_WAITING_MESSAGES && bytes < CLIENT_WAITING_BYTES) return;
    const { driver, replies } = connection;
    // A loop that waits for a reply reads no message, and the reply may come after the next messages: do not pause.
    if (replies.size === 0 && driver.canPause) {
      driver.pause();
      this.#paused.add(connection);
    } else if (length >= CLIENT_MAX_WAITING_MESSAGES) {
      connection.close(tooMuch(length, 'messages', CLIENT_MAX_WAITING_MESSAGES));
    } else if (bytes >= CLIENT_MAX_WAITING_BYTES) {
      connection.close(tooMuch(bytes, 'bytes of messages', CLIENT_MAX_WAITING_BYTES));
    }
  }

  /** "SEND_RESULT SUCCESS, once the application has the message", or an ACK. Does nothing for a message that is confirmed already. */
  confirm(message: SendInfo): void {
    const connection = this.#origins.get(message);
    if (connection === undefined) return;
    this.#origins.delete(message);
    const { session, driver } = connection;
    session.confirm(message, driver.nowMs);
    // The same message may have arrived again on the next connection, and is confirmed there too.
    if (session.state === 'authenticated') driver.settle();
    else this.#settleAll();
  }

  #delivered(message: SendInfo): void {
    this.#resume();
    if (!this.#confirmsLater) this.confirm(message);
  }

  #resume(): void {
    if (this.#paused.size === 0) return;
    if (this.#length >= CLIENT_WAITING_MESSAGES / 2 || this.#bytes >= CLIENT_WAITING_BYTES / 2) return;
    const paused = [...this.#paused];
    this.#paused.clear();
    for (const { driver } of paused) driver.resume();
  }
}

function tooMuch(actual: number, what: string, limit: number): ProtocolError {
  return new ProtocolError('SLOW_CONSUMER', `${actual} ${what} wait for the application, limit ${limit}`, { limit, actual });
}
