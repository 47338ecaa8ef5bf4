// A stored message with what changed it.
import {
  Command,
  type Content,
  HistoryPage,
  type Push,
  type PushInit,
  type Reaction,
  StreamState,
} from '../../generated/models.js';
import { isMessageData, type MessageData } from '../conversation/conversation-of.js';
import { clearQuote, isRecalled, recalledForm } from '../conversation/recalled.js';
import { countedMessage, isUncounted } from '../conversation/unread.js';
import { joinParts, splitParts } from './record-parts.js';
import type { SyncMessage, SyncReaction } from './types.js';

/** Maximum number of reactions of a message that a device keeps. */
const MAX_REACTIONS = 1000;
const COUNTED = 1;
const MENTION = 2;

/** The content of a private, group or system message; undefined for every other push. */
export function contentOf({ data }: Pick<PushInit, 'data'>): Content | undefined {
  return isMessageData(data) ? (data.value.content as Content | undefined) : undefined;
}

export function senderIdOf({ data }: Pick<PushInit, 'data'>): bigint {
  if (!isMessageData(data) || data.$case === 'systemMessage') return 0n;
  return data.value.sender?.userId ?? 0n;
}

export class MessageRecord {
  push: Push;
  /** Edit, Reactions and Recall, and RECEIPTS with one item. */
  changes: readonly Push[];
  isCounted: boolean;
  isMention: boolean;

  private constructor(push: Push, changes: readonly Push[], isCounted: boolean, isMention: boolean) {
    this.push = push;
    this.changes = changes;
    this.isCounted = isCounted;
    this.isMention = isMention;
  }

  /** @param userId the user of the device. */
  static create(push: Push, userId: bigint): MessageRecord {
    const { senderId, uncounted, recalled, mentions } = countedMessage(push.data as MessageData, userId);
    return new MessageRecord(push, [], senderId !== userId && !uncounted && !recalled, mentions === true);
  }

  static decode(bytes: Uint8Array): MessageRecord {
    const [[flags], page] = splitParts(bytes);
    const { pushes, changes } = HistoryPage.decode(page);
    return new MessageRecord(pushes[0], changes, (flags & COUNTED) !== 0, (flags & MENTION) !== 0);
  }

  encode(): Uint8Array {
    const flags = (this.isCounted ? COUNTED : 0) | (this.isMention ? MENTION : 0);
    return joinParts([Uint8Array.of(flags), HistoryPage.encode({ pushes: [this.push], changes: this.changes })]);
  }

  get content(): Content {
    return contentOf(this.push) as Content;
  }

  get isRecalled(): boolean {
    return isRecalled(this.content);
  }

  /** Applies an Edit, Reaction or Recall. Returns false if it changes nothing. */
  apply(push: Push, userId: bigint): boolean {
    switch (contentOf(push)?.body?.$case) {
      case 'edit':
        return this.#edit(push);
      case 'reaction':
        return this.#react(push, userId);
      default:
        return this.recall(push);
    }
  }

