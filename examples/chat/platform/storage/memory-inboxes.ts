import type { InboxEntry, InboxItem } from './storage.js';

/** The inboxes of all users, in memory. */
export class MemoryInboxes {
  readonly #inboxes = new Map<bigint, Inbox>();
  readonly #maxItems: number;

  /** @param maxItems of each inbox. Above it the oldest are removed. */
  constructor(maxItems: number) {
    this.#maxItems = maxItems;
  }

  add(userId: bigint, key: string, item: InboxItem): void {
    const inbox = this.of(userId);
    inbox.entries.delete(key);
    inbox.upTo += 1n;
    inbox.entries.set(key, { position: inbox.upTo, item });
    if (inbox.entries.size <= this.#maxItems) return;
    const [oldestKey, { position }] = inbox.entries.entries().next().value!;
    inbox.entries.delete(oldestKey);
    inbox.from = position;
  }

  of(userId: bigint): Inbox {
    const inbox = this.#inboxes.get(userId) ?? { from: 0n, upTo: 0n, entries: new Map<string, InboxEntry>() };
    this.#inboxes.set(userId, inbox);
    return inbox;
  }
}

interface Inbox {
  from: bigint;
  upTo: bigint;
  /** By key, in the order of their positions. */
  readonly entries: Map<string, InboxEntry>;
}
