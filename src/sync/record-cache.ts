import type { ConversationRecord } from './conversation-record.js';

const MAX_RECORDS = 512;

/** The conversations that were used last, as they are stored. */
export class RecordCache {
  readonly #records = new Map<string, ConversationRecord>();

  get(key: string): ConversationRecord | undefined {
    const record = this.#records.get(key);
    if (record !== undefined) {
      this.#records.delete(key);
      this.#records.set(key, record);
    }
    return record;
  }

  set(key: string, record: ConversationRecord): void {
    this.#records.delete(key);
    this.#records.set(key, record);
    // A Map iterates in insertion order: the first one was used least recently.
    if (this.#records.size > MAX_RECORDS) this.#records.delete(this.#records.keys().next().value as string);
  }

  clear(): void {
    this.#records.clear();
  }
}
