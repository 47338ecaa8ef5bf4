// One step: what pushes and pages change, from what is stored. Pure: storage is read by yielding tasks.
import {
  Command,
  type Content,
  type ConversationRef,
  type ConversationState,
  type DeleteForMe,
  Push,
  type PushInit,
  type ReadPosition,
  type Receipts,
} from '../../generated/models.js';
import { conversationOf } from '../conversation/conversation-of.js';
import { isRecalled } from '../conversation/recalled.js';
import { conversationKey, peerOf } from '../conversation/ref.js';
import { ProtocolError } from '../errors.js';
import { ConversationRecord } from './conversation-record.js';
import { Draft, type Reading } from './draft.js';
import {
  aheadAt,
  aheadBetween,
  changeAt,
  changesOf,
  conversationAt,
  idAt,
  looseAt,
  MAX_CONVERSATION_KEY,
  type Mark,
  markAt,
  messageAt,
  messagesBetween,
  quoteAt,
  seqOfKey,
  startingWith,
} from './keys.js';
import { contentOf, isLaterStream, MessageRecord, senderIdOf } from './message-record.js';
import { joinParts, jsonBytes, jsonOf, splitParts } from './record-parts.js';
import { hasSeq } from './seq-ranges.js';
import type { SyncChange, SyncChangeCause, SyncMessage } from './types.js';

/** Where a push comes from. */
export type Source = 'live' | 'sync' | 'history';

/** Entries that a step reads at once. */
const PAGE = 500;
/** Messages beyond a hole that a step reports once the hole is filled; the next step reports more. */
const MAX_DRAINED = 1000;
/** Changes of a message that are kept until it comes: a recall, an edit, and two for each key of a reaction. */
const MAX_KEPT = 2002;
const RECALL_SLOT = 'r';
const NONE = new Uint8Array(0);

export class Step {
  readonly draft = new Draft();
  /** The conversations that the step has read, as they are after it; undefined: it does not exist. */
  readonly conversations = new Map<string, ConversationRecord | undefined>();
  readonly notices: ProtocolError[] = [];
  /** Conversations with reports that wait for the next step. */
  readonly unfinished = new Set<string>();
  /** The list of conversations was dropped. */
  isReset = false;
  /** Pushes beyond a hole that were not stored: HISTORY fetches them. */
  dropped = 0;
  readonly #userId: bigint;
  readonly #cache: { get(key: string): ConversationRecord | undefined };
  readonly #touched = new Set<string>();
  readonly #recounts = new Set<string>();
  readonly #changes: SyncChange[] = [];
  readonly #history = new Map<string, SyncMessage[]>();
  #drained = 0;

  constructor(userId: bigint, cache: { get(key: string): ConversationRecord | undefined }) {
    this.#userId = userId;
    this.#cache = cache;
  }

  /** The conversation to change; created if `ref` is given. */
  *conversation(key: string, ref?: ConversationRef): Reading<ConversationRecord | undefined> {
    if (this.conversations.get(key) === undefined) {
      let record = this.conversations.has(key) || this.isReset ? undefined : this.#cache.get(key)?.clone();
      if (record === undefined) {
        const bytes = yield* this.draft.get(conversationAt(key));
        if (bytes !== undefined) record = ConversationRecord.decode(key, bytes);
      }
      if (record === undefined && ref !== undefined) record = ConversationRecord.create(key, ref);
      this.conversations.set(key, record);
    }
    const record = this.conversations.get(key);
    if (record !== undefined) this.#touched.add(key);
    return record;
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
      const key = this.#keyOf(push);
      if (key === undefined) continue;
      if (content.seq > 0n) keys.push(messageAt(key, content.seq));
      if (this.#cache.get(key) === undefined) keys.push(conversationAt(key));
    }
    yield* this.draft.readAhead(keys);
  }

