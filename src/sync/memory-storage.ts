import { OrderedMap } from './ordered-map.js';
import type { SyncBatch, SyncEntry, SyncList, SyncStorage } from './storage.js';

/** A SyncStorage in memory: for tests, bots, and devices that start from scratch each time. */
export class MemoryStorage implements SyncStorage {
  readonly #entries = new OrderedMap<Uint8Array>();
  #revision = 0;

  /** Number of entries. */
  get size(): number {
    return this.#entries.size;
  }

  async revision(): Promise<number> {
    return this.#revision;
  }

  async get(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    return keys.map((key) => this.#entries.get(key));
  }

  async list(query: SyncList): Promise<readonly SyncEntry[]> {
    return this.#entries.list(query);
  }

  async write(batch: SyncBatch): Promise<boolean> {
    if (batch.revision !== this.#revision) return false;
    this.#entries.apply(batch);
    this.#revision += 1;
    return true;
  }

  async close(): Promise<void> {}
}
