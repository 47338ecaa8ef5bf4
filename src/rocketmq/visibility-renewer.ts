import { delayAfter, type RetryPolicy } from './broker.js';
import type { ReceivedMessage } from './client-consumer.js';
import { isPassing } from './client-errors.js';
import type { Timers } from './clock.js';
import type { Outcome } from './run-handler.js';

/** Something that nobody else gets for a while. */
export interface Renewable {
  /** @param ms from now on. */
  hide(ms: number): Promise<void>;
}

/**
 * Keeps messages hidden while they are handled. A handler may take its time, and a process that ends still leaves its messages to others
 * soon.
 */
export class VisibilityRenewer<T extends Renewable> {
  readonly #leaseMs: number;
  readonly #timers: Timers;
  readonly #held = new Map<T, Promise<void> | undefined>();
  #isTicking = false;

  constructor(leaseMs: number, timers: Timers) {
    this.#leaseMs = leaseMs;
    this.#timers = timers;
  }

  /** Those that are held. */
  get held(): T[] {
    return [...this.#held.keys()];
  }

  hold(item: T): void {
    this.#held.set(item, undefined);
    this.#tick();
  }

  /** Ends a lease. To hide a message anew gives it another handle, so what comes next has to wait for it. */
  async release(item: T): Promise<void> {
    const renewal = this.#held.get(item);
    this.#held.delete(item);
    await renewal;
  }

  #tick(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.#timers.set(() => {
      this.#isTicking = false;
      for (const item of this.#held.keys()) {
        // A renewal that fails lets the message come again: it is delivered at least once.
        const renewal = item.hide(this.#leaseMs).catch(() => {});
        this.#held.set(item, renewal);
      }
      if (this.#held.size > 0) this.#tick();
    }, this.#leaseMs / 3);
  }
}

/** A call that failed for the moment is made again so often. */
const CALL_ATTEMPTS = 4;
const CALL_RETRY_MS = 200;

/**
 * Tells RocketMQ what became of a message.
 * @param again what is done with a message that is to come again, after so many milliseconds.
 * @throws what the client throws: the message will come again when its lease is over.
 */
export async function settleMessage(
  message: ReceivedMessage,
  outcome: Outcome,
  attempt: number,
  retry: RetryPolicy,
  timers: Timers,
  again: (afterMs: number) => Promise<void>,
): Promise<void> {
  if (outcome.kind === 'ack') await repeated(() => message.ack(), timers);
  else if (outcome.kind === 'nack' && attempt < retry.maxAttempts) await again(outcome.afterMs ?? delayAfter(retry, attempt));
  else await repeated(() => message.deadLetter(attempt), timers);
}

async function repeated(call: () => Promise<void>, timers: Timers): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= CALL_ATTEMPTS || !isPassing(error)) throw error;
      await timers.wait(CALL_RETRY_MS * attempt);
    }
  }
}
