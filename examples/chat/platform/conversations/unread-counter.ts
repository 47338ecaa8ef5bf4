import { conversationKey, countedMessage, countUnread, type Unread } from '@im/protocol/conversation';
import type { PresentForm } from '../messages/present-form.js';
import { isReader } from '../messages/readers.js';
import type { Member, Storage } from '../storage/storage.js';

/** Counts what a user has not read. A database would keep the few columns that counting needs, and cache the result. */
export class UnreadCounter {
  readonly #storage: Storage;
  readonly #presentForm: PresentForm;

  constructor(storage: Storage, presentForm: PresentForm) {
    this.#storage = storage;
    this.#presentForm = presentForm;
  }

  async of({ conversation, userId, read, firstSeq }: Member): Promise<Unread> {
    const key = conversationKey(conversation);
    const readSeq = read?.upToSeq ?? 0n;
    const { seq: to = 0n } = (await this.#storage.lastMessage(key)) ?? {};
    const all = { from: readSeq + 1n, to, limit: Number.POSITIVE_INFINITY, oldest: true };
    const counted = [];
    for (const message of await this.#storage.messages(key, all)) {
      const deleted = !isReader(message, userId) || (await this.#presentForm.isGone(message, userId));
      counted.push({ ...countedMessage(await this.#presentForm.of(message), userId), deleted });
    }
    return countUnread(counted, { readSeq, firstSeq }, userId);
  }
}
