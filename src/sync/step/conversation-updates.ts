// What the platform says about conversations besides their messages: READ, CONVERSATION, RECEIPTS and DELETE_FOR_ME.
import {
  Command,
  type ConversationRef,
  type ConversationState,
  type DeleteForMe,
  type ReadPosition,
  type Receipts,
} from '../../../generated/models.js';
import { peerOf } from '../../conversation/ref.js';
import type { ConversationRecord } from '../conversation-record.js';
import type { Draft, Reading } from '../draft.js';
import { deleteForMe } from './delete-for-me.js';
import { ownKey } from './own-conversation.js';
import type { StepConversations } from './step-conversations.js';
import type { StepMessages } from './step-messages.js';
import type { StepReport } from './step-report.js';
import type { UnreadCounts } from './unread-counts.js';

/** What an update has an effect on. */
interface Parts {
  readonly draft: Draft;
  readonly conversations: StepConversations;
  readonly messages: StepMessages;
  readonly counts: UnreadCounts;
  readonly report: StepReport;
}

export class ConversationUpdates {
  readonly #userId: bigint;
  readonly #parts: Parts;

  constructor(userId: bigint, parts: Parts) {
    this.#userId = userId;
    this.#parts = parts;
  }

  *takeRead({ conversation: ref, reader, upToSeq, upToMessageId, unreadCount }: ReadPosition): Reading<void> {
    const key = ref && this.#ownKey(ref);
    if (key === undefined || reader === undefined) return;
    const conversation = (yield* this.#parts.conversations.get(key, ref))!;
    const { at, state } = conversation;
    let seq = upToSeq;
    if (seq === 0n) {
      const place = yield* this.#parts.messages.placeOf(upToMessageId);
      seq = place?.key === key ? place.seq : 0n;
    }
    if (reader.userId !== this.#userId) {
      if (peerOf(conversation.ref, this.#userId) === reader.userId && seq > at.peerRead) at.peerRead = seq;
      return;
    }
    if (seq <= state.readSeq) return;
    conversation.state = { ...state, readSeq: seq };
    if (!conversation.countsAlone) at.unread = unreadCount;
    this.#parts.counts.positionsChanged(conversation);
  }

  /** @param isPush the state is a push, not a reply, nor in a page of SYNC that leaves messages out. */
  *takeState(state: ConversationState, isPush: boolean): Reading<ConversationRecord | undefined> {
    const ref = state.conversation;
    const key = ref && this.#ownKey(ref);
    if (key === undefined) return undefined;
    const conversation = (yield* this.#parts.conversations.get(key, ref))!;
    const before = conversation.state;
    conversation.merge(state);
    this.#parts.counts.takeState(conversation, before, state, isPush);
    return conversation;
  }

  *takeReceipts({ conversation: ref, items }: Receipts): Reading<void> {
    const key = ref && this.#ownKey(ref);
    if (key === undefined) return;
    for (const item of items) {
      const record = yield* this.#parts.messages.ofId(key, item.messageId);
      const value = { conversation: ref, items: [item] };
      if (!record?.receive({ cmd: Command.RECEIPTS, data: { $case: 'receipts', value } })) continue;
      this.#parts.messages.replace(key, record);
      const conversation = yield* this.#parts.conversations.get(key);
      if (conversation?.isVisible(record.content.seq)) this.#parts.report.changed(key, record, 'receipt');
    }
  }

  *takeDeletion(request: DeleteForMe): Reading<void> {
    const ref = request.conversation;
    const key = ref && this.#ownKey(ref);
    if (key === undefined) return;
    const conversation = (yield* this.#parts.conversations.get(key, ref))!;
    const deletion = yield* deleteForMe(conversation, request, this.#parts.draft, this.#parts.messages);
    if (deletion === undefined) return;
    this.#parts.counts.positionsChanged(conversation);
    this.#parts.report.deleted(conversation, deletion.messageIds, deletion.upToSeq);
  }

  #ownKey(ref: ConversationRef): string | undefined {
    return ownKey(ref, this.#userId, this.#parts.report.notice);
  }
}
