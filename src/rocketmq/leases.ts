import type { Timers } from './clock.js';

/** Something that nobody else gets for a while. */
export interface Leased {
  /** @param ms from now on. */
  hide(ms: number): Promise<void>;
}

/**
 * Keeps messages hidden while they are handled. A handler may take its time, and a process that ends still leaves its messages to others
 * soon.
 */
export class Leases<T extends Leased> {
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
