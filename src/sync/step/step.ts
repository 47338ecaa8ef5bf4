// One step: what pushes and pages change, from what is stored. Pure: storage is read by yielding tasks.
import type { Content, ConversationRef, ConversationState, Push, PushInit } from '../../../generated/models.js';
import { conversationOf } from '../../conversation/conversation-of.js';
import { isProtocolError } from '../../errors.js';
import type { ConversationRecord } from '../conversation-record.js';
import { Draft, type Reading } from '../draft.js';
import { conversationAt, idAt, looseAt, markAt, messageAt, messagesBetween } from '../keys.js';
import { contentOf, MessageRecord } from '../message-record.js';
import type { SyncChange } from '../types.js';
import { ConversationUpdates } from './conversation-updates.js';
import { dropConversations } from './drop-conversations.js';
import { MessageChanges } from './message-changes.js';
import { MessageOrder, type Source } from './message-order.js';
import { targetOf } from './message-target.js';
import { keyOfPush, ownKey } from './own-conversation.js';
import { Quotes } from './quotes.js';
import { StepConversations, type StoredRecords } from './step-conversations.js';
import { StepMessages } from './step-messages.js';
import { StepReport } from './step-report.js';
import { UnreadCounts } from './unread-counts.js';

const NO_VALUE = new Uint8Array(0);

/** Takes pushes and pages; `finish` returns what they change, and the draft has the batch to write. */
export class Step {
  readonly draft = new Draft();
  readonly conversations: StepConversations;
  readonly order: MessageOrder;
  readonly report: StepReport;
  readonly #userId: bigint;
  readonly #messages = new StepMessages(this.draft);
  readonly #counts = new UnreadCounts(this.draft);
  readonly #changes: MessageChanges;
  readonly #updates: ConversationUpdates;

  constructor(userId: bigint, cache: StoredRecords) {
    const { draft } = this;
    const messages = this.#messages;
    const counts = this.#counts;
    this.#userId = userId;
    this.report = new StepReport(userId);
    this.conversations = new StepConversations(draft, cache);
    const { conversations, report } = this;
    const quotes = new Quotes(draft, conversations, messages, report);
    this.#changes = new MessageChanges(userId, { draft, messages, quotes, counts, report });
    this.#updates = new ConversationUpdates(userId, { draft, conversations, messages, counts, report });
    this.order = new MessageOrder(draft, messages, this.#changes, counts, report);
  }

  /** Reads with one task what the pushes are going to need. */
  *readAhead(pushes: readonly PushInit[]): Reading<void> {
    const keys: string[] = [];
    for (const push of pushes) {
      const content = contentOf(push);
      if (content === undefined) continue;
      keys.push(idAt(content.messageId));
      const target = targetOf(content);
      if (target !== undefined) keys.push(idAt(target));
      const key = keyOfPush(push);
      if (key === undefined) continue;
      if (content.seq > 0n) keys.push(messageAt(key, content.seq));
      if (!this.conversations.isCached(key)) keys.push(conversationAt(key));
    }
    yield* this.draft.readAhead(keys);
  }

  /** Takes a push. What breaks the protocol is skipped with a notice. */
  take(push: Push, source: Source): Reading<void> {
    return this.#guarded(this.#take(push, source));
  }

  /** Takes the state of a conversation in a page of SYNC that leaves messages out. */
  takeTruncated(state: ConversationState): Reading<void> {
    return this.#guarded(this.#takeTruncated(state));
  }

  /** Drops the list of conversations. */
  *reset(): Reading<void> {
    yield* dropConversations(this.draft);
    this.conversations.reset();
    this.report.add({ type: 'reset' });
  }

  /** Ends a chain of pages for a conversation. */
  *close(conversation: ConversationRecord): Reading<void> {
    const { at, state } = conversation;
    const { isTruncated } = at;
    const last = isTruncated && state.lastSeq > at.syncSeq ? state.lastSeq : at.syncSeq;
    const wasRooted = at.isRooted;
    at.isRooted = true;
    if (isTruncated) yield* this.order.advance(conversation, last, true);
    else if (wasRooted || at.covered.length > 0) yield* this.order.advance(conversation, last, false);
    if (isTruncated) at.unsure = at.openStreams.filter((seq) => seq <= at.top);
    at.syncSeq = 0n;
    at.isTruncated = false;
    this.draft.delete(markAt('s', conversation.key));
    this.#counts.recountAlone(conversation);
  }

  /** Takes the part of a page of HISTORY that the device lacks: the messages from `first` to `last`, and their changes. */
  *fill(
    conversation: ConversationRecord,
    { pushes, changes }: { readonly pushes: readonly Push[]; readonly changes: readonly Push[] },
    first: bigint,
    last: bigint,
  ): Reading<void> {
    const { at, key } = conversation;
    const { order } = this;
    // What is left from before a reset is not what the page says.
    for (const { firstSeq, lastSeq } of conversation.gaps) {
      const from = firstSeq > first ? firstSeq : first;
      const to = lastSeq < last ? lastSeq : last;
      if (from <= to) this.draft.deleteRange(messagesBetween(key, from, to));
    }
    // Live pushes were faster than the first page of a new conversation: what lies between is a hole.
    const isApart = (at.isRooted || at.covered.length > 0) && first > at.top + 1n;
    for (const push of pushes) {
      const { seq } = contentOf(push)!;
      if (!isApart && seq > at.top && (at.isRooted || at.covered.length > 0)) yield* order.advance(conversation, seq - 1n, false);
      yield* order.place(conversation, push, 'history');
    }
    if (!isApart) {
      if (last > at.top) yield* order.advance(conversation, last, false);
      conversation.cover(first, last < at.top ? last : at.top);
    }
    for (const change of changes) {
      const content = contentOf(change);
      if (content !== undefined && targetOf(content) !== undefined && keyOfPush(change) === key)
        yield* this.#changes.apply(conversation, change);
    }
    this.#counts.recountAlone(conversation);
  }

  /** Finishes the step: counts, and writes the conversations that it has changed. Returns what to report. */
  *finish(): Reading<readonly SyncChange[]> {
    yield* this.#counts.finish();
    const conversations = yield* this.conversations.write();
    return [...this.report.changes(), ...conversations];
  }

  /** Skips a part with a notice if it breaks the protocol. */
  *#guarded(part: Reading<void>): Reading<void> {
    try {
      yield* part;
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      this.report.notices.push(error);
    }
  }

