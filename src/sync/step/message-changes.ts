// Edits, reactions and recalls, in any order with the messages that they change.
import { Push } from '../../../generated/models.js';
import type { ConversationRecord } from '../conversation-record.js';
import type { Draft, Reading } from '../draft.js';
import { changeAt, changesOf } from '../keys.js';
import { contentOf, MessageRecord } from '../message-record.js';
import type { SyncChangeCause } from '../types.js';
import { rankOf, slotOf, targetOf } from './message-target.js';
import { keyOfPush } from './own-conversation.js';
import type { Quotes } from './quotes.js';
import type { StepMessages } from './step-messages.js';
import type { StepReport } from './step-report.js';
import type { UnreadCounts } from './unread-counts.js';

/** Changes of a message that are kept until it comes: a recall, an edit, and two for each key of a reaction. */
const MAX_KEPT = 2002;

/** What the changes of a message have an effect on. */
interface Parts {
  readonly draft: Draft;
  readonly messages: StepMessages;
  readonly quotes: Quotes;
  readonly counts: UnreadCounts;
  readonly report: StepReport;
}

export class MessageChanges {
  readonly #userId: bigint;
  readonly #parts: Parts;

  constructor(userId: bigint, parts: Parts) {
    this.#userId = userId;
    this.#parts = parts;
  }

  /** A new message, with the changes that came before it. */
  *create(conversation: ConversationRecord, push: Push): Reading<MessageRecord> {
    const { draft, quotes } = this.#parts;
    const record = MessageRecord.create(push, this.#userId);
    const { messageId, quote } = record.content;
    if (quote !== undefined && !quote.recalled && (yield* quotes.isRecalled(quote.messageId))) record.clearQuote();
    if (!conversation.at.hasKept) return record;
    const entries = yield* draft.list({ ...changesOf(messageId), limit: MAX_KEPT });
    for (const [name, bytes] of entries) {
      const change = Push.decode(bytes);
      if (keyOfPush(change) !== conversation.key) continue;
      draft.delete(name);
      record.apply(change, this.#userId);
    }
    return record;
  }

  /** Applies an Edit, Reaction or Recall. @param isBeyondCount the counts do not include it yet. */
  *apply(conversation: ConversationRecord, push: Push, isBeyondCount = false): Reading<void> {
    const { messages, quotes, counts, report } = this.#parts;
    const content = contentOf(push)!;
    const messageId = targetOf(content) as bigint;
    const kind = content.body!.$case as SyncChangeCause;
    const isRecall = kind === 'recall';
    const record = yield* messages.ofId(conversation.key, messageId);
    if (isRecall) yield* quotes.clear(messageId);
    if (record === undefined) {
      // The recall of a deleted message, too: a page that was made before it may bring quotes.
      if (isRecall || !conversation.at.deletedIds.includes(messageId)) yield* this.#keep(conversation, messageId, push);
      if (isRecall) counts.recalledUnseen(conversation, isBeyondCount);
      return;
    }
    const { seq } = record.content;
    const wasCounted = record.isCounted && seq >= conversation.firstUnread;
    if (!record.apply(push, this.#userId)) {
      // The recalled form was here before its recall.
      if (isRecall) counts.recalledUnseen(conversation, isBeyondCount);
      return;
    }
    messages.store(conversation, record);
    if (conversation.isVisible(seq)) report.changed(conversation.key, record, kind);
    if (wasCounted && !record.isCounted) counts.remove(conversation, record, isBeyondCount);
  }

  /** The same message again: a stream that has gone on, or the recalled form. */
  *replace(conversation: ConversationRecord, record: MessageRecord, push: Push): Reading<void> {
    const { messages, quotes, counts, report } = this.#parts;
    const { seq, messageId } = record.content;
    const wasCounted = record.isCounted;
    const by = record.replace(push, this.#userId);
    if (by === undefined) return;
    messages.store(conversation, record);
    report.changed(conversation.key, record, by);
    if (wasCounted !== record.isCounted) counts.changed(conversation, seq);
    if (by === 'recall') yield* quotes.clear(messageId);
  }

  /** Keeps a change whose message is missing: the message may come later, from a page that was made before the change. */
  *#keep({ at }: ConversationRecord, messageId: bigint, push: Push): Reading<void> {
    const { draft } = this.#parts;
    const name = changeAt(messageId, slotOf(push, this.#userId));
    const before = yield* draft.get(name);
    if (before !== undefined && rankOf(Push.decode(before)) >= rankOf(push)) return;
    draft.put(name, Push.encode(push).slice());
    at.hasKept = true;
  }
}
