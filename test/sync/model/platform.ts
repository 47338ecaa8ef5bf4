// A platform as the specification asks for it: a log for each conversation, a timeline for each user, pages that fit into small frames.

import {
  conversationKey,
  countedMessage,
  countUnread,
  cutHistoryPage,
  cutSyncPage,
  groupRef,
  isUncounted,
  latestChanges,
  type MessageData,
  messageTo,
  peerOf,
  platformQuote,
  privateRef,
  recalledForm,
  type SyncItem,
  updateConversationState,
} from '../../../src/conversation/index.js';
import {
  Command,
  type ContentInit,
  type ConversationRef,
  ConversationState,
  type DeleteForMeInit,
  type HistoryPage,
  type HistoryRequestInit,
  Push,
  type PushInit,
  ReadPosition,
  type ReadPositionInit,
  SendCode,
  type SendResult,
  SyncPage,
  type SyncRequestInit,
} from '../../../src/index.js';

export interface Stored {
  readonly messageId: bigint;
  readonly senderId: bigint;
  readonly cmd: Command;
  data: MessageData;
  recalled: boolean;
  /** Undefined: all members. */
  readonly visibleTo: ReadonlySet<bigint> | undefined;
}

interface Member {
  state: ConversationState;
  readonly deleted: Set<bigint>;
  deletedUpTo: bigint;
}

export interface Conversation {
  readonly ref: ConversationRef;
  readonly key: string;
  readonly members: ReadonlyMap<bigint, Member>;
  /** By seq - 1. */
  readonly log: Stored[];
}

type Entry = { readonly conversation: Conversation; readonly seq: bigint } | { readonly push: PushInit };

const text = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** Where a device is: in the list of conversations, then in the timeline of its user. */
interface Cursor {
  readonly epoch: number;
  /** The conversation to list next; undefined: in the timeline. */
  readonly list?: number;
  /** The last seq that was given of it. */
  readonly after?: number;
  readonly time: number;
}

/** Sends a push to the devices of a user. */
type Deliver = (userId: bigint, push: PushInit, exceptDevice: string | undefined) => void;

export class PlatformModel {
  readonly conversations: Conversation[] = [];
  readonly timelines = new Map<bigint, Entry[]>();
  /** Cursors of another epoch are foreign. */
  epoch = 1;
  readonly #push: Deliver;
  /** A new device also gets what came before it. */
  isFromStart = true;
  #ids = 0n;
  readonly loose = new Map<bigint, bigint[]>();

  /** @param push sends a push to the devices of a user. */
  constructor(users: readonly bigint[], push: Deliver) {
    this.#push = push;
    for (const user of users) {
      this.timelines.set(user, []);
      this.loose.set(user, []);
    }
  }

  create(ref: ConversationRef, members: readonly bigint[]): Conversation {
    const state = ConversationState.create({ conversation: ref });
    const conversation = {
      ref,
      key: conversationKey(ref),
      members: new Map(members.map((id) => [id, { state, deleted: new Set<bigint>(), deletedUpTo: 0n }])),
      log: [],
    };
    this.conversations.push(conversation);
    return conversation;
  }

  static group = (id: bigint): ConversationRef => groupRef(id);
  static pair = (a: bigint, b: bigint): ConversationRef => privateRef(a, b);

