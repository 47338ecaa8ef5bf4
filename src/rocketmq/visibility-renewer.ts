// Keeps received messages invisible to other consumers while they are handled.
import type { Timers } from './clock.js';

/** A message that can be hidden from other consumers. */
export interface Renewable {
  /** @param ms milliseconds from now. */
  hide(ms: number): Promise<void>;
}

/** Renews the lease of messages. Handlers may take longer than a lease, while messages of a killed process soon go to others. */
export class VisibilityRenewer<T extends Renewable> {
  readonly #leaseMs: number;
  readonly #timers: Timers;
  readonly #items = new Map<T, Promise<void> | undefined>();
  #isScheduled = false;

  constructor(leaseMs: number, timers: Timers) {
    this.#leaseMs = leaseMs;
    this.#timers = timers;
  }

  /** The messages that are being renewed. */
  get items(): T[] {
    return [...this.#items.keys()];
  }

  add(item: T): void {
    this.#items.set(item, undefined);
    this.#schedule();
  }

  /** Stops renewing. Waits for a pending renewal, which changes the receipt handle of the message. */
  async remove(item: T): Promise<void> {
    const renewal = this.#items.get(item);
    this.#items.delete(item);
    await renewal;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#timers.set(() => {
      this.#isScheduled = false;
      for (const item of this.#items.keys()) {
        // If a renewal fails, the message is delivered again: at least once.
        const renewal = item.hide(this.#leaseMs).catch(() => {});
        this.#items.set(item, renewal);
      }
      if (this.#items.size > 0) this.#schedule();
    }, this.#leaseMs / 3);
  }
}
