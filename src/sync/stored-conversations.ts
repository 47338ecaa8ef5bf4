// Queries of what is stored, to draw it.

import { lastOf } from '../wire/older-engines.js';
import { ConversationRecord } from './conversation-record.js';
import { conversationAt, looseAt, META, messagesBetween, seqOfKey, startingWith } from './keys.js';
import { MessageRecord } from './message-record.js';
import { jsonOf, splitParts } from './record-parts.js';
import type { SyncStorage } from './storage.js';
import type { SyncConversation, SyncMessage } from './types.js';

/** Which messages `messages` returns. */
export interface MessagesQuery {
  /** Only messages with a lower seq. Default: the newest ones. */
  readonly beforeSeq?: bigint | undefined;
  /** Maximum number of messages: 1 or more. Default 50. */
  readonly limit?: number | undefined;
}

const PAGE = 500;

export class StoredConversations {
  readonly #storage: SyncStorage;

  constructor(storage: SyncStorage) {
    this.#storage = storage;
  }

  async conversations(): Promise<SyncConversation[]> {
    const all: SyncConversation[] = [];
    for (let from = ''; ; ) {
      const entries = await this.#storage.list({ ...startingWith('c/', from), limit: PAGE });
      for (const [name, bytes] of entries) {
        const record = ConversationRecord.decode(name.slice(2), bytes);
        // "A reader keeps a kind that it does not know, and skips what names it."
        if (record.isKnown) all.push(record.view());
      }
      if (entries.length < PAGE) return all.sort(inList);
      from = `${entries[entries.length - 1][0].slice(2)}\0`;
    }
  }

  async conversation(key: string): Promise<SyncConversation | undefined> {
    return (await this.#record(key))?.view();
  }

  async messages(
    key: string,
    { beforeSeq, limit = 50 }: MessagesQuery,
  ): Promise<{ messages: SyncMessage[]; more: boolean; isMissing: boolean }> {
    const record = await this.#record(key);
    if (record === undefined) return { messages: [], more: false, isMissing: false };
    const userId = await this.#userId();
    const { top } = record.at;
    const newest = beforeSeq === undefined || beforeSeq > top ? top : beforeSeq - 1n;
    // The page stops at the highest gap that it meets.
    const gap = lastOf(record.gaps.filter(({ firstSeq }) => firstSeq <= newest));
    const oldest = gap === undefined ? 1n : gap.lastSeq + 1n;
    const messages: SyncMessage[] = [];
    for (let to = newest; to >= oldest; ) {
      const entries = await this.#storage.list({
        ...messagesBetween(key, oldest, to),
        limit: Math.min(PAGE, limit + 1),
        reverse: true,
      });
      for (const [name, bytes] of entries) {
        if (!record.isVisible(seqOfKey(name))) continue;
        if (messages.length === limit) return { messages, more: true, isMissing: false };
        messages.push(MessageRecord.decode(bytes).view(key, userId));
      }
      if (entries.length < Math.min(PAGE, limit + 1)) break;
      to = seqOfKey(entries[entries.length - 1][0]) - 1n;
    }
    return { messages, more: gap !== undefined, isMissing: gap !== undefined };
  }

  async systemMessages(limit: number, beforeId?: bigint): Promise<SyncMessage[]> {
    const all = startingWith('o/');
    const to = beforeId === undefined ? all.to : looseAt(beforeId);
    const entries = await this.#storage.list({ from: all.from, to, limit, reverse: true });
    const userId = await this.#userId();
    return entries.map(([, bytes]) => MessageRecord.decode(bytes).view(undefined, userId));
  }

  async #record(key: string): Promise<ConversationRecord | undefined> {
    const [bytes] = await this.#storage.get([conversationAt(key)]);
    return bytes && ConversationRecord.decode(key, bytes);
  }

  async #userId(): Promise<bigint> {
    const [bytes] = await this.#storage.get([META]);
    return bytes === undefined ? 0n : (jsonOf(splitParts(bytes)[0]) as { userId: bigint }).userId;
  }
}

/** Pinned ones first, the last pinned one on top; then by the last message. */
function inList(a: SyncConversation, b: SyncConversation): number {
  return order(b.state.pinnedAtMs, a.state.pinnedAtMs) || order(b.activeAtMs, a.activeAtMs) || (a.key < b.key ? -1 : 1);
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}
