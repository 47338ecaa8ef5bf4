import type { Delivery, Handler } from './broker.js';
import { deliveryKey } from './delivery-key.js';

/** Options of a Deduplicator. */
export interface DeduplicatorOptions {
  /** How many deliveries are remembered, the newest: 1 or more. Default 65536. */
  readonly size?: number | undefined;
  /** What two deliveries have in common that are the same. Default: `deliveryKey`, and where that is undefined RocketMQ's own id. */
  readonly keyOf?: ((delivery: Delivery) => string | undefined) | undefined;
}

/**
 * "At-least-once: a consumer deduplicates by its own message id." At-least-once in, exactly once to the application, as long as the window
 * remembers: it is in memory, outlives its consumers, and is shared by all handlers that it wraps.
 *
 * A delivery is remembered once its handler has acknowledged it, not before: one that failed comes again. One that comes while the same is
 * being handled waits for the outcome.
 */
export class Deduplicator {
  readonly #size: number;
  readonly #keyOf: (delivery: Delivery) => string | undefined;
  /** A Set keeps the order of insertion: the first is the oldest. */
  readonly #handled = new Set<string>();
  readonly #running = new Map<string, Promise<unknown>>();
  #dropped = 0;

  constructor({ size = 65_536, keyOf = deliveryKey }: DeduplicatorOptions = {}) {
    if (!(size >= 1)) throw new RangeError(`the size of a window is 1 or more, got ${size}`);
    this.#size = size;
    this.#keyOf = keyOf;
  }

  /** How many deliveries were not handed over, because they had been before. */
  get dropped(): number {
    return this.#dropped;
  }

  /** A handler that calls `handler` once for deliveries that are the same, and acknowledges the others. */
  wrap(handler: Handler): Handler {
    return async (delivery) => {
      // Groups are consumers of their own: each gets everything.
      const key = `${delivery.group} ${this.#keyOf(delivery) ?? `#${delivery.messageId}`}`;
      // A third one may have begun when the second has failed.
      while (this.#running.has(key)) await this.#running.get(key);
      if (this.#handled.has(key)) {
        this.#dropped++;
        return;
      }
      const work = this.#handle(key, handler, delivery);
      // Who waits for it asks whether it went well; only the caller gets the error.
      this.#running.set(
        key,
        work.catch(() => {}),
      );
      await work.finally(() => this.#running.delete(key));
    };
  }

  async #handle(key: string, handler: Handler, delivery: Delivery): Promise<void> {
    let isAcked = true;
    await handler({
      ...delivery,
      ack: () => {
        isAcked = true;
        delivery.ack();
      },
      nack: (options) => {
        isAcked = false;
        delivery.nack(options);
      },
      deadLetter: () => {
        isAcked = false;
        delivery.deadLetter();
      },
    });
    if (isAcked) this.#remember(key);
  }

  #remember(key: string): void {
    if (this.#handled.size >= this.#size) this.#handled.delete(this.#handled.values().next().value as string);
    this.#handled.add(key);
  }
}