  #edit(push: Push): boolean {
    const { body } = contentOf(push)!;
    if (body?.$case !== 'edit' || this.isRecalled) return false;
    const before = this.#editOf()?.revision ?? -1;
    // The later push of two equal revisions, as the platform decides.
    if (body.value.revision <= before) return false;
    this.changes = [push, ...this.changes.filter((change) => contentOf(change)?.body?.$case !== 'edit')];
    return true;
  }

  #react(push: Push, userId: bigint): boolean {
    const body = contentOf(push)?.body;
    if (body?.$case !== 'reaction' || this.isRecalled) return false;
    const { key } = body.value;
    const isOwn = senderIdOf(push) === userId;
    const same = (change: Push): boolean => {
      const other = contentOf(change)?.body;
      return other?.$case === 'reaction' && other.value.key === key;
    };
    const own = this.changes.filter((change) => same(change) && senderIdOf(change) === userId);
    const all = this.changes.filter(same);
    const seq = contentOf(push)!.seq;
    const last = all.reduce((max, change) => (contentOf(change)!.seq > max ? contentOf(change)!.seq : max), -1n);
    const lastOwn = own.reduce((max, change) => (contentOf(change)!.seq > max ? contentOf(change)!.seq : max), -1n);
    if (seq <= (isOwn ? lastOwn : last)) return false;
    if (all.length === 0 && this.changes.length >= MAX_REACTIONS) return false;
    // The last one has the count; the user's own last one says whether it is theirs.
    const kept = isOwn ? all.filter((change) => !own.includes(change) && contentOf(change)!.seq > seq) : own;
    this.changes = [...this.changes.filter((change) => !same(change)), ...kept, push];
    return true;
  }

  recall(push: Push): boolean {
    const body = contentOf(push)?.body;
    if (body?.$case !== 'recall' || this.isRecalled) return false;
    this.push = { ...this.push, data: recalledForm(this.push.data as MessageData, body.value) as Push['data'] };
    this.changes = this.changes.filter((change) => change.cmd === Command.RECEIPTS);
    this.isCounted = false;
    return true;
  }

  receive(push: Push): boolean {
    if (push.data?.$case !== 'receipts') return false;
    const [item] = push.data.value.items;
    const before = this.#receipt();
    const merged = before && {
      ...item,
      read: Math.max(item.read, before.read),
      delivered: Math.max(item.delivered, before.delivered),
      total: Math.max(item.total, before.total),
      readerIds: item.readerIds.length >= before.readerIds.length ? item.readerIds : before.readerIds,
      complete: item.complete || before.complete,
    };
    const value = { ...push.data.value, items: [merged ?? item] };
    this.changes = [
      ...this.changes.filter((change) => change.cmd !== Command.RECEIPTS),
      { cmd: Command.RECEIPTS, data: { $case: 'receipts', value } },
    ];
    return true;
  }

  /** The same message again: a stream that has gone on, or its recalled form. */
  replace(push: Push, userId: bigint): 'stream' | 'recall' | undefined {
    const next = contentOf(push);
    if (next === undefined || this.isRecalled) return undefined;
    if (isRecalled(next)) return this.recall(push) ? 'recall' : undefined;
    if (!isLaterStream(this.content, next)) return undefined;
    this.push = push;
    this.isCounted = senderIdOf(push) !== userId && !isUncounted(next);
    return 'stream';
  }

  clearQuote(): boolean {
    const { data } = this.push;
    const { quote } = this.content;
    if (!isMessageData(data) || quote === undefined || quote.recalled) return false;
    const content = { ...this.content, quote: clearQuote(quote) };
    this.push = { ...this.push, data: { ...data, value: { ...data.value, content } } as Push['data'] };
    return true;
  }

  view(key: string | undefined, userId: bigint): SyncMessage {
    const content = this.content;
    const edit = this.#editOf();
    const shown = edit?.content;
    return {
      key,
      seq: content.seq,
      messageId: content.messageId,
      senderId: senderIdOf(this.push),
      data: this.push.data as MessageData,
      content: shown === undefined ? content : { ...content, body: shown.body, fallback: shown.fallback },
      edit,
      recall: content.body?.$case === 'recall' && this.isRecalled ? content.body.value : undefined,
      reactions: this.#reactions(userId),
      receipt: this.#receipt(),
      isCounted: this.isCounted,
      isMention: this.isMention,
    };
  }

  #editOf() {
    for (const change of this.changes) {
      const body = contentOf(change)?.body;
      if (body?.$case === 'edit') return body.value;
    }
    return undefined;
  }

  #receipt() {
    const data = this.changes.find(({ cmd }) => cmd === Command.RECEIPTS)?.data;
    return data?.$case === 'receipts' ? data.value.items[0] : undefined;
  }

  #reactions(userId: bigint): SyncReaction[] {
    const last = new Map<string, { seq: bigint; reaction: Reaction }>();
    const mine = new Map<string, boolean>();
    for (const change of this.changes) {
      const content = contentOf(change);
      if (content?.body?.$case !== 'reaction') continue;
      const { value: reaction } = content.body;
      const before = last.get(reaction.key);
      if (before === undefined || before.seq < content.seq) last.set(reaction.key, { seq: content.seq, reaction });
      if (senderIdOf(change) === userId) mine.set(reaction.key, !reaction.removed);
    }
    return [...last.values()]
      .filter(({ reaction }) => reaction.count > 0)
      .map(({ reaction: { key, count } }) => ({ key, count, mine: mine.get(key) === true }));
  }
}

/** "Both deduplications let a stream body pass whose state or index is higher." */
export function isLaterStream(before: Content, next: Content): boolean {
  if (before.body?.$case !== 'stream' || next.body?.$case !== 'stream') return false;
  const [a, b] = [before.body.value, next.body.value];
  if (a.state > StreamState.OPEN) return false;
  return b.state > a.state || (b.state === a.state && b.index > a.index);
}
