// The conversations that a step reads and changes: from the cache or the storage, and written once, at the end of the step.
import type { ConversationRef } from '../../../generated/models.js';
import { ConversationRecord } from '../conversation-record.js';
import type { Draft, Reading } from '../draft.js';
import { conversationAt, type Mark, markAt } from '../keys.js';
import type { SyncChange } from '../types.js';

/** Conversations as they are stored. */
export interface StoredRecords {
  get(key: string): ConversationRecord | undefined;
}

const NO_VALUE = new Uint8Array(0);

export class StepConversations {
  /** The conversations that the step has read, as they are after it; undefined: it does not exist. */
  readonly records = new Map<string, ConversationRecord | undefined>();
  /** The list of conversations was dropped. */
  isReset = false;
  readonly #draft: Draft;
  readonly #cache: StoredRecords;
  readonly #touched = new Set<string>();

  constructor(draft: Draft, cache: StoredRecords) {
    this.#draft = draft;
    this.#cache = cache;
  }

  /** The conversation to change; created if `ref` is given. */
  *get(key: string, ref?: ConversationRef): Reading<ConversationRecord | undefined> {
    if (this.records.get(key) === undefined) {
      let record = this.records.has(key) || this.isReset ? undefined : this.#cache.get(key)?.clone();
      if (record === undefined) {
        const bytes = yield* this.#draft.get(conversationAt(key));
        if (bytes !== undefined) record = ConversationRecord.decode(key, bytes);
      }
      if (record === undefined && ref !== undefined) record = ConversationRecord.create(key, ref);
      this.records.set(key, record);
    }
    const record = this.records.get(key);
    if (record !== undefined) this.#touched.add(key);
    return record;
  }

  isCached(key: string): boolean {
    return this.#cache.get(key) !== undefined;
  }

  /** The storage has no conversations any more. */
  reset(): void {
    this.records.clear();
    this.#touched.clear();
    this.isReset = true;
  }

  /** Puts what has changed into the draft. Returns the changes to report. */
  *write(): Reading<SyncChange[]> {
    const changes: SyncChange[] = [];
    for (const key of this.#touched) {
      const record = this.records.get(key) as ConversationRecord;
      if (record.isUncounted) record.at.isStale = true;
      const bytes = record.encode();
      const before = yield* this.#draft.get(conversationAt(key));
      if (before !== undefined && isEqual(before, bytes)) continue;
      this.#draft.put(conversationAt(key), bytes);
      const { hole, at } = record;
      this.#mark('h', key, hole !== undefined || at.ahead.length + at.unsure.length > 0);
      this.#mark('u', key, at.isStale);
      if (record.isKnown) changes.push({ type: 'conversation', conversation: record.view() });
    }
    return changes;
  }

  #mark(mark: Mark, key: string, isSet: boolean): void {
    if (isSet) this.#draft.put(markAt(mark, key), NO_VALUE);
    else this.#draft.delete(markAt(mark, key));
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
