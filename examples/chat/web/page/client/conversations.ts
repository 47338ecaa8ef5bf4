// The list of conversations: as they are stored, with what happens right now.
import type { ClientSync, SyncConversation, SyncMessage } from '@im/protocol/sync';
import type { ConversationView, Person } from '../model/chat-model.js';
import type { MessageView } from '../model/message-view.js';
import { type Contact, contactOf, contactsOf } from './contacts.js';
import type { Live } from './live.js';
import { messageOf } from './message-of.js';
import { type Outbox, outgoingView } from './outbox.js';
import { ROOM_KEY, type Room } from './rooms.js';

/** Of the newest messages some are not shown, such as reactions. */
const NEWEST = 20;

export class Conversations {
  readonly #sync: Pick<ClientSync, 'conversations' | 'messages'>;
  readonly #me: Person;
  readonly #contacts: readonly Contact[];
  #stored = new Map<string, SyncConversation>();
  readonly #last = new Map<string, SyncMessage>();
  /** Positions that the platform has not confirmed. */
  readonly #read = new Map<string, bigint>();

  constructor(sync: Pick<ClientSync, 'conversations' | 'messages'>, me: Person) {
    this.#sync = sync;
    this.#me = me;
    this.#contacts = contactsOf(me);
  }

  async load(): Promise<void> {
    const stored = await this.#sync.conversations();
    this.#stored = new Map(stored.map((conversation) => [conversation.key, conversation]));
    this.#last.clear();
    await Promise.all(
      stored.map(async ({ key }) => {
        const { messages } = await this.#sync.messages(key, { limit: NEWEST });
        const last = messages.find((message) => messageOf(message, this.#me, undefined) !== undefined);
        if (last !== undefined) this.setMessage(last);
      }),
    );
  }

  /** Those that are stored. */
  get all(): SyncConversation[] {
    return [...this.#stored.values()];
  }

  get(key: string): SyncConversation | undefined {
    return this.#stored.get(key);
  }

  set(conversation: SyncConversation): void {
    this.#stored.set(conversation.key, conversation);
  }

  /** A new message, or one that was changed. */
  setMessage(message: SyncMessage): void {
    if (message.key === undefined || messageOf(message, this.#me, undefined) === undefined) return;
    const last = this.#last.get(message.key);
    if (last === undefined || message.seq >= last.seq) this.#last.set(message.key, message);
  }

  /** Returns whether the position is to be sent: it is higher than before, and than those that are on their way. */
  startRead(key: string, seq: bigint): boolean {
    const conversation = this.#stored.get(key);
    if (conversation === undefined || seq <= conversation.readSeq || seq <= (this.#read.get(key) ?? 0n)) return false;
    this.#read.set(key, seq);
    return true;
  }

  /** A position was not sent. */
  endRead(key: string): void {
    this.#read.delete(key);
  }

  views(live: Live, room: Room, outbox: Outbox): ConversationView[] {
    const known = new Set(this.#contacts.map(({ key }) => key));
    const others = [...this.#stored.values()].filter(({ key }) => !known.has(key));
    const all = [...this.#contacts, ...others.map((conversation) => contactOf(conversation, this.#me))];
    return all.map((contact) => this.#view(contact, live, room, outbox)).sort(inList);
  }

  #view(contact: Contact, live: Live, room: Room, outbox: Outbox): ConversationView {
    const { key, peer } = contact;
    const stored = this.#stored.get(key);
    const lastMessage = this.#lastMessage(key, stored, room, outbox);
    const presence = peer && live.presence(peer.userId);
    return {
      ...contact,
      ...(presence && { presence }),
      unreadCount: stored?.unreadCount ?? 0,
      unreadMentions: stored?.unreadMentions ?? 0,
      readSeq: stored?.readSeq ?? 0n,
      ...(lastMessage && { lastMessage: live.written(lastMessage) }),
      activeAtMs: Math.max(Number(stored?.activeAtMs ?? 0n), lastMessage?.sentAtMs ?? 0),
      isPinned: (stored?.state.pinnedAtMs ?? 0n) > 0n,
      isMuted: Number(stored?.state.mutedUntilMs ?? 0n) > Date.now(),
      typing: live.typing(key),
      ...(key === ROOM_KEY && { isJoined: room.isJoined }),
    };
  }

  #lastMessage(key: string, stored: SyncConversation | undefined, room: Room, outbox: Outbox): MessageView | undefined {
    if (key === ROOM_KEY) return room.messages.at(-1);
    const last = this.#last.get(key);
    const outgoing = outbox.of(key).at(-1);
    if (outgoing !== undefined && outgoing.key !== last?.data.value.content?.clientMessageId)
      return outgoingView(outgoing, this.#me);
    return last && messageOf(last, this.#me, stored);
  }
}

function inList(a: ConversationView, b: ConversationView): number {
  return Number(b.isPinned) - Number(a.isPinned) || b.activeAtMs - a.activeAtMs;
}
