// RECEIPTS: how many have received and read a message whose sender wants to know (the hint receipt_wanted).
import { Command, type ConversationRef, type MessageReceiptInit } from '@im/protocol';
import { conversationKey, parseConversationKey } from '@im/protocol/conversation';
import type { Context } from '../context.js';
import { contentOf } from '../messages/message-data.js';
import { isReader } from '../messages/readers.js';
import type { StoredMessage } from '../storage/storage.js';
import { readersOf } from './message-readers.js';

/** `max_items` of MessageReceipt.reader_ids. */
const MAX_READER_IDS = 10;
/** `max_items` of Receipts.items. */
const MAX_ITEMS = 1000;
/** Receipts of this time go out together: many members read at the same time. */
const DELAY_MS = 200;

export class Receipts {
  readonly #context: Context;
  /** The users to whom a message was delivered, by message_id. */
  readonly #delivered = new Map<bigint, Set<bigint>>();
  /** Messages whose receipts have changed since they were sent. */
  readonly #changed = new Map<bigint, StoredMessage>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  /** A user has read the messages after a seq up to another one. */
  async read(conversation: ConversationRef, userId: bigint, after: bigint, upTo: bigint): Promise<void> {
    const range = { from: after + 1n, to: upTo, limit: Number.POSITIVE_INFINITY, oldest: true };
    for (const message of await this.#context.storage.messages(conversationKey(conversation), range)) {
      if (message.senderId !== userId && isReader(message, userId)) this.#change(message);
    }
  }

  /** A message has arrived at terminals of users. */
  async delivered(messageId: bigint, userIds: readonly bigint[]): Promise<void> {
    const message = await this.#context.storage.message(messageId);
    if (message === undefined || !isWanted(message)) return;
    const known = this.#delivered.get(messageId) ?? new Set();
    this.#delivered.set(messageId, known);
    const before = known.size;
    for (const userId of userIds) if (userId !== message.senderId) known.add(userId);
    if (known.size > before) this.#change(message);
  }

  /** Sends what has changed: one RECEIPTS for each sender and conversation. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const groups = new Map<string, StoredMessage[]>();
    for (const message of this.#changed.values()) {
      const key = `${message.senderId} ${message.conversation}`;
      groups.set(key, [...(groups.get(key) ?? []), message]);
    }
    this.#changed.clear();
    for (const messages of groups.values()) {
      for (let i = 0; i < messages.length; i += MAX_ITEMS) await this.#send(messages.slice(i, i + MAX_ITEMS));
    }
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #change(message: StoredMessage): void {
    if (!isWanted(message)) return;
    this.#changed.set(message.messageId, message);
    this.#timer ??= setTimeout(() => this.flush().catch(this.#context.onError), DELAY_MS);
  }

  async #send(messages: readonly StoredMessage[]): Promise<void> {
    const { storage, outbox } = this.#context;
    const [{ senderId, conversation }] = messages;
    const items = await Promise.all(messages.map((message) => this.#receiptOf(message)));
    for (const item of items) {
      // Each message has an item of its own in the inbox, where the newest one of a message is enough.
      const data = { $case: 'receipts', value: { conversation: parseConversationKey(conversation), items: [item] } } as const;
      await storage.addToInbox(senderId, `receipts ${item.messageId}`, { kind: 'push', push: { cmd: Command.RECEIPTS, data } });
    }
    const data = { $case: 'receipts', value: { conversation: parseConversationKey(conversation), items } } as const;
    await outbox.command({ cmd: Command.RECEIPTS, data, receiverIds: [senderId] });
  }

  async #receiptOf(message: StoredMessage): Promise<MessageReceiptInit & { messageId: bigint }> {
    const { messageId } = message;
    const { total, readerIds } = await readersOf(this.#context.storage, message);
    const delivered = new Set([...(this.#delivered.get(messageId) ?? []), ...readerIds]);
    const complete = readerIds.length === total;
    if (complete) this.#delivered.delete(messageId);
    return {
      messageId,
      read: readerIds.length,
      delivered: delivered.size,
      total,
      readerIds: readerIds.slice(0, MAX_READER_IDS),
      complete,
    };
  }
}

function isWanted({ data, seq }: StoredMessage): boolean {
  return seq > 0n && contentOf(data).hints?.receiptWanted === true;
}
