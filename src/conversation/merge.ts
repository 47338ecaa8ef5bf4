// Where a conversation stands, known from several places: which values count.
import type { ConversationRefInit, ConversationState, ReadPosition } from '../../generated/models.js';
import { ProtocolError } from '../errors.js';
import { UNKNOWN_FIELDS, type WithUnknownFields } from '../wire/unknown.js';
import { isSameConversation } from './ref.js';

/**
 * Two states of one conversation and user as one, in any order and any number of times:
 *
 * - last_seq, read_seq and active_at_ms: the highest value;
 * - first_seq, muted_until_ms, pinned_at_ms, hidden and unknown fields: those of the state with the highest revision;
 * - unread_count, unread_mentions and first_mention_seq: those of the state with the highest read_seq, and at the same read_seq
 *   the highest. They may lag behind the merged positions: recount with `countUnread`.
 *
 * @throws ProtocolError INVALID_MESSAGE for states of two conversations.
 */
export function mergeConversationStates(a: ConversationState, b: ConversationState): ConversationState {
  requireSame(a.conversation, b.conversation);
  const newer = (compare(settingsOf(a), settingsOf(b)) || compare(unknownOf(a), unknownOf(b))) >= 0 ? a : b;
  const counted = compare(countsOf(a), countsOf(b)) >= 0 ? a : b;
  return {
    ...newer,
    lastSeq: max(a.lastSeq, b.lastSeq),
    readSeq: max(a.readSeq, b.readSeq),
    activeAtMs: max(a.activeAtMs, b.activeAtMs),
    unreadCount: counted.unreadCount,
    unreadMentions: counted.unreadMentions,
    firstMentionSeq: counted.firstMentionSeq,
  };
}

/**
 * The state after a client's CONVERSATION. The client sends muted_until_ms, pinned_at_ms and hidden all, with the revision that
 * it knows. Where that is not the present revision, and where nothing differs, the result is `present` itself. Else the three
 * values are the client's, and the revision is one higher. The result is the reply in each case.
 * @param present the state that the platform has.
 * @throws ProtocolError INVALID_MESSAGE for states of two conversations.
 */
export function updateConversationState(present: ConversationState, update: ConversationState): ConversationState {
  requireSame(present.conversation, update.conversation);
  if (update.revision !== present.revision) return present;
  const { mutedUntilMs, pinnedAtMs, hidden } = update;
  const isSame = mutedUntilMs === present.mutedUntilMs && pinnedAtMs === present.pinnedAtMs && hidden === present.hidden;
  return isSame ? present : { ...present, mutedUntilMs, pinnedAtMs, hidden, revision: present.revision + 1n };
}

/**
 * Resolves the position of a client: up_to_seq, which counts where both positions are set, is cut to the last
 * message. A position with up_to_message_id alone gets the seq of that message.
 * @param lastSeq seq of the last stored message of the conversation; 0 = there is none.
 * @param seqOfMessage seq of the last stored message up to up_to_message_id; used where up_to_seq is not set. 0 = there is none:
 * the result then stands below every other position.
 */
export function resolveReadPosition(position: ReadPosition, lastSeq: bigint, seqOfMessage = 0n): ReadPosition {
  const { upToSeq } = position;
  const isBySeq = upToSeq > 0n;
  const seq = isBySeq ? upToSeq : seqOfMessage;
  const resolved = { ...position, upToSeq: seq < lastSeq ? seq : lastSeq };
  // The id is a claim that nobody has checked, and does not count.
  if (isBySeq) resolved.upToMessageId = 0n;
  return resolved;
}

/**
 * The higher of two positions of one user in one conversation; of two equal ones the earlier. The result is `a` or `b` itself, so
 * that the platform sees whether a new position changes anything: `mergeReadPositions(present, resolved) !== present`. Resolve
 * both first (`resolveReadPosition`): a position without a seq is below every position with one.
 * @throws ProtocolError INVALID_MESSAGE for positions of two conversations or users.
 */
export function mergeReadPositions(a: ReadPosition, b: ReadPosition): ReadPosition {
  requireSame(a.conversation, b.conversation);
  if (a.reader?.userId !== b.reader?.userId) throw invalid('reader', 'expected the positions of one user');
  return compare(placeOf(a), placeOf(b)) >= 0 ? a : b;
}

/** A total order, so that the order in which states arrive never matters. */
type Rank = readonly (bigint | number | boolean)[];

function compare(a: Rank, b: Rank): number {
  for (const [i, value] of a.entries()) {
    if (value > b[i]) return 1;
    if (value < b[i]) return -1;
  }
  return 0;
}

function settingsOf({ revision, firstSeq, mutedUntilMs, pinnedAtMs, hidden }: ConversationState): Rank {
  return [revision, firstSeq, mutedUntilMs, pinnedAtMs, hidden];
}

/** Bytes that one state has and the other has not make it the higher. */
function unknownOf(state: ConversationState): Rank {
  const bytes = (state as WithUnknownFields)[UNKNOWN_FIELDS] ?? [];
  return [bytes.length, ...bytes];
}

function countsOf({ readSeq, unreadCount, unreadMentions, firstMentionSeq }: ConversationState): Rank {
  return [readSeq, unreadCount, unreadMentions, firstMentionSeq];
}

/** A position that others were sent goes before a quiet one. */
function placeOf({ upToSeq, upToMessageId, readAtMs, quietly, reader, unreadCount }: ReadPosition): Rank {
  return [upToSeq, upToMessageId, -readAtMs, !quietly, reader?.terminal ?? 0, unreadCount];
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function requireSame(a: ConversationRefInit | undefined, b: ConversationRefInit | undefined): void {
  if (a === undefined || b === undefined || !isSameConversation(a, b))
    throw invalid('conversation', 'expected two of one conversation');
}

function invalid(path: string, text: string): ProtocolError {
  return new ProtocolError('INVALID_MESSAGE', `${path}: ${text}`, { path });
}
