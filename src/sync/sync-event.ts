// What a ConversationSync reports and asks for.
import type { ConversationStateInit, HistoryRequestInit, SyncRequestInit } from '../../generated/models.js';
import type { ProtocolError } from '../errors.js';
import type { SyncChange, SyncStatus } from './types.js';

/** What ConversationSync asks of its owner: send it, and call `reply` or `fail` with its id. */
export type SyncRequestEvent =
  | { readonly type: 'request'; readonly id: number; readonly kind: 'sync'; readonly data: SyncRequestInit }
  | { readonly type: 'request'; readonly id: number; readonly kind: 'history'; readonly data: HistoryRequestInit }
  | { readonly type: 'request'; readonly id: number; readonly kind: 'state'; readonly data: ConversationStateInit };

/** An event of a ConversationSync, in order. */
export type SyncEvent =
  | SyncRequestEvent
  /** Changes that are stored now: of one batch, in order. */
  | { readonly type: 'changes'; readonly changes: readonly SyncChange[] }
  /** The push with this ticket is stored, or was stored before; false: it was not kept, and comes again with SYNC or HISTORY. */
  | { readonly type: 'stored'; readonly ticket: number; readonly isStored: boolean }
  /** A `loadHistory` is done. */
  | { readonly type: 'loaded'; readonly load: number; readonly result: LoadResult }
  | { readonly type: 'loadFailed'; readonly load: number; readonly error: ProtocolError }
  /** The server broke a rule, or something was skipped. For a log. */
  | { readonly type: 'notice'; readonly error: ProtocolError }
  | { readonly type: 'status'; readonly status: SyncStatus };

/** What `loadHistory` has loaded. */
export interface LoadResult {
  /** The number of messages in the page. */
  readonly count: number;
  /** The conversation has older messages that the device lacks. */
  readonly more: boolean;
}
