// What a step reports once it is stored: changes in order, and notices.
import { ProtocolError } from '../../errors.js';
import type { ConversationRecord } from '../conversation-record.js';
import type { MessageRecord } from '../message-record.js';
import type { SyncChange, SyncChangeCause, SyncMessage } from '../types.js';

export class StepReport {
  readonly notices: ProtocolError[] = [];
  readonly #userId: bigint;
  readonly #changes: SyncChange[] = [];
  /** Messages that were loaded below the newest ones, by conversation. */
  readonly #loaded = new Map<string, SyncMessage[]>();

  constructor(userId: bigint) {
    this.#userId = userId;
  }

  /** A push broke the protocol, or was skipped. */
  readonly notice = (text: string): void => {
    this.notices.push(new ProtocolError('INVALID_MESSAGE', text));
  };

  add(change: SyncChange): void {
    this.#changes.push(change);
  }

  /** A new message, in the order of its conversation; `undefined`: it has none. */
  message(key: string | undefined, record: MessageRecord, isLive: boolean): void {
    this.add({ type: 'message', message: record.view(key, this.#userId), isLive });
  }

  /** A message that is not stored anywhere. */
  transient(key: string, record: MessageRecord): void {
    this.add({ type: 'transient', message: record.view(key, this.#userId) });
  }

  changed(key: string, record: MessageRecord, by: SyncChangeCause): void {
    const message = record.view(key, this.#userId);
    const loaded = this.#loaded.get(key) ?? [];
    const i = loaded.findIndex(({ seq }) => seq === message.seq);
    // Reported by this step anyway.
    if (i >= 0) loaded[i] = message;
    else this.add({ type: 'changed', message, by });
  }

  /** A message that was missing. */
  loaded(key: string, record: MessageRecord): void {
    const messages = this.#loaded.get(key) ?? [];
    messages.push(record.view(key, this.#userId));
    this.#loaded.set(key, messages);
  }

  /** The user has deleted messages: those of them that this step has loaded are not reported. */
  deleted(conversation: ConversationRecord, messageIds: readonly bigint[], upToSeq: bigint): void {
    const { key } = conversation;
    const loaded = this.#loaded.get(key);
    if (loaded !== undefined) {
      const kept = loaded.filter(({ seq, messageId }) => !conversation.isDeleted(messageId, seq));
      this.#loaded.set(key, kept);
    }
    this.add({ type: 'deleted', key, messageIds, upToSeq });
  }

  /** All changes: those in order, then loaded messages, ascending. */
  changes(): SyncChange[] {
    const loaded: SyncChange[] = [...this.#loaded]
      .filter(([, messages]) => messages.length > 0)
      .map(([key, messages]) => ({ type: 'history', key, messages: messages.sort((a, b) => (a.seq < b.seq ? -1 : 1)) }));
    return [...this.#changes, ...loaded];
  }
}
