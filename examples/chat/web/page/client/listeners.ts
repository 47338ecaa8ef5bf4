/** Calls its listeners once for all that changes in a turn of the event loop. */
export class Listeners {
  readonly #listeners = new Set<() => void>();
  readonly #before: () => void;
  #isChanged = false;

  /** @param before Called first. */
  constructor(before: () => void) {
    this.#before = before;
  }

  /** Returns what removes the listener. */
  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  changed(): void {
    if (this.#isChanged) return;
    this.#isChanged = true;
    queueMicrotask(() => {
      this.#isChanged = false;
      this.#before();
      for (const listener of this.#listeners) listener();
    });
  }
}
