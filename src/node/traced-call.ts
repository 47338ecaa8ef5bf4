import type { TracingChannel } from 'node:diagnostics_channel';
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
  #wraps: ((call: () => void) => void)[] | undefined;

  constructor(channel: TracingChannel, server: Server, connection: ServerConnection, facts: object) {
    super();
    this.#channel = channel;
    const within: CallMessage['within'] = (wrap) => {
      this.#wraps = [...(this.#wraps ?? []), wrap];
    };
    this.#message = { server, connection, ...facts, code: undefined, error: undefined, durationMs: undefined, within };
  }

  override run<T>(call: () => T): T {
    const { start, end } = this.#channel;
    try {
      return start.runStores(this.#message, () => (this.#wraps === undefined ? call() : wrapped(call, this.#wraps)));
    } finally {
      end.publish(this.#message);
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

/** Calls a callback inside of all wraps. One that throws, or does not call its argument, changes nothing. */
function wrapped<T>(call: () => T, wraps: readonly ((call: () => void) => void)[]): T {
  let outcome: { readonly value: T } | { readonly thrown: unknown } | undefined;
  const callOnce = (): void => {
    if (outcome !== undefined) return;
    try {
      outcome = { value: call() };
    } catch (thrown) {
      outcome = { thrown };
    }
  };
  const all = wraps.reduceRight<() => void>((inner, wrap) => () => wrap(inner), callOnce);
  try {
    all();
  } catch (error) {
    // As for subscribers that throw.
    process.nextTick(() => {
      throw error;
    });
  }
  callOnce();
  if ('thrown' in outcome!) throw outcome.thrown;
  return outcome!.value;
}
