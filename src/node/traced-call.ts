import type { TracingChannel } from 'node:diagnostics_channel';
import { callWithin } from '../callbacks.js';
import type { ServerConnection } from '../connection/server-connection.js';
import type { ObservedCall, Outcome, OutcomeCode } from '../connection/server-observer.js';
import type { Server } from './listen-options.js';
import { nodePlatform } from './platform.js';
import type { CallMessage } from './server-channels.js';

/** A call whose duration is measured. */
export class TimedCall implements ObservedCall {
  readonly #sinceMs = nodePlatform.nowMs();

  run<T>(call: () => T): T {
    return call();
  }

  /** @returns the duration in milliseconds. */
  end(_outcome: Outcome): number {
    return nodePlatform.nowMs() - this.#sinceMs;
  }
}

/** The message of a call. A class, because one is made for each request: a literal with parts that differ is slower. */
export class TracedMessage implements CallMessage {
  readonly server: Server;
  readonly connection: ServerConnection;
  code: OutcomeCode | undefined;
  error: unknown;
  durationMs: number | undefined;
  #wraps: readonly ((call: () => void) => void)[] = NONE;

  constructor(server: Server, connection: ServerConnection) {
    this.server = server;
    this.connection = connection;
    this.code = undefined;
    this.error = undefined;
    this.durationMs = undefined;
  }

  within(wrap: (call: () => void) => void): void {
    this.#wraps = [...this.#wraps, wrap];
  }

  /** Calls a callback inside of all wraps. */
  static call<T>(message: TracedMessage, call: () => T): T {
    if (message.#wraps.length === 0) return call();
    return message.#wraps.reduceRight<() => T>((inner, wrap) => () => callWithin(wrap, inner, failLater), call)();
  }
}

/** A call that is published to a tracing channel: `start` and `end` around the call, `asyncStart` and `asyncEnd` when it is answered. */
export class TracedCall extends TimedCall {
  readonly #channel: TracingChannel;
  readonly #message: TracedMessage;

  constructor(channel: TracingChannel, message: TracedMessage) {
    super();
    this.#channel = channel;
    this.#message = message;
  }

  override run<T>(call: () => T): T {
    const { start, end } = this.#channel;
    const message = this.#message;
    try {
      return start.hasSubscribers ? start.runStores(message, () => TracedMessage.call(message, call)) : call();
    } finally {
      end.publish(message);
    }
  }

  override end(outcome: Outcome): number {
    const durationMs = super.end(outcome);
    const { asyncStart, asyncEnd, error } = this.#channel;
    const message = this.#message;
    message.code = outcome.code;
    message.error = outcome.thrown;
    message.durationMs = durationMs;
    if (outcome.thrown !== undefined) error.publish(message);
    asyncStart.publish(message);
    asyncEnd.publish(message);
    return durationMs;
  }
}

const NONE: readonly never[] = [];

/** Reports an error as Node does for subscribers that throw. */
function failLater(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