  *#take(push: Push, source: Source): Reading<void> {
    const { cmd, data } = push;
    switch (data?.$case) {
      case 'privateMessage':
      case 'groupMessage':
      case 'systemMessage':
        return yield* this.#takeMessage(push, source);
      case 'read':
        return yield* this.#updates.takeRead(data.value);
      case 'conversation':
        yield* this.#updates.takeState(data.value, source !== 'history');
        return;
      case 'receipts':
        return yield* this.#updates.takeReceipts(data.value);
      case 'deleteForMe':
        return yield* this.#updates.takeDeletion(data.value);
      case 'custom':
        return this.report.add({ type: 'custom', push });
      default:
        // "A reader skips a push whose command it does not know."
        this.report.notice(`skipped a push with command ${cmd}`);
    }
  }

  *#takeTruncated(state: ConversationState): Reading<void> {
    const conversation = yield* this.#updates.takeState(state, false);
    if (conversation !== undefined) this.#markSynced(conversation, 0n, true);
  }

  *#takeMessage(push: Push, source: Source): Reading<void> {
    const content = contentOf(push);
    const ref = conversationOf(push.data);
    if (content === undefined) return this.report.notice('a message without content');
    if (ref === undefined) return yield* this.#takeLoose(push, content);
    const key = ownKey(ref as ConversationRef, this.#userId, this.report.notice);
    if (key === undefined) return;
    if (content.seq < 1n) return yield* this.#takeTransient(key, push, content);
    const conversation = (yield* this.conversations.get(key, ref as ConversationRef))!;
    if (!conversation.isKnown) return this.report.notice('skipped a message of a conversation of an unknown kind');
    yield* this.order.place(conversation, push, source);
    if (source === 'live') this.draft.put(markAt('l', key), NO_VALUE);
    if (source === 'sync') this.#markSynced(conversation, content.seq, false);
  }

  /** "A SystemMessage without conversation has no seq, even if stored, and is told apart by its message_id." */
  *#takeLoose(push: Push, { messageId }: Content): Reading<void> {
    const record = MessageRecord.create(push, this.#userId);
    if (messageId !== 0n) {
      const name = looseAt(messageId);
      if ((yield* this.draft.get(name)) !== undefined) return;
      this.draft.put(name, record.encode());
    }
    this.report.message(undefined, record, true);
  }

  /** A message that is not stored anywhere. */
  *#takeTransient(key: string, push: Push, { messageId }: Content): Reading<void> {
    // Its stored copy may be here already.
    if (messageId !== 0n && (yield* this.#messages.placeOf(messageId)) !== undefined) return;
    this.report.transient(key, MessageRecord.create(push, this.#userId));
  }

  /** The SYNC under way has named the conversation. */
  #markSynced(conversation: ConversationRecord, seq: bigint, isTruncated: boolean): void {
    const { at } = conversation;
    if (seq > at.syncSeq) at.syncSeq = seq;
    if (isTruncated) at.isTruncated = true;
    this.draft.put(markAt('s', conversation.key), NO_VALUE);
  }
}
