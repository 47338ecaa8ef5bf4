/** A FIFO queue with amortized constant cost; `Array.shift` may cost linear time. */
export class Queue<T> {
  #items: T[] = [];
  #taken = 0;

  get length(): number {
    return this.#items.length - this.#taken;
  }

  /** The oldest item; undefined if the queue is empty. */
  get first(): T | undefined {
    return this.#items[this.#taken];
  }

  add(item: T): void {
    this.#items.push(item);
  }

  /** Removes and returns the oldest item; undefined if the queue is empty. */
  take(): T | undefined {
    const item = this.#items[this.#taken];
    // Do not keep the item alive.
    if (this.#taken < this.#items.length) this.#items[this.#taken++] = undefined as T;
    if (this.#taken === this.#items.length) this.clear();
    // Amortized: each item is copied at most once.
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
