// SYNC: what a device has missed, in the order in which it would have come, page by page.
import { Command, type PushInit, type SyncPageInit, type SyncRequest, type UplinkInfo, type UserInfo } from '@im/protocol';
import { conversationKey, cutSyncPage, type PageFrame, peerOf, type SyncItem } from '@im/protocol/conversation';
import type { Context } from '../context.js';
import type { ConversationStates } from '../conversations/conversation-states.js';
import { answerEnvelope } from '../delivery/answers.js';
import type { InboxItem, Member } from '../storage/storage.js';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.js';

/** `max_items` of SyncPage.pushes. */
const MAX_ITEMS = 1000;

export class Sync {
  readonly #context: Context;
  readonly #states: ConversationStates;

  constructor(context: Context, states: ConversationStates) {
    this.#context = context;
    this.#states = states;
  }

  async page(request: SyncRequest, uplink: UplinkInfo): Promise<SyncPageInit> {
    const user = uplink.sender!;
    const found = await this.#find(request.cursor, user.userId);
    // Without a cursor, and with one that is of no use, the device starts anew: with its list of conversations.
    const cursor = found ?? { ...(await this.#end(user.userId)), place: 0 };
    const batch = new Batch((position) => encodeCursor(position, this.#context.storage.id, user.userId), cursor);
    if (cursor.place === undefined) await this.#addInbox(batch, cursor, request, user);
    else await this.#addList(batch, cursor, cursor.place, user.userId);
    const { limit, perConversation } = request;
    const { maxFrameBytes, sequence: replyTo } = uplink;
    const frame: PageFrame = { maxFrameBytes, replyTo, receiveInfo: answerEnvelope(uplink) };
    const reset = found === undefined && request.cursor.length > 0;
    return cutSyncPage({ ...batch.source, reset, limit, perConversation, frame }).page;
  }

  /** The position of the cursor, with the end of its chain; undefined if it is empty, unreadable, foreign or too old. */
  async #find(bytes: Uint8Array, userId: bigint): Promise<Cursor | undefined> {
    const { storage } = this.#context;
    const cursor = decodeCursor(bytes, storage.id, userId);
    const ends = await storage.inboxEnds(userId);
    if (cursor === undefined || cursor.after < ends.from || cursor.after > ends.upTo || cursor.upTo > ends.upTo) return undefined;
    return cursor.upTo === 0n ? { ...cursor, upTo: ends.upTo } : cursor;
  }

  async #end(userId: bigint): Promise<Cursor> {
    const { upTo } = await this.#context.storage.inboxEnds(userId);
    return { after: upTo, upTo };
  }

  /** "An empty cursor gives every conversation of the user once, over as many pages as it takes." Then the inbox goes on from its start. */
  async #addList(batch: Batch, { after, upTo }: Cursor, from: number, userId: bigint): Promise<void> {
    const members = await this.#context.storage.conversationsOf(userId, from, MAX_ITEMS + 1);
    for (const member of members.slice(0, MAX_ITEMS)) {
      const cursor = { after, upTo, place: member.place };
      batch.add({ state: await this.#states.of(member) }, cursor);
      batch.add(await this.#peerRead(member), cursor);
    }
    batch.end(members.length > MAX_ITEMS, { after, upTo: 0n });
  }

  /** How far the other user of a private conversation has read: its state is that of the user alone. */
  async #peerRead({ conversation, userId }: Member): Promise<Omit<SyncItem, 'cursor'> | undefined> {
    const peerId = peerOf(conversation, userId);
    if (peerId === undefined || peerId === userId) return undefined;
    const peer = await this.#context.storage.member(conversationKey(conversation), peerId);
    return peer?.readOpenly && { push: { cmd: Command.READ, data: { $case: 'read', value: peer.readOpenly } } };
  }

  /** A chain ends where the inbox ended when it began: what comes later is pushed to the device, whose route is known by now. */
  async #addInbox(batch: Batch, { after, upTo }: Cursor, { known }: SyncRequest, user: UserInfo): Promise<void> {
    const { storage } = this.#context;
    const knownSeqs = new Map(known.map(({ conversation, seq }) => [conversationKey(conversation!), seq]));
    const entries = await storage.inbox(user.userId, after, upTo, MAX_ITEMS + 1);
    const states = new StatesOfPage(this.#states);
    for (const { position, item } of entries.slice(0, MAX_ITEMS)) {
      const push = await this.#item(item, user, knownSeqs, states);
      batch.add(push, { after: position, upTo });
    }
    batch.end(entries.length > MAX_ITEMS, { after: upTo, upTo: 0n });
  }

  /** Undefined: there is nothing in it for this terminal any more. */
  async #item(
    item: InboxItem,
    user: UserInfo,
    known: ReadonlyMap<string, bigint>,
    states: StatesOfPage,
  ): Promise<Omit<SyncItem, 'cursor'> | undefined> {
    const { storage, presentForm } = this.#context;
    if (item.kind === 'push') return { push: item.push };
    if (item.kind === 'state') {
      const member = await storage.member(item.conversation, user.userId);
      return member && { push: statePush(await states.of(member)) };
    }
    const message = await storage.message(item.messageId);
    const member = message && (await storage.member(message.conversation, user.userId));
    if (message === undefined || member === undefined || message.seq < member.firstSeq) return undefined;
    // The end of a stream is news of a message that the device may have.
    if (item.kind === 'message' && message.seq <= (known.get(message.conversation) ?? 0n)) return undefined;
    const push = await presentForm.for(user, message);
    return push && { push, state: await states.of(member) };
  }
}

function statePush(value: Awaited<ReturnType<ConversationStates['of']>>): PushInit {
  return { cmd: Command.CONVERSATION, data: { $case: 'conversation', value } };
}

/** The state of each conversation, read once for a page. */
class StatesOfPage {
  readonly #states: ConversationStates;
  readonly #known = new Map<string, ReturnType<ConversationStates['of']>>();

  constructor(states: ConversationStates) {
    this.#states = states;
  }

  of(member: Member): ReturnType<ConversationStates['of']> {
    const key = conversationKey(member.conversation);
    const state = this.#known.get(key) ?? this.#states.of(member);
    this.#known.set(key, state);
    return state;
  }
}

/** The items of a page, each with the cursor after it and after all that follows it without being an item. */
class Batch {
  readonly #encode: (cursor: Cursor) => Uint8Array;
  readonly #items: { item: Omit<SyncItem, 'cursor'>; cursor: Cursor }[] = [];
  #start: Cursor;
  #isMore = false;

  constructor(encode: (cursor: Cursor) => Uint8Array, start: Cursor) {
    this.#encode = encode;
    this.#start = start;
  }

  /** @param cursor after the item. */
  add(item: Omit<SyncItem, 'cursor'> | undefined, cursor: Cursor): void {
    if (item === undefined) this.#move(cursor);
    else this.#items.push({ item, cursor });
  }

  /** @param cursor after the last page. */
  end(isMore: boolean, cursor: Cursor): void {
    this.#isMore = isMore;
    if (!isMore) this.#move(cursor);
  }

  get source() {
    const items = this.#items.map(({ item, cursor }) => ({ ...item, cursor: this.#encode(cursor) }));
    return { items, more: this.#isMore, cursor: this.#encode(this.#start) };
  }

  #move(cursor: Cursor): void {
    const last = this.#items.at(-1);
    if (last === undefined) this.#start = cursor;
    else last.cursor = cursor;
  }
}
