// What a device remembers of a conversation, as an entry of the storage.
import { type ConversationRef, ConversationState } from '../../generated/models.js';
import { mergeConversationStates } from '../conversation/merge.js';
import { isKnownConversation } from '../conversation/ref.js';
import { joinParts, jsonBytes, jsonOf, splitParts } from './record-parts.js';
import { above, addRange, hasSeq, MAX_RANGES, missing, newest, type SeqRange } from './seq-ranges.js';
import type { SyncConversation, SyncGap } from './types.js';

/** Maximum number of ids of deleted messages that a conversation remembers. */
const MAX_DELETED = 256;
const MAX_OPEN_STREAMS = 64;

interface Positions {
  /** Everything up to here was reported, or is a known gap. */
  top: bigint;
  /** What lies above `top` at first belongs to the conversation: it was listed, or begins at 1. */
  isRooted: boolean;
  /** The highest seq that anybody has named. */
  lastKnown: bigint;
  /** The seqs up to `top` that the device has, or that do not exist for the user. */
  covered: readonly SeqRange[];
  /** Stored beyond a hole: not reported yet. */
  ahead: readonly SeqRange[];
  unread: number;
  mentions: number;
  firstMention: bigint;
  /** The counts include the messages up to here. */
  countedTo: bigint;
  /** The counts of the platform include the messages up to here that are missing; 0n: they are of this device. */
  baseSeq: bigint;
  /** The counts wait for the platform. */
  isStale: boolean;
  peerRead: bigint;
  activeAtMs: bigint;
  hiddenAt: bigint;
  deletedUpTo: bigint;
  /** The newest ids that the user has deleted: a late copy does not bring them back. */
  deletedIds: readonly bigint[];
  /** Changes of messages that the device lacks were kept. */
  hasKept: boolean;
  /** Seqs of streams that are still open, ascending. */
  openStreams: readonly bigint[];
  /** Streams of which a SYNC may have left out the end: to be asked for. */
  unsure: readonly bigint[];
  /** The highest seq that the SYNC under way gave; 0n = none. */
  syncSeq: bigint;
  /** The SYNC under way leaves messages out. */
  isTruncated: boolean;
}

const NEW: Positions = {
  top: 0n,
  isRooted: false,
  lastKnown: 0n,
  covered: [],
  ahead: [],
  unread: 0,
  mentions: 0,
  firstMention: 0n,
  countedTo: 0n,
  baseSeq: 0n,
  isStale: false,
  peerRead: 0n,
  activeAtMs: 0n,
  hiddenAt: -1n,
  deletedUpTo: 0n,
  deletedIds: [],
  hasKept: false,
  openStreams: [],
  unsure: [],
  syncSeq: 0n,
  isTruncated: false,
};

export class ConversationRecord {
  readonly key: string;
  state: ConversationState;
  readonly at: Positions;

  private constructor(key: string, state: ConversationState, at: Positions) {
    this.key = key;
    this.state = state;
    this.at = at;
  }

  static create(key: string, ref: ConversationRef): ConversationRecord {
    return new ConversationRecord(key, ConversationState.create({ conversation: ref }), { ...NEW });
  }

  static decode(key: string, bytes: Uint8Array): ConversationRecord {
    const [json, state] = splitParts(bytes);
    return new ConversationRecord(key, ConversationState.decode(state), { ...NEW, ...(jsonOf(json) as Positions) });
  }

  encode(): Uint8Array {
    return joinParts([jsonBytes(this.at), ConversationState.encode(this.state)]);
  }

  clone(): ConversationRecord {
    return new ConversationRecord(this.key, this.state, { ...this.at });
  }

  get ref(): ConversationRef {
    return this.state.conversation as ConversationRef;
  }

  get isKnown(): boolean {
    return isKnownConversation(this.ref);
  }

  /** The first seq that the user may see. */
  get firstSeq(): bigint {
    return this.state.firstSeq < 1n ? 1n : this.state.firstSeq;
  }

  /** The first seq that can be unread. */
  get firstUnread(): bigint {
    const { readSeq } = this.state;
    const next = (readSeq > this.at.deletedUpTo ? readSeq : this.at.deletedUpTo) + 1n;
    return next > this.firstSeq ? next : this.firstSeq;
  }

  /** No unread message up to `top` is missing on the device: it can count by itself. */
  get countsAlone(): boolean {
    return missing(this.at.covered, this.firstUnread, this.at.top).length === 0;
  }

