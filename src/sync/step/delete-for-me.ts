// DELETE_FOR_ME: messages that the user has deleted on all of their terminals.
import type { DeleteForMe } from '../../../generated/models.js';
import type { ConversationRecord } from '../conversation-record.js';
import type { Draft, Reading } from '../draft.js';
import { messagesBetween } from '../keys.js';
import type { StepMessages } from './step-messages.js';

/** What was deleted. */
export interface Deletion {
  /** The ids of messages that the device had. */
  readonly messageIds: readonly bigint[];
  /** Everything up to here; 0n: nothing that was not deleted before. */
  readonly upToSeq: bigint;
}

/** Deletes messages, and remembers that they are deleted. Returns undefined if they were deleted before. */
export function* deleteForMe(
  conversation: ConversationRecord,
  { messageIds, upToSeq }: DeleteForMe,
  draft: Draft,
  messages: StepMessages,
): Reading<Deletion | undefined> {
  const { at, key } = conversation;
  const ids: bigint[] = [];
  const hasNews = messageIds.some((id) => !at.deletedIds.includes(id));
  for (const messageId of new Set(messageIds)) {
    const place = yield* messages.placeOf(messageId);
    if (place?.key !== key || (yield* messages.get(place)) === undefined) continue;
    messages.delete(place, messageId);
    conversation.setStream(place.seq, false);
    ids.push(messageId);
  }
  conversation.forget(messageIds);
  const isHigher = upToSeq > at.deletedUpTo;
  if (isHigher) {
    at.deletedUpTo = upToSeq;
    draft.deleteRange(messagesBetween(key, 0n, upToSeq));
  }
  if (ids.length === 0 && !hasNews && !isHigher) return undefined;
  return { messageIds: ids, upToSeq: isHigher ? upToSeq : 0n };
}
