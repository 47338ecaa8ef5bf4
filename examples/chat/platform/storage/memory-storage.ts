import { randomBytes } from 'node:crypto';
import type { ConversationRef } from '@im/protocol';
import { conversationKey, type MessageData } from '@im/protocol/conversation';
import { contentOf, withContent } from '../messages/message-data.js';
import { MemoryInboxes } from './memory-inboxes.js';
import { MemoryLog } from './memory-log.js';
import type { InboxEntry, InboxItem, Member, NewMessage, SeqRange, Storage, StoredMessage } from './storage.js';

/** "message_id ... increases within a conversation": with gaps, so that nobody counts by it. */
const ID_STEP = 2n;
const DEFAULT_INBOX_ITEMS = 10_000;

export interface MemoryStorageOptions {
  /** Default: from the time, so that the ids of a process that is started again are new. Odd and above 2^53: no double is equal to it. */
  readonly firstMessageId?: bigint | undefined;
  /** The maximum number of items of an inbox: a device that has missed more starts anew. Default 10000. */
  readonly inboxItems?: number | undefined;
}

/** All of it ends with the process. */
export class MemoryStorage implements Storage {
  readonly id = randomBytes(8).readBigUInt64BE();
  readonly #logs = new Map<string, MemoryLog>();
  readonly #messages = new Map<bigint, StoredMessage>();
  /** Ids of messages by sender and client_message_id. */
  readonly #sent = new Map<string, bigint>();
  /** Ids of changes by the message that they change. */
  readonly #changes = new Map<bigint, bigint[]>();
  /** By conversation, then by user. */
  readonly #members = new Map<string, Map<bigint, Member>>();
  /** Keys of conversations by user, in the order of joining; a place is never used again. */
  readonly #lists = new Map<bigint, string[]>();
  /** The last revision of users who have left, by user and conversation: it goes on where they come back. */
  readonly #revisions = new Map<string, bigint>();
  readonly #deleted = new Set<string>();
  readonly #inboxes: MemoryInboxes;
  #nextId: bigint;

  constructor({
    firstMessageId = (BigInt(Date.now()) << 20n) + 1n,
    inboxItems = DEFAULT_INBOX_ITEMS,
  }: MemoryStorageOptions = {}) {
    this.#nextId = firstMessageId;
    this.#inboxes = new MemoryInboxes(inboxItems);
  }

  async newMessageId(): Promise<bigint> {
    return this.#takeId();
  }

  async append({ clientMessageId, ...message }: NewMessage, readerIds: readonly bigint[]): Promise<StoredMessage> {
    const log = this.#log(message.conversation);
    const messageId = this.#takeId();
    const seq = log.lastSeq + 1n;
    const data = withContent(message.data, { ...contentOf(message.data), messageId, seq });
    const stored = { ...message, messageId, seq, data };
    log.add(stored);
    this.#messages.set(messageId, stored);
    if (clientMessageId !== '') this.#sent.set(sentKey(message.senderId, clientMessageId), messageId);
    if (message.changes !== 0n) this.#changes.set(message.changes, [...(this.#changes.get(message.changes) ?? []), messageId]);
    for (const userId of readerIds) this.#inboxes.add(userId, `message ${messageId}`, { kind: 'message', messageId });
    return stored;
  }

