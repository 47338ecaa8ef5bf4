// An ordered map from text to values: for storages that keep their keys in memory.
import type { SyncKeyRange, SyncList } from './storage.js';

/** What a batch does to an OrderedMap. */
export interface OrderedBatch<V> {
  readonly deleteRanges: readonly SyncKeyRange[];
  readonly deletes: readonly string[];
  readonly puts: readonly (readonly [key: string, value: V])[];
}

export class OrderedMap<V> {
  readonly #values = new Map<string, V>();
  /** All keys, ascending. */
  #keys: string[] = [];

  get size(): number {
    return this.#keys.length;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  values(): Iterable<V> {
    return this.#values.values();
  }

  list({ from, to, limit, reverse = false }: SyncList): (readonly [key: string, value: V])[] {
    const [start, end] = this.#span({ from, to });
    const keys = reverse
      ? this.#keys.slice(Math.max(start, end - limit), Math.max(start, end)).reverse()
      : this.#keys.slice(start, Math.min(end, start + limit));
    return keys.map((key) => [key, this.#values.get(key)!]);
  }

  /** @param dropped called with each value that the batch deletes or replaces. */
  apply({ deleteRanges, deletes, puts }: OrderedBatch<V>, dropped?: (value: V) => void): void {
    for (const range of deleteRanges) {
      const [start, end] = this.#span(range);
      for (const key of this.#keys.splice(start, Math.max(0, end - start))) {
        dropped?.(this.#values.get(key)!);
        this.#values.delete(key);
      }
    }
    for (const key of deletes) {
      const value = this.#values.get(key);
      if (value === undefined) continue;
      dropped?.(value);
      this.#values.delete(key);
      this.#keys.splice(this.#place(key), 1);
    }
    this.#put(puts, dropped);
  }

  #put(puts: OrderedBatch<V>['puts'], dropped: ((value: V) => void) | undefined): void {
    const added: string[] = [];
    for (const [key, value] of puts) {
      const before = this.#values.get(key);
      if (before === undefined) added.push(key);
      else dropped?.(before);
      this.#values.set(key, value);
    }
    if (added.length === 0) return;
    const last = this.#keys[this.#keys.length - 1];
    added.sort();
    if (last === undefined || added[0] > last) for (const key of added) this.#keys.push(key);
    else if (added.length < 16) for (const key of added) this.#keys.splice(this.#place(key), 0, key);
    else this.#keys = merged(this.#keys, added);
  }

  #span({ from, to }: SyncKeyRange): [number, number] {
    return [this.#place(from), this.#place(to)];
  }

  /** The index of the first key that is not below `key`. */
  #place(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keys[middle] < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function merged(a: readonly string[], b: readonly string[]): string[] {
  const all: string[] = [];
  let i = 0;
  for (const key of b) {
    while (i < a.length && a[i] < key) all.push(a[i++]);
    all.push(key);
  }
  for (; i < a.length; i++) all.push(a[i]);
  return all;
}
