// The changes of one step before they are written: reads see them, the storage does not.
import type { SyncBatch, SyncEntry, SyncKeyRange, SyncList } from './storage.js';

/** An operation on the storage that a step waits for. */
export type StorageTask =
  | { readonly type: 'revision' }
  | { readonly type: 'get'; readonly keys: readonly string[] }
  | { readonly type: 'list'; readonly query: SyncList }
  | { readonly type: 'write'; readonly batch: SyncBatch };

/** What a StorageTask results in: as the method of SyncStorage with the name of its type. */
export type StorageResult = number | boolean | readonly (Uint8Array | undefined)[] | readonly SyncEntry[];

/** A part of a step: yields tasks and receives their results. */
export type Reading<T> = Generator<StorageTask, T, StorageResult>;

export class Draft {
  readonly #puts = new Map<string, Uint8Array | undefined>();
  readonly #ranges: SyncKeyRange[] = [];
  /** Values that were read ahead. */
  readonly #read = new Map<string, Uint8Array | undefined>();

  get isEmpty(): boolean {
    return this.#puts.size === 0 && this.#ranges.length === 0;
  }

  put(key: string, value: Uint8Array): void {
    this.#puts.set(key, value);
  }

  delete(key: string): void {
    this.#puts.set(key, undefined);
  }

  deleteRange(range: SyncKeyRange): void {
    for (const key of [...this.#puts.keys()]) if (isIn(key, range)) this.#puts.delete(key);
    this.#ranges.push(range);
  }

  batch(revision: number): SyncBatch {
    const puts: SyncEntry[] = [];
    const deletes: string[] = [];
    for (const [key, value] of this.#puts) {
      if (value === undefined) deletes.push(key);
      else puts.push([key, value]);
    }
    return { revision, deleteRanges: this.#ranges, deletes, puts };
  }

  *get(key: string): Reading<Uint8Array | undefined> {
    if (this.#puts.has(key)) return this.#puts.get(key);
    if (this.#ranges.some((range) => isIn(key, range))) return undefined;
    if (this.#read.has(key)) return this.#read.get(key);
    const [value] = (yield { type: 'get', keys: [key] }) as readonly (Uint8Array | undefined)[];
    return value;
  }

  /** Reads values that the step is going to need, with one task. */
  *readAhead(keys: Iterable<string>): Reading<void> {
    const wanted = [...new Set(keys)].filter((key) => !this.#read.has(key));
    if (wanted.length === 0) return;
    const values = (yield { type: 'get', keys: wanted }) as readonly (Uint8Array | undefined)[];
    for (const [i, key] of wanted.entries()) this.#read.set(key, values[i]);
  }

  *list({ from, to, limit, reverse = false }: SyncList): Reading<readonly SyncEntry[]> {
    const found: SyncEntry[] = [];
    let range: SyncKeyRange = { from, to };
    for (;;) {
      const stored = (yield { type: 'list', query: { ...range, limit, reverse } }) as readonly SyncEntry[];
      const last = stored.length < limit ? undefined : stored[stored.length - 1][0];
      const seen = last === undefined ? range : reverse ? { from: last, to: range.to } : { from: range.from, to: `${last}\0` };
      found.push(...this.#overlaid(stored, seen, reverse));
      if (found.length >= limit || last === undefined) return found.slice(0, limit);
      range = reverse ? { from: range.from, to: last } : { from: `${last}\0`, to: range.to };
    }
  }

  /** Stored entries of a range, and what this step has changed in it. */
  #overlaid(stored: readonly SyncEntry[], range: SyncKeyRange, reverse: boolean): SyncEntry[] {
    const kept = stored.filter(([key]) => !this.#puts.has(key) && !this.#ranges.some((gone) => isIn(key, gone)));
    const added: SyncEntry[] = [];
    for (const [key, value] of this.#puts) if (value !== undefined && isIn(key, range)) added.push([key, value]);
    if (added.length === 0) return kept;
    const order = reverse ? -1 : 1;
    return [...kept, ...added].sort(([a], [b]) => (a < b ? -order : order));
  }
}

function isIn(key: string, { from, to }: SyncKeyRange): boolean {
  return key >= from && key < to;
}