  async replace(messageId: bigint, data: MessageData): Promise<void> {
    const message = { ...this.#messages.get(messageId)!, data };
    this.#messages.set(messageId, message);
    this.#log(message.conversation).replace(message);
  }

  async message(messageId: bigint): Promise<StoredMessage | undefined> {
    return this.#messages.get(messageId);
  }

  async findSent(senderId: bigint, clientMessageId: string): Promise<StoredMessage | undefined> {
    return this.#messages.get(this.#sent.get(sentKey(senderId, clientMessageId)) ?? 0n);
  }

  async changesOf(messageId: bigint): Promise<readonly StoredMessage[]> {
    return (this.#changes.get(messageId) ?? []).map((id) => this.#messages.get(id)!);
  }

  async messages(conversation: string, range: SeqRange): Promise<readonly StoredMessage[]> {
    return this.#log(conversation).range(range);
  }

  async lastMessage(conversation: string): Promise<StoredMessage | undefined> {
    return this.#log(conversation).last();
  }

  async lastMessageUpTo(conversation: string, messageId: bigint): Promise<StoredMessage | undefined> {
    return this.#log(conversation).lastUpTo(messageId);
  }

  async addMember(conversation: ConversationRef, userId: bigint): Promise<Member> {
    const key = conversationKey(conversation);
    const members = this.#members.get(key) ?? new Map<bigint, Member>();
    this.#members.set(key, members);
    const known = members.get(userId);
    if (known !== undefined) return known;
    const list = this.#lists.get(userId) ?? [];
    this.#lists.set(userId, list);
    const member: Member = {
      conversation,
      userId,
      place: list.push(key),
      firstSeq: this.#log(key).lastSeq + 1n,
      revision: (this.#revisions.get(`${userId} ${key}`) ?? -1n) + 1n,
      mutedUntilMs: 0n,
      pinnedAtMs: 0n,
      hidden: false,
    };
    members.set(userId, member);
    return member;
  }

  async removeMember(conversation: string, userId: bigint): Promise<void> {
    const members = this.#members.get(conversation);
    const member = members?.get(userId);
    if (member === undefined) return;
    this.#revisions.set(`${userId} ${conversation}`, member.revision);
    members?.delete(userId);
  }

  async saveMember(member: Member): Promise<void> {
    this.#members.get(conversationKey(member.conversation))?.set(member.userId, member);
  }

  async member(conversation: string, userId: bigint): Promise<Member | undefined> {
    return this.#members.get(conversation)?.get(userId);
  }

  async membersOf(conversation: string): Promise<readonly bigint[]> {
    return [...(this.#members.get(conversation)?.keys() ?? [])];
  }

  async conversationsOf(userId: bigint, afterPlace: number, limit: number): Promise<readonly Member[]> {
    const later = (this.#lists.get(userId) ?? []).slice(afterPlace);
    const members = later.flatMap((key, i) => {
      const member = this.#members.get(key)?.get(userId);
      // Who has left and joined again has a new place.
      return member?.place === afterPlace + i + 1 ? member : [];
    });
    return members.slice(0, limit);
  }

  async deleteFor(userId: bigint, messageIds: readonly bigint[]): Promise<void> {
    for (const messageId of messageIds) this.#deleted.add(`${userId} ${messageId}`);
  }

  async isDeletedFor(userId: bigint, messageId: bigint): Promise<boolean> {
    return this.#deleted.has(`${userId} ${messageId}`);
  }

  async addToInbox(userId: bigint, key: string, item: InboxItem): Promise<void> {
    this.#inboxes.add(userId, key, item);
  }

  async inbox(userId: bigint, after: bigint, upTo: bigint, limit: number): Promise<readonly InboxEntry[]> {
    const entries = this.#inboxes.of(userId).entries.values();
    return [...entries].filter(({ position }) => position > after && position <= upTo).slice(0, limit);
  }

  async inboxEnds(userId: bigint): Promise<{ readonly from: bigint; readonly upTo: bigint }> {
    const { from, upTo } = this.#inboxes.of(userId);
    return { from, upTo };
  }

  #log(conversation: string): MemoryLog {
    const log = this.#logs.get(conversation) ?? new MemoryLog();
    this.#logs.set(conversation, log);
    return log;
  }

  #takeId(): bigint {
    const id = this.#nextId;
    this.#nextId += ID_STEP;
    return id;
  }
}

function sentKey(senderId: bigint, clientMessageId: string): string {
  return `${senderId} ${clientMessageId}`;
}
