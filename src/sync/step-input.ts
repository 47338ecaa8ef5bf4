// What the steps of a ConversationSync are made of: inputs that wait, oldest first.
import type { HistoryPage, Push, SyncPage } from '../../generated/models.js';
import type { Reading } from './draft.js';
import type { Load } from './history-load.js';
import type { HeldPush } from './live-pushes.js';
import type { HistoryRequest } from './open-requests.js';
import type { Step } from './step/step.js';
import { drainMarked } from './sync-chain.js';

export type StepInput =
  | { readonly type: 'start' }
  | { readonly type: 'page'; readonly page: SyncPage; readonly cursor: Uint8Array }
  | { readonly type: 'close' }
  | { readonly type: 'live'; readonly items: readonly HeldPush[] }
  | { readonly type: 'history'; readonly page: HistoryPage; readonly request: HistoryRequest }
  | Load
  | { readonly type: 'refresh'; readonly key: string }
  | StoredInput;

/** Inputs that change only the storage: nothing is asked for afterwards. */
export type StoredInput =
  /** The reply to a CONVERSATION. */
  | { readonly type: 'state'; readonly push: Push }
  /** Messages beyond a hole that is no more, which one step could not report. */
  | { readonly type: 'drain'; readonly key: string }
  /** A hole that becomes a known gap. */
  | { readonly type: 'giveUp'; readonly key: string; readonly lastSeq: bigint }
  /** Conversations with holes that were too many to remember. */
  | { readonly type: 'scan' };

export function* applyStored(input: StoredInput, step: Step): Reading<void> {
  if (input.type === 'state') return yield* step.take(input.push, 'history');
  if (input.type === 'scan') return yield* drainMarked(step);
  const record = yield* step.conversations.get(input.key);
  if (record === undefined) return;
  if (input.type === 'drain') yield* step.order.drain(record);
  else yield* step.order.advance(record, input.lastSeq, true);
}

export class InputQueue {
  #inputs: StepInput[] = [];

  push(input: StepInput): void {
    this.#inputs.push(input);
  }

  /** Lets inputs come before all others. */
  unshift(...inputs: readonly StepInput[]): void {
    this.#inputs.unshift(...inputs);
  }

  shift(): StepInput | undefined {
    return this.#inputs.shift();
  }

  has(type: StepInput['type']): boolean {
    return this.#inputs.some((input) => input.type === type);
  }

  /** Drops what the next SYNC gives again: all but what the server sends only once. */
  disconnected(): void {
    this.#inputs = this.#inputs.filter(({ type }) => type === 'state' || type === 'drain');
  }

  /** Drops the pages of HISTORY. Returns their requests. */
  dropHistories(): HistoryRequest[] {
    const requests = this.#inputs.flatMap((input) => (input.type === 'history' ? input.request : []));
    this.#inputs = this.#inputs.filter(({ type }) => type !== 'history');
    return requests;
  }

  clear(): void {
    this.#inputs = [];
  }
}
