import { FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { ProtocolError } from '../errors.js';
import { DEFAULT_REQUEST_TIMEOUT_MS } from '../limits.js';
import type { MessageEvent } from './backlog.js';
import type { ClientConnection } from './client-connection.js';
import type { ClientOptions } from './client-options.js';
import { Handlers, type MessageHandler } from './handlers.js';
import { Inbox } from './inbox.js';
import { LONGEST_TIMER_MS, type Platform } from './platform.js';
import { answerRequest } from './request-types.js';

/** What a Receiver needs of its client. */
export interface ReceiverOwner {
  /** Writes what waits on all connections. */
  settleAll(): void;
  /** A callback of the application failed. */
  failed(error: unknown, callback: string, command: number): void;
}

/** What a client receives: messages for the option `sync`, for handlers and for loops, and requests for `onRequest`. */
export class Receiver {
  /** Messages for handlers and loops. */
  readonly inbox: Inbox;
  readonly #handlers: Handlers;
  readonly #platform: Platform;
  readonly #options: ClientOptions;
  readonly #owner: ReceiverOwner;
  /** The requests of the server that are being answered: functions that release them. */
  readonly #answering = new Set<() => void>();

  constructor(platform: Platform, options: ClientOptions, owner: ReceiverOwner) {
    this.#platform = platform;
    this.#options = options;
    this.#owner = owner;
    this.#handlers = new Handlers((error, command) => owner.failed(error, 'on', command));
    this.inbox = new Inbox(this.#handlers, options.confirm === 'stored', () => owner.settleAll());
  }

  receive(connection: ClientConnection, arrival: MessageEvent): void {
    const { message } = arrival;
    const isAsked = message.cmd >= FIRST_APPLICATION_COMMAND && message.sequence !== 0;
    if (isAsked) this.#answer(connection, arrival);
    else if (!this.#synchronize(connection, message)) this.inbox.receive(connection, arrival);
  }

  /** Adds a handler. Returns a function that removes it. */
  on(command: number | 'other', handler: MessageHandler<'other'>): () => void {
    const remove = this.#handlers.add(command, handler);
    // `on` returns first, and handlers that are added together get the waiting messages in order.
    if (this.inbox.expectHandlers()) this.#platform.soon(() => this.inbox.handleWaiting());
    return remove;
  }

  ended(error: ProtocolError | undefined): void {
    for (const done of [...this.#answering]) done();
    this.inbox.messages.end(error);
  }

  /** Gives a push to the option `sync`, and confirms it once it is stored. Returns false for any other message. */
  #synchronize({ session, driver }: ClientConnection, message: SendInfo): boolean {
    const stored = (isStored: boolean): void => {
      if (!isStored || message.sequence === 0) return;
      session.confirm(message, driver.nowMs);
      if (session.state === 'authenticated') driver.settle();
      else this.#owner.settleAll();
    };
    return this.#options.sync?.receive(message, stored) ?? false;
  }

  /** Answers a request of the server. After `requestTimeoutMs` it no longer counts against the limits of the inbox, but may still answer. */
  #answer(connection: ClientConnection, arrival: MessageEvent): void {
    const { message } = arrival;
    const { requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS, onRequest } = this.#options;
    const release = this.inbox.hold(connection, arrival);
    const failed = (error: unknown): void => this.#owner.failed(error, 'onRequest', message.cmd);
    const done = (): void => {
      if (!this.#answering.delete(done)) return;
      this.#platform.clearTimer(timer);
      release();
    };
    const late = (): void => {
      failed(new ProtocolError('TIMEOUT', `onRequest has not answered within ${requestTimeoutMs} ms`));
      done();
    };
    const timer = this.#platform.setTimer(late, Math.min(requestTimeoutMs, LONGEST_TIMER_MS));
    this.#answering.add(done);
    answerRequest(connection, message, onRequest, { failed, done });
  }
}
