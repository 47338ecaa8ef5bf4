/** First in, first out. Taking from it costs the same however much is in it, which `Array.shift` does not promise. */
export class Queue<T> {
  #items: T[] = [];
  #taken = 0;

  get length(): number {
    return this.#items.length - this.#taken;
  }

  /** The oldest item; undefined = there is none. */
  get first(): T | undefined {
    return this.#items[this.#taken];
  }

  add(item: T): void {
    this.#items.push(item);
  }

  /** The oldest item; undefined = there is none. */
  take(): T | undefined {
    const item = this.#items[this.#taken];
    // What was taken is not kept alive.
    if (this.#taken < this.#items.length) this.#items[this.#taken++] = undefined as T;
    if (this.#taken === this.#items.length) this.clear();
    // Each item is moved at most once for each time it was added.
    else if (this.#taken > this.#items.length / 2) {
      this.#items = this.#items.slice(this.#taken);
      this.#taken = 0;
    }
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#taken = 0;
  }
}
