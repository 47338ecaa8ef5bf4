// HISTORY: as much as fits into a page.
import { type HistoryPageInit, type HistoryRequestInit, Push, type PushInit } from '../../generated/models.js';
import { ProtocolError } from '../errors.js';
import { isMessageData } from './conversation-of.js';
import { fieldBytes, maxPageBytes, numberBytes, type PageFrame } from './page-frame.js';

/** `max_items` of HistoryPage.pushes and HistoryPage.changes in the schema. */
const PAGE_MAX_PUSHES = 1000;
const PAGE_MAX_CHANGES = 10_000;
const BOOL_BYTES = 2;

/** A message of a conversation, as it is now. */
export interface HistoryItem {
  /** PRIVATE_MESSAGE, GROUP_MESSAGE or SYSTEM_MESSAGE with a seq: `recalledForm` for a recalled message. */
  readonly push: PushInit;
  /**
   * The pushes that changed the message, most important first: the last Edit, the Recall, one Reaction for each key, whatever
   * their seq (`latestChanges`). Default: none.
   */
  readonly changes?: readonly PushInit[] | undefined;
}

/** What a page of HISTORY is made from. */
export interface HistoryPageSource {
  /** The request. Where the page cannot have all, it has the oldest with `oldest`, and with after_seq alone; else the newest. */
  readonly request: HistoryRequestInit;
  /** All messages from `firstSeq` to `lastSeq` that the user may see, by ascending seq. */
  readonly items: readonly HistoryItem[];
  /** The items are complete from this seq on. Not below first_seq of the user's state. */
  readonly firstSeq: bigint;
  /** The items are complete up to this seq. Below `firstSeq`: the range is empty. */
  readonly lastSeq: bigint;
  /** There are more messages beyond the items, in the direction that was asked for. Default false. */
  readonly more?: boolean | undefined;
  /** The frames in which the page travels. */
  readonly frame: PageFrame;
}

/** A page of HISTORY that fits. */
export interface CutHistoryPage {
  readonly page: HistoryPageInit;
  /** How many of the items the page has or leaves out: the first ones, or the last ones where it has the newest. */
  readonly taken: number;
  /**
   * Messages and changes that the page leaves out because they do not fit even alone. To the client such a message looks deleted.
   */
  readonly leftOut: readonly PushInit[];
}

/**
 * Makes the page of HISTORY that has as many messages, each with its changes, as fit into each frame. The page is complete from
 * first_seq to last_seq, up to the message next to it: what was deleted in between is asked for no more. Of a message that does
 * not fit alone with all changes, the page has as many changes as fit; one that does not fit alone is left out. A chain of pages
 * loses no message and repeats none.
 *
 * Encodes each push once to learn its size. The pushes are not checked against the rules: encoding the frame does that.
 * @throws RangeError for `frame.maxFrameBytes` out of range.
 * @throws ProtocolError INVALID_MESSAGE, with the path, for an item that is no message with a seq, for items that do not ascend
 * within the range, and for a push that cannot be encoded.
 */
export function cutHistoryPage(source: HistoryPageSource): CutHistoryPage {
  const { request } = source;
  const seqs = seqsOf(source);
  const room = maxPageBytes(source.frame);
  const limit = request.limit || PAGE_MAX_PUSHES;
  const isOldest = startsOldest(request);
  const n = seqs.length;
  const parts: Part[] = [];
  let bytes = 0;
  let changes = 0;
  let taken = 0;
  for (let count = 1; count <= Math.min(n, limit); count++) {
    const i = isOldest ? count - 1 : n - count;
    const part = partOf(source.items[i], room - rangeBytes(rangeAlone(source, seqs, i, isOldest)));
    parts.push(part);
    bytes += part.bytes;
    changes += part.changes.length;
    if (bytes > room || changes > PAGE_MAX_CHANGES) break;
    if (bytes + rangeBytes(rangeOf(source, seqs, count, isOldest)) <= room) taken = count;
  }
  const kept = isOldest ? parts.slice(0, taken) : parts.slice(0, taken).reverse();
  const { more, firstSeq, lastSeq } = rangeOf(source, seqs, taken, isOldest);
  const page = {
    pushes: kept.flatMap(({ push }) => push ?? []),
    more,
    firstSeq,
    lastSeq,
    changes: kept.flatMap((part) => part.changes),
  };
  return { page, taken, leftOut: kept.flatMap(({ leftOut }) => leftOut) };
}