  #deliver(userId: bigint, entry: Entry, exceptDevice?: string): void {
    this.timelines.get(userId)?.push(entry);
    const push = 'push' in entry ? entry.push : this.#pushOf(entry.conversation, entry.seq);
    this.#push(userId, push, exceptDevice);
  }

  #pushOf(conversation: Conversation, seq: bigint): PushInit {
    const { cmd, data } = conversation.log[Number(seq) - 1];
    return { cmd, data };
  }

  /** Stores a message. */
  send(
    conversation: Conversation,
    senderId: bigint,
    init: ContentInit,
    { visibleTo, from, mentions = [] }: { visibleTo?: ReadonlySet<bigint>; from?: string; mentions?: readonly bigint[] } = {},
  ): Stored {
    const messageId = ++this.#ids;
    const seq = BigInt(conversation.log.length + 1);
    const quoted = init.quote && conversation.log.find((one) => one.messageId === init.quote?.messageId);
    const quote = init.quote && platformQuote(init.quote, conversation.ref, quoted?.data);
    const content: ContentInit = { ...init, quote, messageId, seq, sentAtMs: 1_700_000_000_000n + messageId };
    const hinted = { ...content, hints: { ...init.hints, uncounted: isUncounted(content) } };
    const made = messageTo(conversation.ref, { userId: senderId, terminal: 1 }, hinted)!;
    const bare = made.data as MessageData;
    const data: MessageData =
      bare.$case === 'groupMessage' && mentions.length > 0
        ? { ...bare, value: { ...bare.value, mentionedIds: [...mentions] } }
        : bare;
    const stored: Stored = { messageId, senderId, cmd: made.cmd, data, recalled: false, visibleTo };
    conversation.log.push(stored);
    for (const userId of conversation.members.keys()) {
      if (visibleTo === undefined || visibleTo.has(userId)) this.#deliver(userId, { conversation, seq }, from);
    }
    return stored;
  }

  sendResult(conversation: Conversation, { messageId, cmd, data }: Stored): SendResult {
    const { seq = 0n, sentAtMs = 0n } = data.value.content!;
    return { code: SendCode.SUCCESS, cmd, messageId, seq, sentAtMs, conversation: conversation.ref } as SendResult;
  }

  edit(conversation: Conversation, target: Stored, value: string): void {
    const revisions = conversation.log.filter(
      ({ data }) => data.value.content?.body?.$case === 'edit' && data.value.content.body.value.messageId === target.messageId,
    );
    const content: ContentInit = { body: { $case: 'text', value: { text: value } } };
    const body = { $case: 'edit', value: { messageId: target.messageId, revision: revisions.length + 1, content } } as const;
    this.send(conversation, target.senderId, { body, fallback: `* ${value}` }, { visibleTo: target.visibleTo! });
  }

  react(conversation: Conversation, target: Stored, userId: bigint, key: string, removed: boolean): void {
    const users = new Set<bigint>();
    for (const { data, senderId } of conversation.log) {
      const body = data.value.content?.body;
      if (body?.$case !== 'reaction' || body.value.messageId !== target.messageId || body.value.key !== key) continue;
      if (body.value.removed) users.delete(senderId);
      else users.add(senderId);
    }
    if (removed) users.delete(userId);
    else users.add(userId);
    const body = { $case: 'reaction', value: { messageId: target.messageId, key, removed, count: users.size } } as const;
    this.send(conversation, userId, { body }, { visibleTo: target.visibleTo! });
  }

  recall(conversation: Conversation, target: Stored): void {
    if (target.recalled) return;
    target.recalled = true;
    target.data = recalledForm(target.data, {});
    for (const one of conversation.log) {
      const { quote } = one.data.value.content!;
      if (quote?.messageId !== target.messageId) continue;
      const cleared = { ...quote, preview: '', thumbnailUrl: '', recalled: true };
      one.data = {
        ...one.data,
        value: { ...one.data.value, content: { ...one.data.value.content, quote: cleared } },
      } as MessageData;
    }
    const body = { $case: 'recall', value: { messageId: target.messageId } } as const;
    this.send(conversation, target.senderId, { body }, { visibleTo: target.visibleTo! });
  }

  /** The next step of a stream: pushed again with the same id and seq. */
  stream(conversation: Conversation, target: Stored, value: string, isDone: boolean): void {
    const content = target.data.value.content!;
    if (content.body?.$case !== 'stream' || target.recalled) return;
    const { index = 0, state } = content.body.value;
    // What has ended stays as it is.
    if (state !== 1) return;
    const body = { $case: 'stream', value: { text: value, state: isDone ? 2 : 1, index: index + 1 } } as const;
    target.data = { ...target.data, value: { ...target.data.value, content: { ...content, body } } } as MessageData;
    for (const userId of conversation.members.keys()) {
      if (target.visibleTo?.has(userId) ?? true) this.#deliver(userId, { conversation, seq: content.seq! });
    }
  }

  transient(conversation: Conversation, senderId: bigint): void {
    const content: ContentInit = {
      messageId: ++this.#ids,
      sentAtMs: 1n,
      hints: { onlineOnly: true },
      body: { $case: 'text', value: { text: 'now' } },
    };
    const push = messageTo(conversation.ref, { userId: senderId, terminal: 1 }, content)!;
    for (const userId of conversation.members.keys()) this.#push(userId, push as PushInit, undefined);
  }

  system(userId: bigint): void {
    const messageId = ++this.#ids;
    const content: ContentInit = { messageId, sentAtMs: 1n, body: { $case: 'text', value: { text: 'system' } } };
    this.loose.get(userId)!.push(messageId);
    this.#deliver(userId, { push: { cmd: Command.SYSTEM_MESSAGE, data: { $case: 'systemMessage', value: { content } } } });
  }

  read(userId: bigint, { conversation: ref, upToSeq = 0n }: ReadPositionInit, from?: string): ReadPosition {
    const conversation = this.find(ref as ConversationRef);
    const member = conversation.members.get(userId)!;
    const last = BigInt(conversation.log.length);
    const seq = upToSeq < last ? upToSeq : last;
    const isNews = seq > member.state.readSeq;
    if (isNews) member.state = { ...member.state, readSeq: seq };
    const position = ReadPosition.create({
      conversation: conversation.ref,
      reader: { userId, terminal: 1 },
      upToSeq: member.state.readSeq,
      unreadCount: this.state(conversation, userId).unreadCount,
    });
    if (isNews) {
      const push: PushInit = { cmd: Command.READ, data: { $case: 'read', value: position } };
      this.#deliver(userId, { push }, from);
      const peer = peerOf(conversation.ref, userId);
      if (peer !== undefined && peer !== userId) this.#deliver(peer, { push });
    }
    return position;
  }

  /** The user clears a conversation: first_seq rises. */
  clear(conversation: Conversation, userId: bigint): void {
    const member = conversation.members.get(userId)!;
    const firstSeq = BigInt(conversation.log.length + 1);
    if (firstSeq <= member.state.firstSeq) return;
    member.state = { ...member.state, firstSeq, revision: member.state.revision + 1n };
    this.#deliver(userId, { push: this.#statePush(conversation, userId) });
  }

  #statePush(conversation: Conversation, userId: bigint): PushInit {
    return { cmd: Command.CONVERSATION, data: { $case: 'conversation', value: this.state(conversation, userId) } };
  }

  update(userId: bigint, update: ConversationState, from?: string): ConversationState {
    const conversation = this.find(update.conversation as ConversationRef);
    const member = conversation.members.get(userId)!;
    const next = updateConversationState(member.state, update);
    if (next !== member.state) {
      member.state = next;
      this.#deliver(userId, { push: this.#statePush(conversation, userId) }, from);
    }
    return this.state(conversation, userId);
  }

  deleteForMe(userId: bigint, value: DeleteForMeInit, from?: string): void {
    const conversation = this.find(value.conversation as ConversationRef);
    const member = conversation.members.get(userId)!;
    for (const id of value.messageIds ?? []) member.deleted.add(id);
    const { upToSeq = 0n } = value;
    if (upToSeq > member.deletedUpTo) member.deletedUpTo = upToSeq;
    this.#deliver(userId, { push: { cmd: Command.DELETE_FOR_ME, data: { $case: 'deleteForMe', value } } }, from);
  }

  find(ref: ConversationRef): Conversation {
    const key = conversationKey(ref);
    return this.conversations.find((one) => one.key === key)!;
  }

  isVisible(conversation: Conversation, stored: Stored, userId: bigint): boolean {
    const { deleted, deletedUpTo, state } = conversation.members.get(userId)!;
    const seq = stored.data.value.content!.seq!;
    const isOwn = stored.visibleTo === undefined || stored.visibleTo.has(userId);
    return isOwn && !deleted.has(stored.messageId) && seq > deletedUpTo && seq >= state.firstSeq;
  }

  state(conversation: Conversation, userId: bigint): ConversationState {
    const { state } = conversation.members.get(userId)!;
    const counted = conversation.log
      .filter((stored) => this.isVisible(conversation, stored, userId))
      .map(({ data }) => countedMessage(data, userId));
    const last = conversation.log.at(-1);
    return {
      ...state,
      ...countUnread(counted, state, userId),
      lastSeq: BigInt(conversation.log.length),
      activeAtMs: last?.data.value.content?.sentAtMs ?? 0n,
    };
  }

  sync(userId: bigint, request: SyncRequestInit, maxFrameBytes: number, given?: ReadonlyMap<string, number>) {
    const { limit = 0, perConversation = 0, known = [] } = request;
    const mine = this.conversations.filter(({ members }) => members.has(userId));
    const timeline = this.timelines.get(userId)!;
    const start: Cursor = { epoch: this.epoch, list: 0, time: this.isFromStart ? 0 : timeline.length };
    const asked = request.cursor !== undefined && request.cursor.length > 0 ? this.#cursorOf(request.cursor) : start;
    const reset = asked === undefined;
    const from = asked ?? start;
    const upTo = new Map(known.map(({ conversation, seq = 0n }) => [conversationKey(conversation!), seq]));
    const states = new Map<Conversation, ConversationState>();
    const stateOf = (conversation: Conversation): ConversationState => {
      const state = states.get(conversation) ?? this.state(conversation, userId);
      states.set(conversation, state);
      return state;
    };
    const items: SyncItem[] = [];
    const { list } = from;
    if (list !== undefined) {
      for (let i = list; i < mine.length; i++) {
        const place = i === list ? from : { epoch: from.epoch, list: i, time: from.time };
        items.push(...this.#listed(mine[i], userId, place, i === mine.length - 1));
      }
    }
    let time = from.time;
    if (list === undefined || mine.length === 0) {
      for (; time < timeline.length && items.length < 40; time++) {
        const entry = timeline[time];
        const cursor = text({ epoch: this.epoch, time: time + 1 });
        if ('push' in entry) items.push({ push: entry.push, cursor });
        else {
          const { conversation, seq } = entry;
          const stored = conversation.log[Number(seq) - 1];
          const isKnown = seq <= (upTo.get(conversation.key) ?? 0n);
          if (isKnown || !this.isVisible(conversation, stored, userId)) continue;
          items.push({ push: this.#pushOf(conversation, seq), state: stateOf(conversation), cursor });
        }
      }
    }
    const isListing = list !== undefined && mine.length > 0;
    const more = isListing ? from.time < timeline.length || items.length > 0 : time < timeline.length;
    const cursor = text(isListing ? from : { epoch: this.epoch, time });
    const options = { items, more, cursor, reset, limit, perConversation, frame: { maxFrameBytes } };
    const cut = cutSyncPage(given === undefined ? options : { ...options, given });
    return { page: SyncPage.decode(SyncPage.encode(cut.page)), given: cut.given };
  }

  /** A conversation in the list: its messages, then its state. */
  *#listed(conversation: Conversation, userId: bigint, from: Cursor, isLast: boolean): Generator<SyncItem> {
    const state = this.state(conversation, userId);
    for (const stored of conversation.log) {
      const { seq = 0n } = stored.data.value.content!;
      if (seq <= BigInt(from.after ?? 0) || !this.isVisible(conversation, stored, userId)) continue;
      yield { push: { cmd: stored.cmd, data: stored.data }, state, cursor: text({ ...from, after: Number(seq) }) };
    }
    const peer = peerOf(conversation.ref, userId);
    const end = conversation.log.length + 1;
    const upToSeq = peer === undefined ? 0n : conversation.members.get(peer)!.state.readSeq;
    if (peer !== userId && upToSeq > 0n && (from.after ?? 0) < end) {
      const read = { conversation: conversation.ref, reader: { userId: peer!, terminal: 1 }, upToSeq };
      yield { push: { cmd: Command.READ, data: { $case: 'read', value: read } }, cursor: text({ ...from, after: end }) };
    }
    const next: Cursor = { epoch: from.epoch, time: from.time };
    yield { state, cursor: text(isLast ? next : { ...next, list: from.list! + 1 }) };
  }

  #cursorOf(bytes: Uint8Array): Cursor | undefined {
    const cursor = JSON.parse(new TextDecoder().decode(bytes)) as Cursor;
    return cursor.epoch === this.epoch ? cursor : undefined;
  }

  history(userId: bigint, request: HistoryRequestInit, maxFrameBytes: number): HistoryPage {
    const conversation = this.find(request.conversation as ConversationRef);
    const { firstSeq: least } = conversation.members.get(userId)!.state;
    const { afterSeq = 0n, beforeSeq = 0n } = request;
    const last = BigInt(conversation.log.length);
    const firstSeq = [1n, least, afterSeq + 1n].reduce((a, b) => (a > b ? a : b));
    const lastSeq = beforeSeq > 0n && beforeSeq - 1n < last ? beforeSeq - 1n : last;
    const visible = conversation.log.filter((stored) => this.isVisible(conversation, stored, userId));
    const changes = latestChanges(visible.map(({ cmd, data }) => ({ cmd, data })));
    const items = visible
      .filter(({ data }) => data.value.content!.seq! >= firstSeq && data.value.content!.seq! <= lastSeq)
      .map(({ cmd, data, messageId }) => ({ push: { cmd, data }, changes: changes.get(messageId) }));
    return cutHistoryPage({ request, items, firstSeq, lastSeq, frame: { maxFrameBytes } }).page as HistoryPage;
  }

  static decoded(push: PushInit): Push {
    return Push.decode(Push.encode(push));
  }
}
