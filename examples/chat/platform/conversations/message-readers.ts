// Who has read a message, of those who may see it.
import { isReader } from '../messages/readers.js';
import type { Storage, StoredMessage } from '../storage/storage.js';

export interface MessageReaders {
  /** Members of the conversation who may see the message, without its sender. */
  readonly total: number;
  /** Those who have read it, and not quietly. */
  readonly readerIds: readonly bigint[];
}

export async function readersOf(storage: Storage, message: StoredMessage): Promise<MessageReaders> {
  const { conversation, senderId, seq } = message;
  const others = (await storage.membersOf(conversation)).filter((userId) => userId !== senderId && isReader(message, userId));
  const readerIds: bigint[] = [];
  for (const userId of others) {
    const member = await storage.member(conversation, userId);
    if ((member?.readOpenly?.upToSeq ?? 0n) >= seq) readerIds.push(userId);
  }
  return { total: others.length, readerIds };
}
