// Unread counts: of the device where it has all unread messages, else of the platform, as far as they are known to be right.
import type { ConversationState } from '../../../generated/models.js';
import type { ConversationRecord } from '../conversation-record.js';
import type { Draft, Reading } from '../draft.js';
import { messagesBetween, seqOfKey } from '../keys.js';
import { MessageRecord } from '../message-record.js';

/** Messages that are counted at once. */
const PAGE = 500;

export class UnreadCounts {
  readonly #draft: Draft;
  /** The conversations to count at the end of the step. */
  readonly #recounts = new Map<string, ConversationRecord>();

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  /** The next message in order: counts it, unless the counts include it. */
  add({ at, firstUnread }: ConversationRecord, { content: { seq }, isCounted, isMention }: MessageRecord): void {
    if (!isCounted || seq < firstUnread) return;
    at.unread += 1;
    if (!isMention) return;
    at.mentions += 1;
    if (at.firstMention === 0n) at.firstMention = seq;
  }

  /** A counted message was recalled. @param isBeyondCount the counts of the platform do not include the recall. */
  remove(conversation: ConversationRecord, { isMention }: MessageRecord, isBeyondCount: boolean): void {
    const { at } = conversation;
    if (this.recountAlone(conversation) || !isBeyondCount) return;
    at.unread = Math.max(0, at.unread - 1);
    if (!isMention) return;
    at.mentions = Math.max(0, at.mentions - 1);
    // Another mention may be the first one now, and it may be missing here.
    at.isStale = true;
  }

  /** The recall of a message that the device lacks, or has as recalled: whether the platform's count includes the message is unknown. */
  recalledUnseen(conversation: ConversationRecord, isBeyondCount: boolean): void {
    if (isBeyondCount && !conversation.countsAlone) conversation.at.isStale = true;
  }

  /** A message up to `top` is counted, or no longer counted. */
  changed(conversation: ConversationRecord, seq: bigint): void {
    if (seq < conversation.firstUnread || this.recountAlone(conversation)) return;
    if (seq > conversation.at.countedTo) conversation.at.isStale = true;
  }

  /** The read position or the first seq has moved. */
  positionsChanged(conversation: ConversationRecord): void {
    if (conversation.countsAlone || conversation.firstUnread > conversation.at.lastKnown) this.#recount(conversation);
    else conversation.at.isStale = true;
  }

  /** Counts the conversation again, if the device can. Returns whether it can. */
  recountAlone(conversation: ConversationRecord): boolean {
    const { countsAlone } = conversation;
    if (countsAlone) this.#recount(conversation);
    return countsAlone;
  }

  /**
   * A state of the platform, which was merged into the conversation.
   * @param before as it was before.
   * @param isPush whether the state was pushed. Then it may be older than that of the device, unlike one of a reply, or of a page that leaves
   * messages out.
   */
  takeState(conversation: ConversationRecord, before: ConversationState, state: ConversationState, isPush: boolean): void {
    const { at, key } = conversation;
    const { readSeq, firstSeq } = conversation.state;
    // A push may have counts from before a DELETE_FOR_ME, which does not raise the revision.
    const isPresent = state.readSeq === readSeq && state.firstSeq === firstSeq && !(isPush && conversation.hasDeleted);
    // Of two counts up to the same seq, that of a push may be the older one: the platform decides.
    const isLater =
      state.lastSeq > at.countedTo || (state.lastSeq === at.countedTo && (!isPush || state.unreadCount === at.unread));
    if (state.lastSeq > at.top || !conversation.countsAlone) {
      if (isPresent && isLater && state.lastSeq >= at.top) {
        at.unread = state.unreadCount;
        at.mentions = state.unreadMentions;
        at.firstMention = state.firstMentionSeq;
        at.countedTo = state.lastSeq;
        at.baseSeq = state.lastSeq;
        at.isStale = false;
        this.#recounts.delete(key);
        return;
      }
      if (!conversation.countsAlone) at.isStale = true;
    }
    if (before.readSeq !== readSeq || before.firstSeq !== firstSeq) this.positionsChanged(conversation);
  }

  /** Counts what has to be counted again. */
  *finish(): Reading<void> {
    for (const conversation of this.#recounts.values()) yield* this.#count(conversation);
  }

  #recount(conversation: ConversationRecord): void {
    this.#recounts.set(conversation.key, conversation);
  }

  *#count({ at, key, firstUnread }: ConversationRecord): Reading<void> {
    let [unread, mentions, first] = [0, 0, 0n];
    for (let from = firstUnread; from <= at.top; ) {
      const entries = yield* this.#draft.list({ ...messagesBetween(key, from, at.top), limit: PAGE });
      for (const [name, bytes] of entries) {
        const { isCounted, isMention } = MessageRecord.decode(bytes);
        if (!isCounted) continue;
        unread += 1;
        if (!isMention) continue;
        mentions += 1;
        if (first === 0n) first = seqOfKey(name);
      }
      if (entries.length < PAGE) break;
      from = seqOfKey(entries[entries.length - 1][0]) + 1n;
    }
    at.unread = unread;
    at.mentions = mentions;
    at.firstMention = first;
    at.countedTo = at.top;
    at.baseSeq = 0n;
    at.isStale = false;
  }
}
