import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { ProtocolError } from '../errors.js';
import {
  CLIENT_MAX_WAITING_BYTES,
  CLIENT_MAX_WAITING_MESSAGES,
  CLIENT_WAITING_BYTES,
  CLIENT_WAITING_MESSAGES,
} from '../limits.js';
import { Queue } from '../session/queue.js';
import { Backlog, type MessageEvent } from './backlog.js';
import type { ClientConnection } from './client-connection.js';

/** The messages that a client receives on all its connections: delivered to the application, confirmed to the server, and bounded. */
export class Inbox {
  /** The messages for the application, in order. */
  readonly messages = new MessageStream<SendInfo>((message) => this.#delivered(message));
  /** The same messages with their sizes. */
  readonly #backlog = new Backlog();
  /** The requests of the server that are being answered. */
  #heldMessages = 0;
  #heldBytes = 0;
  /** The connection of each message that expects a reply. */
  readonly #origins = new WeakMap<SendInfo, ClientConnection>();
  readonly #paused = new Set<ClientConnection>();
  readonly #confirmsLater: boolean;
  readonly #settleAll: () => void;

  /**
   * @param confirmsLater the application calls `confirm`. Otherwise a message is confirmed when a loop receives it.
   * @param settleAll writes what waits on all connections.
   */
  constructor(confirmsLater: boolean, settleAll: () => void) {
    this.#confirmsLater = confirmsLater;
    this.#settleAll = settleAll;
  }

  receive(connection: ClientConnection, arrival: MessageEvent): void {
    const { message } = arrival;
    if (message.sequence !== 0) this.#origins.set(message, connection);
    this.#backlog.add(arrival);
    this.messages.add(message);
    this.#applyLimits(connection);
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
    return this.#backlog.length + this.#heldMessages;
  }

  get #bytes(): number {
    return this.#backlog.bytes + this.#heldBytes;
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
    this.#backlog.take();
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

/** A queue that is read by iteration. */
class MessageStream<T> implements AsyncIterableIterator<T> {
  readonly #onDelivered: (item: T) => void;
  readonly #items = new Queue<T>();
  readonly #readers: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }[] = [];
  #end: { readonly error: unknown } | undefined;

  /** @param onDelivered called when an iterator has received an item. */
  constructor(onDelivered: (item: T) => void) {
    this.#onDelivered = onDelivered;
  }

  add(item: T): void {
    const reader = this.#readers.shift();
    if (reader === undefined) {
      this.#items.add(item);
      return;
    }
    reader.resolve({ done: false, value: item });
    this.#onDelivered(item);
  }

  /** Ends the stream: after the items that wait, the iteration ends, or throws the error. */
  end(error?: unknown): void {
    this.#end ??= { error };
    for (const reader of this.#readers.splice(0)) this.#finish(reader);
  }

  next(): Promise<IteratorResult<T>> {
    return new Promise((resolve, reject) => {
      if (this.#items.length > 0) {
        const item = this.#items.take()!;
        resolve({ done: false, value: item });
        this.#onDelivered(item);
      } else if (this.#end !== undefined) this.#finish({ resolve, reject });
      else this.#readers.push({ resolve, reject });
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(reader: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }): void {
    if (this.#end?.error === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(this.#end.error);
  }
}
