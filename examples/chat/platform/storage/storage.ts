// What the platform stores, as the tables and queries of a database. `MemoryStorage` keeps it in memory.
import type { ConversationRef, PushInit, ReadPosition } from '@im/protocol';
import type { MessageData } from '@im/protocol/conversation';

/** A stored message, with the columns by which it is found. */
export interface StoredMessage {
  /** Unique in the system, and increasing. */
  readonly messageId: bigint;
  /** The key of its conversation. */
  readonly conversation: string;
  /** Its place in the conversation: 1, 2, 3 without gaps, whoever may see it. */
  readonly seq: bigint;
  /** 0 = the platform. */
  readonly senderId: bigint;
  /** Unix time in milliseconds. */
  readonly sentAtMs: bigint;
  /** The message that this one recalls, edits or reacts to; 0 = none. */
  readonly changes: bigint;
  /** The message itself, with its message_id, seq and time. */
  readonly data: MessageData;
}

/** A message before the storage has given it a message_id and a seq. */
export interface NewMessage extends Omit<StoredMessage, 'messageId' | 'seq'> {
  /** The sender's id of the message; empty = none. */
  readonly clientMessageId: string;
}

/** A user in a conversation. */
export interface Member {
  readonly conversation: ConversationRef;
  readonly userId: bigint;
  /** The place of the conversation in the user's list: 1, 2, 3 in the order of joining. */
  readonly place: number;
  /** The first seq that the user may see. */
  readonly firstSeq: bigint;
  /** Counts the changes of first_seq and of the next three. */
  readonly revision: bigint;
  readonly mutedUntilMs: bigint;
  readonly pinnedAtMs: bigint;
  readonly hidden: boolean;
  /** How far the user has read. */
  readonly read?: ReadPosition | undefined;
  /** The same, as the others may know it: of positions that were not quiet. */
  readonly readOpenly?: ReadPosition | undefined;
}

/** What a user's devices get by SYNC. Messages and states are read when the page is made, so that it has them as they are then. */
export type InboxItem =
  | { readonly kind: 'message'; readonly messageId: bigint }
  /** A streamed message that has ended: it comes again. */
  | { readonly kind: 'ended'; readonly messageId: bigint }
  | { readonly kind: 'state'; readonly conversation: string }
  | { readonly kind: 'push'; readonly push: PushInit };

/** An item with its position in the user's inbox: 1, 2, 3, with gaps. */
export interface InboxEntry {
  readonly position: bigint;
  readonly item: InboxItem;
}

/** A part of a conversation. */
export interface SeqRange {
  /** Inclusive. */
  readonly from: bigint;
  /** Inclusive. */
  readonly to: bigint;
  readonly limit: number;
  /** Where the limit cuts, the oldest messages stay, not the newest. */
  readonly oldest: boolean;
}

/** Each method is one transaction. */
export interface Storage {
  /** A random number of this storage: positions of another one, as before a restore, mean nothing here. */
  readonly id: bigint;

  /** The id of a message that is not stored. */
  newMessageId(): Promise<bigint>;
  /**
   * Stores a message as the next one of its conversation, with the next message_id, and puts it into the inboxes of its readers. All or
   * nothing: a seq that was given is always that of a stored message.
   */
  append(message: NewMessage, readerIds: readonly bigint[]): Promise<StoredMessage>;
  /** Replaces the data of a message, which keeps its message_id and seq. */
  replace(messageId: bigint, data: MessageData): Promise<void>;
  message(messageId: bigint): Promise<StoredMessage | undefined>;
  /** The message that a sender has sent with this id before. */
  findSent(senderId: bigint, clientMessageId: string): Promise<StoredMessage | undefined>;
  /** The messages that recall, edit or react to a message, by ascending seq. */
  changesOf(messageId: bigint): Promise<readonly StoredMessage[]>;
  /** By ascending seq. */
  messages(conversation: string, range: SeqRange): Promise<readonly StoredMessage[]>;
  /** The last message of a conversation. */
  lastMessage(conversation: string): Promise<StoredMessage | undefined>;
  /** The last message of a conversation whose id is not greater. */
  lastMessageUpTo(conversation: string, messageId: bigint): Promise<StoredMessage | undefined>;

  /** Adds a user to a conversation, from its next message on. Does nothing for a member. */
  addMember(conversation: ConversationRef, userId: bigint): Promise<Member>;
  removeMember(conversation: string, userId: bigint): Promise<void>;
  saveMember(member: Member): Promise<void>;
  member(conversation: string, userId: bigint): Promise<Member | undefined>;
  membersOf(conversation: string): Promise<readonly bigint[]>;
  /** The conversations of a user after a place in the list, in its order. */
  conversationsOf(userId: bigint, afterPlace: number, limit: number): Promise<readonly Member[]>;

  /** Deletes messages for one user. */
  deleteFor(userId: bigint, messageIds: readonly bigint[]): Promise<void>;
  isDeletedFor(userId: bigint, messageId: bigint): Promise<boolean>;

  /** Adds an item to the end of an inbox. An earlier item with the same key is removed: it is out of date. */
  addToInbox(userId: bigint, key: string, item: InboxItem): Promise<void>;
  /** The entries after a position, up to another one, in their order. */
  inbox(userId: bigint, after: bigint, upTo: bigint, limit: number): Promise<readonly InboxEntry[]>;
  /** The positions between which an inbox is complete: entries up to `from` were removed to free space. */
  inboxEnds(userId: bigint): Promise<{ readonly from: bigint; readonly upTo: bigint }>;
}
