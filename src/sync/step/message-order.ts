// The order of messages: each is reported after the one before it, waits beyond a hole, or fills a gap below.
import { Push } from '../../../generated/models.js';
import type { ConversationRecord } from '../conversation-record.js';
import type { Draft, Reading } from '../draft.js';
import { aheadAt, aheadBetween } from '../keys.js';
import { contentOf, isLaterStream, type MessageRecord } from '../message-record.js';
import { hasSeq } from '../seq-ranges.js';
import type { MessageChanges } from './message-changes.js';
import { targetOf } from './message-target.js';
import type { StepMessages } from './step-messages.js';
import type { StepReport } from './step-report.js';
import type { UnreadCounts } from './unread-counts.js';

/** Where a push comes from. */
export type Source = 'live' | 'sync' | 'history';

/** Messages beyond a hole that are read at once. */
const PAGE = 500;
/** Messages beyond a hole that a step reports once the hole is filled; the next step reports more. */
const MAX_DRAINED = 1000;

export class MessageOrder {
  /** Conversations with messages to report that wait for the next step. */
  readonly unfinished = new Set<string>();
  /** Pushes beyond a hole that were not stored: HISTORY fetches them. */
  dropped = 0;
  readonly #draft: Draft;
  readonly #messages: StepMessages;
  readonly #changes: MessageChanges;
  readonly #counts: UnreadCounts;
  readonly #report: StepReport;
  #drained = 0;

  constructor(draft: Draft, messages: StepMessages, changes: MessageChanges, counts: UnreadCounts, report: StepReport) {
    this.#draft = draft;
    this.#messages = messages;
    this.#changes = changes;
    this.#counts = counts;
    this.#report = report;
  }

  /** Puts a message in its place: in order, below, or beyond a hole. */
  *place(conversation: ConversationRecord, push: Push, source: Source): Reading<void> {
    const { seq } = contentOf(push)!;
    const { at } = conversation;
    conversation.sawSeq(seq);
    const isFirst = !at.isRooted && at.covered.length === 0 && at.ahead.length === 0;
    if (seq <= at.top) yield* this.#placeBelow(conversation, push, source);
    else if (isFirst || seq === at.top + 1n) {
      if (seq === 1n) at.isRooted = true;
      yield* this.#next(conversation, push, source === 'live');
      yield* this.drain(conversation);
    } else yield* this.#placeAhead(conversation, push);
  }

  /** Reports what lies beyond a hole that is no more. */
  *drain(conversation: ConversationRecord): Reading<void> {
    const { at, key } = conversation;
    while (at.ahead.length > 0 && at.ahead[0][0] === at.top + 1n) {
      if (this.#drained >= MAX_DRAINED) {
        this.unfinished.add(key);
        return;
      }
      yield* this.#reportAhead(conversation, at.ahead[0][1]);
    }
  }

  /** Everything up to `seq` is there, or does not exist; with `asGap` it is known to be missing. */
  *advance(conversation: ConversationRecord, seq: bigint, asGap: boolean): Reading<void> {
    const { at } = conversation;
    while (at.top < seq) {
      const next = at.ahead.length > 0 && at.ahead[0][0] <= seq ? at.ahead[0] : undefined;
      const last = next === undefined ? seq : next[0] - 1n;
      if (!asGap) conversation.cover(at.top + 1n, last);
      conversation.raise(last);
      if (next !== undefined) yield* this.#reportAhead(conversation, next[1] < seq ? next[1] : seq);
    }
    yield* this.drain(conversation);
  }

  /** The next message in order. */
  *#next(conversation: ConversationRecord, push: Push, isLive: boolean): Reading<void> {
    const content = contentOf(push)!;
    const { seq, sentAtMs } = content;
    const { at } = conversation;
    conversation.cover(seq, seq);
    conversation.raise(seq);
    const isBeyondCount = seq > at.countedTo;
    if (isBeyondCount) at.countedTo = seq;
    if (targetOf(content) !== undefined) {
      yield* this.#changes.apply(conversation, push, isBeyondCount);
      return;
    }
    const record = yield* this.#storeNew(conversation, push);
    if (record === undefined) return;
    if (sentAtMs > at.activeAtMs) at.activeAtMs = sentAtMs;
    if (isBeyondCount) this.#counts.add(conversation, record);
    this.#report.message(conversation.key, record, isLive);
  }

  /** A message up to `top`: again, or one that was missing. */
  *#placeBelow(conversation: ConversationRecord, push: Push, source: Source): Reading<void> {
    const content = contentOf(push)!;
    const { seq, messageId } = content;
    const { key, at } = conversation;
    const isCovered = hasSeq(at.covered, seq);
    const before = isCovered ? yield* this.#messages.get({ key, seq }) : undefined;
    if (before !== undefined) {
      if (before.content.messageId === messageId) yield* this.#changes.replace(conversation, before, push);
      else this.#report.notice('two messages with the same conversation and seq');
      return;
    }
    // A late push may be of a message that the user has deleted since. A page fills a gap.
    if (source === 'live' && (isCovered || at.isRooted)) return;
    conversation.cover(seq, seq);
    if (targetOf(content) !== undefined) yield* this.#changes.apply(conversation, push);
    else {
      const record = yield* this.#storeNew(conversation, push);
      if (record !== undefined) this.#report.loaded(key, record);
    }
    if (seq >= conversation.firstUnread) this.#counts.changed(conversation, seq);
  }

  /** Stores a message beyond a hole, unless there are too many holes. */
  *#placeAhead(conversation: ConversationRecord, push: Push): Reading<void> {
    const { seq } = contentOf(push)!;
    const { ahead } = conversation.at;
    const name = aheadAt(conversation.key, seq);
    if (hasSeq(ahead, seq)) {
      const before = yield* this.#draft.get(name);
      if (before === undefined || !isLaterStream(contentOf(Push.decode(before))!, contentOf(push)!)) return;
    } else if (conversation.isAheadFull && !ahead.some(([first, last]) => seq === first - 1n || seq === last + 1n)) {
      this.dropped += 1;
      return;
    }
    conversation.addAhead(seq);
    this.#draft.put(name, Push.encode(push).slice());
  }

  /** Reports messages beyond a hole, up to `lastSeq`: all of them that are not separated by another hole. */
  *#reportAhead(conversation: ConversationRecord, lastSeq: bigint): Reading<void> {
    const { at, key } = conversation;
    const entries = yield* this.#draft.list({ ...aheadBetween(key, at.top + 1n, lastSeq), limit: PAGE });
    for (const [name, bytes] of entries) {
      this.#draft.delete(name);
      this.#drained += 1;
      yield* this.#next(conversation, Push.decode(bytes), true);
    }
    // The marks and the entries are written together: this is a storage that lost entries.
    if (entries.length === 0) conversation.raise(at.ahead[0][1] < lastSeq ? at.ahead[0][1] : lastSeq);
  }

  /** Stores a message for the first time; undefined: the user has deleted it, or it is known at another place. */
  *#storeNew(conversation: ConversationRecord, push: Push): Reading<MessageRecord | undefined> {
    const { seq, messageId } = contentOf(push)!;
    if (conversation.isDeleted(messageId, seq)) return undefined;
    if (yield* this.#messages.isElsewhere({ key: conversation.key, seq }, messageId)) {
      this.#report.notice('two places of the same message_id');
      return undefined;
    }
    const record = yield* this.#changes.create(conversation, push);
    this.#messages.store(conversation, record);
    return record;
  }
}