/** True where a page that cannot have all has the oldest messages. */
function startsOldest({ oldest = false, afterSeq = 0n, beforeSeq = 0n }: HistoryRequestInit): boolean {
  return oldest || (afterSeq > 0n && beforeSeq === 0n);
}

/** What a page says of its range. */
interface Range {
  readonly firstSeq: bigint;
  readonly lastSeq: bigint;
  readonly more: boolean;
}

function rangeBytes({ firstSeq, lastSeq, more }: Range): number {
  return numberBytes(firstSeq) + numberBytes(lastSeq) + (more ? BOOL_BYTES : 0);
}

/** The range of a page that has `count` of the items: it ends right before the message that it does not have. */
function rangeOf(source: HistoryPageSource, seqs: readonly bigint[], count: number, isOldest: boolean): Range {
  const n = seqs.length;
  const isAll = count === n;
  let { firstSeq, lastSeq } = source;
  if (!isAll && isOldest) lastSeq = seqs[count] - 1n;
  if (!isAll && !isOldest) firstSeq = seqs[n - count - 1] + 1n;
  const more = source.more === true || !isAll;
  return lastSeq < firstSeq ? { firstSeq: 0n, lastSeq: 0n, more } : { firstSeq, lastSeq, more };
}

/** The smallest range of a page that has the item `i` alone. */
function rangeAlone(source: HistoryPageSource, seqs: readonly bigint[], i: number, isOldest: boolean): Range {
  const n = seqs.length;
  const isLast = i === (isOldest ? n - 1 : 0);
  const more = source.more === true || !isLast;
  if (isOldest) return { firstSeq: seqs[i], lastSeq: isLast ? source.lastSeq : seqs[i + 1] - 1n, more };
  return { firstSeq: isLast ? source.firstSeq : seqs[i - 1] + 1n, lastSeq: seqs[i], more };
}

/** The part of an item that a page has. */
interface Part {
  readonly push: PushInit | undefined;
  readonly changes: readonly PushInit[];
  readonly leftOut: readonly PushInit[];
  readonly bytes: number;
}

/** @param room bytes for the item in a page that has it alone. */
function partOf({ push, changes = [] }: HistoryItem, room: number): Part {
  let bytes = fieldBytes(Push.encode(push).length);
  if (bytes > room) return { push: undefined, changes: [], leftOut: [push, ...changes], bytes: 0 };
  const kept: PushInit[] = [];
  const leftOut: PushInit[] = [];
  for (const change of changes) {
    const more = fieldBytes(Push.encode(change).length);
    const fits = bytes + more <= room && kept.length < PAGE_MAX_CHANGES;
    (fits ? kept : leftOut).push(change);
    if (fits) bytes += more;
  }
  return { push, changes: kept, leftOut, bytes };
}

function seqsOf({ items, firstSeq, lastSeq }: HistoryPageSource): bigint[] {
  let least = firstSeq < 1n ? 1n : firstSeq;
  return items.map(({ push: { data } }, i) => {
    const path = `items[${i}].push`;
    if (!isMessageData(data)) throw invalid(path, `expected a private, group or system message, got ${data?.$case ?? 'no data'}`);
    const seq = data.value.content?.seq ?? 0n;
    if (seq < least || seq > lastSeq) throw invalid(path, `expected a seq from ${least} to ${lastSeq}, got ${seq}`);
    least = seq + 1n;
    return seq;
  });
}

function invalid(path: string, text: string): ProtocolError {
  return new ProtocolError('INVALID_MESSAGE', `${path}: ${text}`, { path });
}
