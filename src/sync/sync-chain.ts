// A chain of SYNC pages: where it begins, what a page changes, and what its end says about each conversation.
import { KnownConversation, type KnownConversationInit, type SyncPage } from '../../generated/models.js';
import { ProtocolError } from '../errors.js';
import { ConversationRecord } from './conversation-record.js';
import type { Draft, Reading } from './draft.js';
import { conversationAt, META, startingWith } from './keys.js';
import { joinParts, jsonBytes, jsonOf, splitParts } from './record-parts.js';
import type { Step } from './step/step.js';

/** Where SYNC goes on. */
export interface ChainStart {
  readonly cursor: Uint8Array;
  /** What the device has of conversations with live pushes since the last SYNC. */
  readonly known: readonly KnownConversationInit[];
}

/** What the storage has about SYNC, besides its cursor. */
interface Meta {
  readonly userId: bigint;
  /** More pages follow after the cursor. */
  readonly isInChain: boolean;
}

const NO_CURSOR = new Uint8Array(0);
/** Marks that are read at once. */
const MAX_MARKS = 1024;
const MAX_KNOWN = 1000;
const CLOSED_AT_ONCE = 100;

/**
 * Reads where SYNC goes on.
 * @param maxFrameBytes the largest frame that the request may have.
 * @returns undefined: a chain was complete, but a crash came before all of its conversations were closed. Close them first.
 * @throws ProtocolError PERMISSION_DENIED
 */
export function* startChain(userId: bigint, maxFrameBytes: number, step: Step): Reading<ChainStart | undefined> {
  const { draft } = step;
  const { cursor, meta } = yield* readMeta(draft);
  if (meta === undefined) putMeta(draft, cursor, { userId, isInChain: false });
  else if (meta.userId !== userId) throw new ProtocolError('PERMISSION_DENIED', 'the storage belongs to another user');
  yield* drainMarked(step);
  const open = meta?.isInChain === false ? yield* draft.list({ ...startingWith('s/'), limit: 1 }) : [];
  return open.length > 0 ? undefined : { cursor, known: yield* knownConversations(draft, maxFrameBytes) };
}

/** Takes a page. Returns whether it has changed anything. */
export function* takePage(page: SyncPage, userId: bigint, step: Step): Reading<boolean> {
  if (page.reset) yield* step.reset();
  yield* step.readAhead(page.pushes);
  for (const push of page.pushes) yield* step.take(push, 'sync');
  for (const state of page.truncated) yield* step.takeTruncated(state);
  const hasNews = !step.draft.isEmpty || page.reset;
  putMeta(step.draft, page.cursor, { userId, isInChain: page.more });
  return hasNews;
}

/** The chain is complete: what it did not give does not exist, or is a known gap. Returns false if conversations are left to close. */
export function* closeChain(step: Step): Reading<boolean> {
  const { draft } = step;
  const marks = yield* draft.list({ ...startingWith('s/'), limit: CLOSED_AT_ONCE });
  for (const [name] of marks) {
    const record = yield* step.conversations.get(name.slice(2));
    if (record === undefined) draft.delete(name);
    else yield* step.close(record);
  }
  if (marks.length === CLOSED_AT_ONCE) return false;
  if ((yield* draft.list({ ...startingWith('l/'), limit: 1 })).length > 0) draft.deleteRange(startingWith('l/'));
  return true;
}

/** Finds holes and counts that waited before a restart, or that were too many. */
export function* drainMarked(step: Step): Reading<void> {
  for (const mark of ['h', 'u'] as const) {
    // Apart from the loop: QuickJS does not compile `of yield*`.
    const marks = yield* step.draft.list({ ...startingWith(`${mark}/`), limit: MAX_MARKS });
    for (const [name] of marks) {
      const record = yield* step.conversations.get(name.slice(2));
      if (record !== undefined) yield* step.order.drain(record);
    }
  }
}

function* knownConversations(draft: Draft, maxFrameBytes: number): Reading<KnownConversationInit[]> {
  const known: KnownConversationInit[] = [];
  const maxBytes = Math.max(0, maxFrameBytes / 2 - 2048);
  let bytes = 0;
  const marks = yield* draft.list({ ...startingWith('l/'), limit: MAX_KNOWN });
  yield* draft.readAhead(marks.map(([name]) => conversationAt(name.slice(2))));
  for (const [name] of marks) {
    const value = yield* draft.get(conversationAt(name.slice(2)));
    if (value === undefined) continue;
    const record = ConversationRecord.decode(name.slice(2), value);
    if (record.knownSeq < 1n) continue;
    const one = { conversation: record.ref, seq: record.knownSeq };
    bytes += KnownConversation.encode(one).length + 4;
    if (bytes > maxBytes) break;
    known.push(one);
  }
  return known;
}

function* readMeta(draft: Draft): Reading<{ cursor: Uint8Array; meta: Meta | undefined }> {
  const bytes = yield* draft.get(META);
  if (bytes === undefined) return { cursor: NO_CURSOR, meta: undefined };
  const [json, cursor = NO_CURSOR] = splitParts(bytes);
  return { cursor, meta: jsonOf(json) as Meta };
}

function putMeta(draft: Draft, cursor: Uint8Array, meta: Meta): void {
  draft.put(META, joinParts([jsonBytes(meta), cursor]));
}
