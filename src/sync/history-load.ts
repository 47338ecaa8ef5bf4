// `loadHistory`: the newest gap of a conversation that the device lacks.
import type { HistoryRequestInit } from '../../generated/models.js';
import { parseConversationKey } from '../conversation/ref.js';
import { ProtocolError } from '../errors.js';
import { lastOf } from '../wire/older-engines.js';
import type { Reading } from './draft.js';
import type { HistoryRequest } from './open-requests.js';
import type { Step } from './step/step.js';

/** A `loadHistory` that waits. */
export interface Load {
  readonly type: 'load';
  /** Its id. */
  readonly load: number;
  readonly key: string;
  readonly limit: number;
  /** Only gaps that begin before this seq; 0n = all. */
  readonly beforeSeq: bigint;
}

/** What to ask for, whether gaps are left where nothing is to be asked for, or why the load fails. */
export type LoadStep = { readonly request: HistoryRequestInit } | { readonly more: boolean } | { readonly error: ProtocolError };

export function* nextOfLoad({ key, limit, beforeSeq }: Load, step: Step): Reading<LoadStep> {
  const conversation = parseConversationKey(key);
  if (conversation === undefined || conversation.kind === undefined)
    return { error: new ProtocolError('INVALID_MESSAGE', 'loadHistory: expected the key of a conversation') };
  const record = yield* step.conversations.get(key);
  if (record === undefined || (!record.at.isRooted && record.at.covered.length === 0))
    return { request: { conversation, limit } };
  const gap = lastOf(record.gaps.filter(({ firstSeq }) => beforeSeq === 0n || firstSeq < beforeSeq));
  if (gap === undefined) return { more: record.gaps.length > 0 };
  return { request: { conversation, afterSeq: gap.firstSeq - 1n, beforeSeq: gap.lastSeq + 1n, limit } };
}

/** The load of a request whose page is not used: it asks again. */
export function loadOf({ load, key, data }: HistoryRequest): Load[] {
  return load === undefined ? [] : [{ type: 'load', load, key, limit: data.limit ?? 0, beforeSeq: data.beforeSeq ?? 0n }];
}
