// Pages of HISTORY: which one to ask for, which seqs a page is complete for, and whether it is what was asked for.
import type { HistoryPage, HistoryRequestInit } from '../../generated/models.js';
import { conversationOf } from '../conversation/conversation-of.js';
import { conversationKey, parseConversationKey } from '../conversation/ref.js';
import type { Reading } from './draft.js';
import { contentOf } from './message-record.js';
import type { HistoryRequest } from './open-requests.js';
import type { SeqRange } from './seq-ranges.js';
import type { Step } from './step/step.js';

const HIGHEST_SEQ = 2n ** 63n - 1n;

/** What came of a page: a rule that it breaks, or what it has filled. */
export type FilledPage =
  | { readonly fault: string }
  | {
      readonly fault: undefined;
      /** More messages are in order now. */
      readonly hasMoved: boolean;
      /** The conversation has gaps left. */
      readonly more: boolean;
    };

/** The request for the messages from `firstSeq` to `lastSeq`, oldest first; undefined for the key of no conversation. */
export function requestBetween(key: string, firstSeq: bigint, lastSeq: bigint): HistoryRequestInit | undefined {
  const conversation = parseConversationKey(key);
  const beforeSeq = lastSeq < HIGHEST_SEQ ? lastSeq + 1n : 0n;
  return conversation && { conversation, afterSeq: firstSeq - 1n, beforeSeq, oldest: true };
}

/** Takes what the device lacks. @returns undefined for the key of no conversation. */
export function* takeHistory(page: HistoryPage, request: HistoryRequest, step: Step): Reading<FilledPage | undefined> {
  const { key, data, stream } = request;
  const record = yield* step.conversations.get(key, parseConversationKey(key));
  if (record === undefined) return undefined;
  const { at } = record;
  const topBefore = at.top;
  const range = rangeOf(page, data, topBefore);
  const fault = faultOf(page, key, range);
  if (fault !== undefined) return { fault };
  if (stream !== undefined) at.unsure = at.unsure.filter((seq) => seq !== stream);
  if (range !== undefined) yield* step.fill(record, page, range[0], range[1]);
  return { fault: undefined, hasMoved: at.top > topBefore, more: record.gaps.length > 0 };
}

/** The seqs for which a page is complete, within what was asked; undefined: it is empty and says nothing. */
function rangeOf(
  page: HistoryPage,
  { afterSeq = 0n, beforeSeq = 0n, oldest }: HistoryRequestInit,
  top: bigint,
): SeqRange | undefined {
  const least = afterSeq + 1n;
  const most = beforeSeq > 0n ? beforeSeq - 1n : HIGHEST_SEQ;
  const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
  const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
  let [first, last] = [page.firstSeq, page.lastSeq];
  // Without `more` there is nothing else in the range.
  if (!page.more) {
    first = least;
    if (beforeSeq > 0n) last = most;
    else if (last === 0n) last = top;
  } else if (last === 0n) return undefined;
  if (oldest) first = least;
  else if (beforeSeq > 0n) last = most;
  const range = [max(first, least), min(last, most)] as const;
  return range[0] <= range[1] ? range : undefined;
}

function faultOf(page: HistoryPage, key: string, range: SeqRange | undefined): string | undefined {
  let least = range?.[0] ?? HIGHEST_SEQ;
  for (const push of page.pushes) {
    const content = contentOf(push);
    if (content === undefined) return 'a page of HISTORY with another push than a message';
    let other: string | undefined;
    try {
      const ref = conversationOf(push.data);
      other = ref && conversationKey(ref);
    } catch {
      // Not a conversation at all.
    }
    if (other !== key) return 'a page of HISTORY with a message of another conversation';
    if (range === undefined || content.seq < least || content.seq > range[1])
      return 'a page of HISTORY with a seq that is out of order or was not asked for';
    least = content.seq + 1n;
  }
  return undefined;
}
