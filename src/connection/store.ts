import { run } from '../callbacks.js';

/** A value with listeners for its changes. `subscribe` and `getSnapshot` are bound: React's `useSyncExternalStore` accepts them. */
export class Store<T> {
  readonly #listeners = new Set<{ readonly listener: () => void }>();
  readonly #failed: (error: unknown) => void;
  #snapshot: T;

  /** @param failed called with what a listener threw. */
  constructor(snapshot: T, failed: (error: unknown) => void) {
    this.#snapshot = snapshot;
    this.#failed = failed;
  }

  readonly getSnapshot = (): T => this.#snapshot;

  /** Calls a listener after each change. The same function may be added several times. Returns a function that removes it. */
  readonly subscribe = (listener: () => void): (() => void) => {
    if (typeof listener !== 'function') throw new TypeError(`subscribe: expected a function, got ${typeof listener}`);
    const entry = { listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  };

  /** Replaces the value, and calls the listeners. */
  set(snapshot: T): void {
    this.#snapshot = snapshot;
    // A listener that is removed by an earlier one is not called.
    for (const entry of [...this.#listeners]) if (this.#listeners.has(entry)) run(entry.listener, this.#failed);
  }
}
