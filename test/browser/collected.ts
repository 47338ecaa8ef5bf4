/** What comes one by one, for somebody who waits until there is enough of it. */
export class Collected<T> {
  readonly items: T[] = [];
  #waiting: { count: number; resolve(items: T[]): void }[] = [];

  add(item: T): void {
    this.items.push(item);
    const { length } = this.items;
    for (const { count, resolve } of this.#waiting) if (count <= length) resolve([...this.items]);
    this.#waiting = this.#waiting.filter(({ count }) => count > length);
  }

  /** Resolves with all there is, as soon as there are so many. */
  until(count: number): Promise<T[]> {
    if (this.items.length >= count) return Promise.resolve([...this.items]);
    return new Promise((resolve) => void this.#waiting.push({ count, resolve }));
  }
}