  /** Takes a push. What breaks the protocol is skipped with a notice. */
  *take(push: Push, source: Source): Reading<void> {
    const { cmd, data } = push;
    switch (data?.$case) {
      case 'privateMessage':
      case 'groupMessage':
      case 'systemMessage':
        return yield* this.#takeMessage(push, source);
      case 'read':
        return yield* this.#takeRead(data.value);
      case 'conversation':
        return yield* this.takeState(data.value, source);
      case 'receipts':
        return yield* this.#takeReceipts(data.value);
      case 'deleteForMe':
        return yield* this.#takeDeletion(data.value);
      case 'custom':
        this.#changes.push({ type: 'custom', push });
        return;
      default:
        // "A reader skips a push whose command it does not know."
        this.notice(`skipped a push with command ${cmd}`);
    }
  }

  *#takeMessage(push: Push, source: Source): Reading<void> {
    const content = contentOf(push);
    const ref = conversationOf(push.data);
    if (content === undefined) return this.notice('a message without content');
    if (ref === undefined) return yield* this.#takeLoose(push, content);
    const key = this.#ownKey(ref as ConversationRef);
    if (key === undefined) return;
    if (content.seq < 1n) return yield* this.#takeTransient(key, push, content);
    const conversation = (yield* this.conversation(key, ref as ConversationRef))!;
    if (!conversation.isKnown) return this.notice('skipped a message of a conversation of an unknown kind');
    yield* this.place(conversation, push, source);
    if (source === 'live') this.draft.put(markAt('l', key), NONE);
    if (source === 'sync') this.#markSynced(conversation, content.seq, false);
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
      yield* this.#report(conversation, push, source === 'live');
      yield* this.drain(conversation);
    } else yield* this.#placeAhead(conversation, push);
  }

  *#placeAhead(conversation: ConversationRecord, push: Push): Reading<void> {
    const { seq } = contentOf(push)!;
    const key = aheadAt(conversation.key, seq);
    if (hasSeq(conversation.at.ahead, seq)) {
      const before = yield* this.draft.get(key);
      if (before === undefined || !isLaterStream(contentOf(Push.decode(before))!, contentOf(push)!)) return;
    } else if (
      conversation.isAheadFull &&
      !conversation.at.ahead.some(([first, last]) => seq === first - 1n || seq === last + 1n)
    ) {
      this.dropped += 1;
      return;
    }
    conversation.addAhead(seq);
    this.draft.put(key, Push.encode(push).slice());
  }

  /** A message up to `top`: again, or one that was missing. */
  *#placeBelow(conversation: ConversationRecord, push: Push, source: Source): Reading<void> {
    const content = contentOf(push)!;
    const { seq, messageId } = content;
    const isCovered = hasSeq(conversation.at.covered, seq);
    const before = isCovered ? yield* this.message(conversation.key, seq) : undefined;
    if (before !== undefined) {
      if (before.content.messageId !== messageId) return this.notice('two messages with the same conversation and seq');
      const wasCounted = before.isCounted;
      const by = before.replace(push, this.#userId);
      if (by === undefined) return;
      this.#store(conversation, before);
      this.changed(conversation.key, before, by);
      if (wasCounted !== before.isCounted) this.#countChanged(conversation, seq);
      if (by === 'recall') yield* this.#clearQuotes(messageId);
      return;
    }
    // A late push may be of a message that the user has deleted since. A page tells what a gap has.
    if (source === 'live' && (isCovered || conversation.at.isRooted)) return;
    conversation.cover(seq, seq);
    if (targetOf(content) !== undefined) yield* this.change(conversation, push);
    else if (!conversation.isDeleted(messageId, seq) && !(yield* this.#isElsewhere(conversation.key, seq, messageId))) {
      const record = yield* this.#create(conversation, push);
      this.#store(conversation, record);
      this.#loaded(conversation.key, record);
    }
    if (seq >= conversation.firstUnread) this.#countChanged(conversation, seq);
  }

  /** The next message in order. */
  *#report(conversation: ConversationRecord, push: Push, isLive: boolean): Reading<void> {
    const content = contentOf(push)!;
    const { seq, messageId, sentAtMs } = content;
    const { at } = conversation;
    conversation.cover(seq, seq);
    conversation.raise(seq);
    const isBeyondCount = seq > at.countedTo;
    if (isBeyondCount) at.countedTo = seq;
    if (targetOf(content) !== undefined) return yield* this.change(conversation, push, isBeyondCount);
    if (conversation.isDeleted(messageId, seq) || (yield* this.#isElsewhere(conversation.key, seq, messageId))) return;
    if (sentAtMs > at.activeAtMs) at.activeAtMs = sentAtMs;
    const record = yield* this.#create(conversation, push);
    this.#store(conversation, record);
    if (record.isCounted && isBeyondCount && seq >= conversation.firstUnread) {
      at.unread += 1;
      if (record.isMention) {
        at.mentions += 1;
        if (at.firstMention === 0n) at.firstMention = seq;
      }
    }
    this.#changes.push({ type: 'message', message: record.view(conversation.key, this.#userId), isLive });
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

  /** Reports messages beyond a hole, up to `lastSeq`: all of them that are not separated by another hole. */
  *#reportAhead(conversation: ConversationRecord, lastSeq: bigint): Reading<void> {
    const { at, key } = conversation;
    const entries = yield* this.draft.list({ ...aheadBetween(key, at.top + 1n, lastSeq), limit: PAGE });
    for (const [name, bytes] of entries) {
      this.draft.delete(name);
      this.#drained += 1;
      yield* this.#report(conversation, Push.decode(bytes), true);
    }
    // The marks and the entries are written together: this is a storage that lost entries.
    if (entries.length === 0) conversation.raise(at.ahead[0][1] < lastSeq ? at.ahead[0][1] : lastSeq);
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

  /** Applies an Edit, Reaction or Recall. @param isBeyondCount the counts do not include it yet. */
  *change(conversation: ConversationRecord, push: Push, isBeyondCount = false): Reading<void> {
    const { key } = conversation;
    const content = contentOf(push)!;
    const messageId = targetOf(content) as bigint;
    const kind = content.body!.$case as SyncChangeCause;
    const place = yield* this.#placeOf(messageId);
    const record = place?.key === key ? yield* this.message(key, place.seq) : undefined;
    if (kind === 'recall') yield* this.#clearQuotes(messageId);
    if (record === undefined || place === undefined) {
      // The recall of a deleted message, too: a page that was made before it may bring quotes.
      if (kind === 'recall' || !conversation.at.deletedIds.includes(messageId)) yield* this.#keep(conversation, messageId, push);
      if (kind === 'recall' && isBeyondCount && !conversation.countsAlone) conversation.at.isStale = true;
      return;
    }
    const wasCounted = record.isCounted && place.seq >= conversation.firstUnread;
    if (!record.apply(push, this.#userId)) {
      // The recalled form was here before its recall: whether the platform's count includes the message is unknown.
      if (kind === 'recall' && isBeyondCount && !conversation.countsAlone) conversation.at.isStale = true;
      return;
    }
    this.#store(conversation, record);
    if (conversation.isVisible(place.seq)) this.changed(key, record, kind);
    if (!wasCounted || record.isCounted) return;
    if (conversation.countsAlone) this.#recounts.add(key);
    else if (isBeyondCount) this.#uncount(conversation, record);
  }

  /** Keeps a change whose message is missing: the message may come later, from a page that was made before the change. */
  *#keep({ at }: ConversationRecord, messageId: bigint, push: Push): Reading<void> {
    const name = changeAt(messageId, slotOf(push, this.#userId));
    const before = yield* this.draft.get(name);
    if (before !== undefined && rankOf(Push.decode(before)) >= rankOf(push)) return;
    this.draft.put(name, Push.encode(push).slice());
    at.hasKept = true;
  }

  /** A new message, with the changes that came before it. */
  *#create(conversation: ConversationRecord, push: Push): Reading<MessageRecord> {
    const record = MessageRecord.create(push, this.#userId);
    const { messageId, quote } = record.content;
    if (quote !== undefined && !quote.recalled && (yield* this.#isRecalled(quote.messageId))) record.clearQuote();
    if (!conversation.at.hasKept) return record;
    const entries = yield* this.draft.list({ ...changesOf(messageId), limit: MAX_KEPT });
    for (const [name, bytes] of entries) {
      const change = Push.decode(bytes);
      if (this.#keyOf(change) !== conversation.key) continue;
      this.draft.delete(name);
      record.apply(change, this.#userId);
    }
    return record;
  }

  /** A page that was made before the recall of a quoted message may come after it. */
  *#isRecalled(messageId: bigint): Reading<boolean> {
    const place = yield* this.#placeOf(messageId);
    const record = place && (yield* this.message(place.key, place.seq));
    if (record !== undefined) return record.isRecalled;
    return (yield* this.draft.get(changeAt(messageId, RECALL_SLOT))) !== undefined;
  }

  #uncount({ at }: ConversationRecord, record: MessageRecord): void {
    at.unread = Math.max(0, at.unread - 1);
    if (!record.isMention) return;
    at.mentions = Math.max(0, at.mentions - 1);
    // Another mention may be the first one now, and it may be missing here.
    at.isStale = true;
  }

  /** "Clients clear their copies too." */
  *#clearQuotes(messageId: bigint): Reading<void> {
    const prefix = quoteAt(messageId, '', 0n).split('/', 2).join('/');
    for (;;) {
      const entries = yield* this.draft.list({ ...startingWith(`${prefix}/`), limit: PAGE });
      for (const [name] of entries) {
        this.draft.delete(name);
        const [, , key] = name.split('/');
        const record = yield* this.message(key, seqOfKey(name));
        if (record === undefined || !record.clearQuote()) continue;
        this.draft.put(messageAt(key, record.content.seq), record.encode());
        if ((yield* this.conversation(key))?.isVisible(record.content.seq)) this.changed(key, record, 'quote');
      }
      if (entries.length < PAGE) return;
    }
  }

  *#takeRead(read: ReadPosition): Reading<void> {
    const { conversation: ref, reader, upToSeq, upToMessageId, unreadCount } = read;
    const key = ref && this.#ownKey(ref);
    if (key === undefined || reader === undefined) return;
    const conversation = (yield* this.conversation(key, ref))!;
    const { at, state } = conversation;
    let seq = upToSeq;
    if (seq === 0n) {
      const place = yield* this.#placeOf(upToMessageId);
      seq = place?.key === key ? place.seq : 0n;
    }
    if (reader.userId !== this.#userId) {
      if (peerOf(conversation.ref, this.#userId) === reader.userId && seq > at.peerRead) at.peerRead = seq;
      return;
    }
    if (seq <= state.readSeq) return;
    conversation.state = { ...state, readSeq: seq };
    if (!conversation.countsAlone) at.unread = unreadCount;
    this.#positionsChanged(conversation);
  }

  /** The read position or the first seq has moved. */
  #positionsChanged(conversation: ConversationRecord): void {
    const { at } = conversation;
    if (conversation.countsAlone || conversation.firstUnread > at.lastKnown) this.#recounts.add(conversation.key);
    else at.isStale = true;
  }

  /** A message is counted, or no longer counted. */
  #countChanged(conversation: ConversationRecord, seq: bigint): void {
    if (seq < conversation.firstUnread) return;
    if (conversation.countsAlone) this.#recounts.add(conversation.key);
    else if (seq > conversation.at.countedTo) conversation.at.isStale = true;
  }

  /** @param source `truncated`: the state stands in a page of SYNC that leaves messages out. `history`: in a reply. */
  *takeState(state: ConversationState, source: Source | 'truncated'): Reading<void> {
    const ref = state.conversation;
    const key = ref && this.#ownKey(ref);
    if (key === undefined) return;
    const conversation = (yield* this.conversation(key, ref))!;
    const { at } = conversation;
    const before = conversation.state;
    conversation.merge(state);
    const { readSeq, firstSeq } = conversation.state;
    if (source === 'truncated') this.#markSynced(conversation, 0n, true);
    // A push may have counts from before a DELETE_FOR_ME, which does not raise the revision.
    const isPush = source === 'live' || source === 'sync';
    const isPresent = state.readSeq === readSeq && state.firstSeq === firstSeq && !(isPush && conversation.hasDeleted);
    // Of two counts up to the same seq, that of a push may be the older one: the platform decides.
    const isLater =
      state.lastSeq > at.countedTo || (state.lastSeq === at.countedTo && (!isPush || state.unreadCount === at.unread));
    const isAhead = state.lastSeq > at.top;
    if (isAhead || !conversation.countsAlone) {
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
    if (before.readSeq !== readSeq || before.firstSeq !== firstSeq) this.#positionsChanged(conversation);
  }

  *#takeReceipts({ conversation: ref, items }: Receipts): Reading<void> {
    const key = ref && this.#ownKey(ref);
    if (key === undefined) return;
    for (const item of items) {
      const place = yield* this.#placeOf(item.messageId);
      const record = place?.key === key ? yield* this.message(key, place.seq) : undefined;
      if (record === undefined || place === undefined) continue;
      if (!record.receive({ cmd: Command.RECEIPTS, data: { $case: 'receipts', value: { conversation: ref, items: [item] } } }))
        continue;
      this.draft.put(messageAt(key, place.seq), record.encode());
      if ((yield* this.conversation(key))?.isVisible(place.seq)) this.changed(key, record, 'receipt');
    }
  }

  *#takeDeletion({ conversation: ref, messageIds, upToSeq }: DeleteForMe): Reading<void> {
    const key = ref && this.#ownKey(ref);
    if (key === undefined) return;
    const conversation = (yield* this.conversation(key, ref))!;
    const { at } = conversation;
    const ids: bigint[] = [];
    const news = messageIds.filter((id) => !at.deletedIds.includes(id));
    for (const messageId of new Set(messageIds)) {
      const place = yield* this.#placeOf(messageId);
      if (place?.key !== key || (yield* this.message(key, place.seq)) === undefined) continue;
      this.draft.delete(messageAt(key, place.seq));
      this.draft.delete(idAt(messageId));
      conversation.setStream(place.seq, false);
      ids.push(messageId);
    }
    conversation.forget(messageIds);
    const isHigher = upToSeq > at.deletedUpTo;
    if (isHigher) {
      at.deletedUpTo = upToSeq;
      this.draft.deleteRange(messagesBetween(key, 0n, upToSeq));
    }
    if (ids.length === 0 && news.length === 0 && !isHigher) return;
    this.#positionsChanged(conversation);
    const loaded = this.#history.get(key);
    if (loaded !== undefined)
      this.#history.set(
        key,
        loaded.filter(({ seq, messageId }) => !conversation.isDeleted(messageId, seq)),
      );
    this.#changes.push({ type: 'deleted', key, messageIds: ids, upToSeq: isHigher ? upToSeq : 0n });
  }

  /** "A SystemMessage without conversation has no seq, even if stored, and is told apart by its message_id." */
  *#takeLoose(push: Push, { messageId }: Content): Reading<void> {
    const record = MessageRecord.create(push, this.#userId);
    if (messageId !== 0n) {
      const name = looseAt(messageId);
      if ((yield* this.draft.get(name)) !== undefined) return;
      this.draft.put(name, record.encode());
    }
    this.#changes.push({ type: 'message', message: record.view(undefined, this.#userId), isLive: true });
  }

  /** A message that is not stored anywhere. */
  *#takeTransient(key: string, push: Push, { messageId }: Content): Reading<void> {
    // Its stored copy may be here already.
    if (messageId !== 0n && (yield* this.#placeOf(messageId)) !== undefined) return;
    this.#changes.push({ type: 'transient', message: MessageRecord.create(push, this.#userId).view(key, this.#userId) });
  }

  /** Drops the list of conversations and what belongs to it, but for messages below first_seq, which nobody can load again. */
  *reset(): Reading<void> {
    let isKept = false;
    for (let from = ''; ; ) {
      const entries = yield* this.draft.list({ ...startingWith('c/', from), limit: PAGE });
      for (const [name, bytes] of entries) {
        const record = ConversationRecord.decode(name.slice(2), bytes);
        const { firstSeq } = record;
        if (firstSeq > 1n) isKept = true;
        this.draft.deleteRange({ from: messageAt(record.key, firstSeq), to: `m/${record.key}/~` });
      }
      if (entries.length < PAGE) break;
      from = `${entries[entries.length - 1][0].slice(2)}\0`;
    }
    for (const prefix of ['c/', 'a/', 's/', 'l/', 'h/', 'u/', 'x/', ...(isKept ? [] : ['i/', 'q/'])]) {
      this.draft.deleteRange(startingWith(prefix));
    }
    this.conversations.clear();
    this.#touched.clear();
    this.isReset = true;
    this.#changes.push({ type: 'reset' });
  }

  /** Ends a chain of pages for a conversation. */
  *close(conversation: ConversationRecord): Reading<void> {
    const { at, state } = conversation;
    const { isTruncated } = at;
    const last = isTruncated && state.lastSeq > at.syncSeq ? state.lastSeq : at.syncSeq;
    const wasRooted = at.isRooted;
    at.isRooted = true;
    if (isTruncated) yield* this.advance(conversation, last, true);
    else if (wasRooted || at.covered.length > 0) yield* this.advance(conversation, last, false);
    if (isTruncated) at.unsure = at.openStreams.filter((seq) => seq <= at.top);
    at.syncSeq = 0n;
    at.isTruncated = false;
    this.draft.delete(markAt('s', conversation.key));
    if (conversation.countsAlone) this.#recounts.add(conversation.key);
  }

  /** The part of a page of HISTORY that the device lacks. */
  *fill(
    conversation: ConversationRecord,
    pushes: readonly Push[],
    changes: readonly Push[],
    first: bigint,
    last: bigint,
  ): Reading<void> {
    const { at, key } = conversation;
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
      if (!isApart && seq > at.top && (at.isRooted || at.covered.length > 0)) yield* this.advance(conversation, seq - 1n, false);
      yield* this.place(conversation, push, 'history');
    }
    if (!isApart) {
      if (last > at.top) yield* this.advance(conversation, last, false);
      conversation.cover(first, last < at.top ? last : at.top);
    }
    for (const change of changes) {
      const content = contentOf(change);
      if (content !== undefined && targetOf(content) !== undefined && this.#keyOf(change) === key)
        yield* this.change(conversation, change);
    }
    if (conversation.countsAlone) this.#recounts.add(key);
  }

  /** Finishes the step: counts, and writes the conversations that it has changed. */
  *finish(): Reading<readonly SyncChange[]> {
    for (const key of this.#recounts) yield* this.#recount(this.conversations.get(key) as ConversationRecord);
    const views: SyncChange[] = [];
    for (const key of this.#touched) {
      const record = this.conversations.get(key) as ConversationRecord;
      if (record.isUncounted) record.at.isStale = true;
      const bytes = record.encode();
      const before = yield* this.draft.get(conversationAt(key));
      if (before !== undefined && isEqual(before, bytes)) continue;
      this.draft.put(conversationAt(key), bytes);
      this.#setMark('h', key, record.hole !== undefined || record.at.ahead.length + record.at.unsure.length > 0);
      this.#setMark('u', key, record.at.isStale);
      if (record.isKnown) views.push({ type: 'conversation', conversation: record.view() });
    }
    const loaded: SyncChange[] = [...this.#history]
      .filter(([, messages]) => messages.length > 0)
      .map(([key, messages]) => ({
        type: 'history',
        key,
        messages: messages.sort((a, b) => (a.seq < b.seq ? -1 : 1)),
      }));
    return [...this.#changes, ...loaded, ...views];
  }

  #setMark(mark: Mark, key: string, isSet: boolean): void {
    if (isSet) this.draft.put(markAt(mark, key), NONE);
    else this.draft.delete(markAt(mark, key));
  }

  *#recount(conversation: ConversationRecord): Reading<void> {
    const { at, key } = conversation;
    let [unread, mentions, first] = [0, 0, 0n];
    for (let from = conversation.firstUnread; from <= at.top; ) {
      const entries = yield* this.draft.list({ ...messagesBetween(key, from, at.top), limit: PAGE });
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

  *message(key: string, seq: bigint): Reading<MessageRecord | undefined> {
    const bytes = yield* this.draft.get(messageAt(key, seq));
    return bytes && MessageRecord.decode(bytes);
  }

  *#placeOf(messageId: bigint): Reading<{ key: string; seq: bigint } | undefined> {
    if (messageId === 0n) return undefined;
    const bytes = yield* this.draft.get(idAt(messageId));
    return bytes && (jsonOf(splitParts(bytes)[0]) as { key: string; seq: bigint });
  }

  /** The message is known at another place: a message_id is one message. */
  *#isElsewhere(key: string, seq: bigint, messageId: bigint): Reading<boolean> {
    const place = yield* this.#placeOf(messageId);
    if (place === undefined || (place.key === key && place.seq === seq)) return false;
    if ((yield* this.message(place.key, place.seq)) === undefined) return false;
    this.notice('two places of the same message_id');
    return true;
  }

  #store(conversation: ConversationRecord, record: MessageRecord): void {
    const { key } = conversation;
    const { seq, messageId, quote, body } = record.content;
    this.draft.put(messageAt(key, seq), record.encode());
    if (messageId !== 0n) this.draft.put(idAt(messageId), joinParts([jsonBytes({ key, seq })]));
    if (quote !== undefined && !quote.recalled) this.draft.put(quoteAt(quote.messageId, key, seq), NONE);
    if (body?.$case === 'stream' || conversation.at.openStreams.includes(seq)) {
      conversation.setStream(seq, body?.$case === 'stream' && body.value.state === 1);
    }
  }

  #markSynced(conversation: ConversationRecord, seq: bigint, isTruncated: boolean): void {
    const { at } = conversation;
    if (seq > at.syncSeq) at.syncSeq = seq;
    if (isTruncated) at.isTruncated = true;
    this.draft.put(markAt('s', conversation.key), NONE);
  }

  changed(key: string, record: MessageRecord, by: SyncChangeCause): void {
    const message = record.view(key, this.#userId);
    const loaded = this.#history.get(key) ?? [];
    const i = loaded.findIndex(({ seq }) => seq === message.seq);
    // Reported by this step anyway.
    if (i >= 0) loaded[i] = message;
    else this.#changes.push({ type: 'changed', message, by });
  }

  #loaded(key: string, record: MessageRecord): void {
    const messages = this.#history.get(key) ?? [];
    messages.push(record.view(key, this.#userId));
    this.#history.set(key, messages);
  }

  /** The key of a conversation that can be this user's; undefined, with a notice, for any other. */
  #ownKey(ref: ConversationRef): string | undefined {
    if (ref.kind?.$case === 'private' && peerOf(ref, this.#userId) === undefined) {
      this.notice('skipped a push of a conversation of other users');
      return undefined;
    }
    if (ref.kind?.$case === 'roomId') {
      this.notice('skipped a push of a room, which stores nothing');
      return undefined;
    }
    const key = keyOfRef(ref);
    if (key === undefined || key.length > MAX_CONVERSATION_KEY) {
      this.notice('skipped a push without a valid conversation');
      return undefined;
    }
    return key;
  }

  #keyOf(push: PushInit): string | undefined {
    try {
      const ref = conversationOf(push.data);
      return ref && keyOfRef(ref as ConversationRef);
    } catch {
      return undefined;
    }
  }

  notice(text: string): void {
    this.notices.push(new ProtocolError('INVALID_MESSAGE', text));
  }
}

function keyOfRef(ref: ConversationRef): string | undefined {
  try {
    return conversationKey(ref);
  } catch {
    return undefined;
  }
}

/** The message that an Edit, Reaction or Recall changes; undefined for what is a message itself. */
export function targetOf(content: Content): bigint | undefined {
  const { body } = content;
  switch (body?.$case) {
    case 'edit':
    case 'reaction':
      return body.value.messageId;
    case 'recall':
      return isRecalled(content) ? undefined : body.value.messageId;
    default:
      return undefined;
  }
}

/** Of the changes with one slot, that with the highest rank counts. */
function slotOf(push: Push, userId: bigint): string {
  const body = contentOf(push)?.body;
  if (body?.$case !== 'reaction') return body?.$case === 'edit' ? 'e' : RECALL_SLOT;
  // Of each key the last one has the count, and the user's own one says whether it is theirs.
  const hex = Array.from(body.value.key, (char) => (char.codePointAt(0) as number).toString(16)).join('.');
  return `${senderIdOf(push) === userId ? 'o' : 'k'}${hex}`;
}

function rankOf(push: Push): bigint {
  const content = contentOf(push);
  return content?.body?.$case === 'edit' ? BigInt(content.body.value.revision) : (content?.seq ?? 0n);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
