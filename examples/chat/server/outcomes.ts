import type { ReceiveInfo, SendCode, SendResultInit, Terminal } from '@im/protocol';
import { ReceiverLists } from '../platform/receiver-lists.js';

/** The receivers of a message, by what became of it. */
export class Outcomes {
  readonly #lists = new Map<SendCode, ReceiverLists>();

  add(code: SendCode, terminal: Terminal, userId: bigint): void {
    const lists = this.#lists.get(code) ?? new ReceiverLists();
    lists.add(terminal, userId);
    this.#lists.set(code, lists);
  }

  /** One SendResult an outcome: it names "all that share this outcome". */
  results({ sender, cmd, traceId, data }: ReceiveInfo): SendResultInit[] {
    const messageId = data !== undefined && 'content' in data.value ? data.value.content?.messageId : undefined;
    return [...this.#lists].map(([code, { receivers }]) => ({ sender, receivers, code, cmd, messageId, traceId }));
  }
}