  /** Unread messages may be missing that nobody has counted. */
  get isUncounted(): boolean {
    const gaps = missing(this.at.covered, this.firstUnread, this.at.top);
    return gaps.length > 0 && gaps[gaps.length - 1][1] > this.at.baseSeq;
  }

  isVisible(seq: bigint): boolean {
    // "What lies below first_seq stays on the device unless DELETE_FOR_ME named it."
    return seq > this.at.deletedUpTo && (seq < this.state.firstSeq || hasSeq(this.at.covered, seq));
  }

  /** The user has deleted messages. */
  get hasDeleted(): boolean {
    return this.at.deletedUpTo > 0n || this.at.deletedIds.length > 0;
  }

  isDeleted(messageId: bigint, seq: bigint): boolean {
    return seq <= this.at.deletedUpTo || this.at.deletedIds.includes(messageId);
  }

  merge(state: ConversationState): void {
    const { state: before, at } = this;
    this.state = mergeConversationStates(before, state);
    if (this.state.hidden && (!before.hidden || this.state.revision !== before.revision)) at.hiddenAt = this.#last;
    at.activeAtMs = at.activeAtMs > state.activeAtMs ? at.activeAtMs : state.activeAtMs;
    this.sawSeq(state.lastSeq);
  }

  sawSeq(seq: bigint): void {
    if (seq > this.at.lastKnown) this.at.lastKnown = seq;
  }

  /** The device has these seqs, or they do not exist for it. */
  cover(first: bigint, last: bigint): void {
    this.at.covered = newest(addRange(this.at.covered, first, last));
  }

  addAhead(seq: bigint): void {
    this.at.ahead = addRange(this.at.ahead, seq, seq);
  }

  get isAheadFull(): boolean {
    return this.at.ahead.length >= MAX_RANGES;
  }

  raise(top: bigint): void {
    if (top <= this.at.top) return;
    this.at.top = top;
    this.at.ahead = above(this.at.ahead, top);
    this.sawSeq(top);
  }

  forget(messageIds: readonly bigint[]): void {
    this.at.deletedIds = [...new Set([...this.at.deletedIds, ...messageIds])].slice(-MAX_DELETED);
  }

  setStream(seq: bigint, isOpen: boolean): void {
    const others = this.at.openStreams.filter((other) => other !== seq);
    // The lowest ones stay: they limit what the device calls known.
    this.at.openStreams = isOpen ? [...others, seq].sort((a, b) => (a < b ? -1 : 1)).slice(0, MAX_OPEN_STREAMS) : others;
  }

  /** Up to here SYNC may leave messages out. */
  get knownSeq(): bigint {
    const { isRooted, openStreams, top } = this.at;
    if (!isRooted) return 0n;
    return openStreams.length > 0 && openStreams[0] <= top ? openStreams[0] - 1n : top;
  }

  /** The hole above `top`; undefined if there is none. */
  get hole(): SyncGap | undefined {
    const { ahead, top, lastKnown, isRooted } = this.at;
    if (!isRooted && this.at.covered.length === 0) return undefined;
    if (ahead.length > 0) return ahead[0][0] > top + 1n ? { firstSeq: top + 1n, lastSeq: ahead[0][0] - 1n } : undefined;
    return lastKnown > top ? { firstSeq: top + 1n, lastSeq: lastKnown } : undefined;
  }

  get gaps(): SyncGap[] {
    const first = this.at.deletedUpTo >= this.firstSeq ? this.at.deletedUpTo + 1n : this.firstSeq;
    return missing(this.at.covered, first, this.at.top).map(([firstSeq, lastSeq]) => ({ firstSeq, lastSeq }));
  }

  get #last(): bigint {
    return this.at.lastKnown > this.at.top ? this.at.lastKnown : this.at.top;
  }

  view(): SyncConversation {
    const { top, peerRead, unread, mentions, firstMention, isStale, activeAtMs, hiddenAt } = this.at;
    return {
      key: this.key,
      ref: this.ref,
      state: this.state,
      lastSeq: top,
      readSeq: this.state.readSeq,
      peerReadSeq: peerRead,
      unreadCount: unread,
      unreadMentions: mentions,
      firstMentionSeq: firstMention,
      isCountExact: !isStale,
      activeAtMs,
      isHidden: this.state.hidden && this.#last <= hiddenAt,
      gaps: this.gaps,
    };
  }
}
