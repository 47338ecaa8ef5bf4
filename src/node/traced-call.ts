import type { TracingChannel } from 'node:diagnostics_channel';
import { callWithin } from '../callbacks.js';
import type { ServerConnection } from '../connection/server-connection.js';
import type { ObservedCall, Outcome } from '../connection/server-observer.js';
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

/** A call that is published to a tracing channel: `start` and `end` around the call, `asyncStart` and `asyncEnd` when it is answered. */
export class TracedCall extends TimedCall {
  readonly #channel: TracingChannel;
  readonly #message: CallMessage;
  #wraps: readonly ((call: () => void) => void)[] = NONE;

  constructor(channel: TracingChannel, server: Server, connection: ServerConnection, facts: object) {
    super();
    this.#channel = channel;
    const within: CallMessage['within'] = (wrap) => {
      this.#wraps = [...this.#wraps, wrap];
    };
    this.#message = { server, connection, ...facts, code: undefined, error: undefined, durationMs: undefined, within };
  }

  override run<T>(call: () => T): T {
    const { start, end } = this.#channel;
    try {
      return start.runStores(this.#message, () => this.#wrapped(call)());
    } finally {
      end.publish(this.#message);
    }
  }

  #wrapped<T>(call: () => T): () => T {
    return this.#wraps.reduceRight<() => T>((inner, wrap) => () => callWithin(wrap, inner, failLater), call);
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
