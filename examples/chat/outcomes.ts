import type { ReceiveInfo, SendCode, SendResultInit, Terminal } from '@im/protocol';

/** The receivers of a message, by what became of it. */
export class Outcomes {
  readonly #receivers = new Map<SendCode, Map<Terminal, bigint[]>>();

  add(code: SendCode, terminal: Terminal, userId: bigint): void {
    const terminals = this.#receivers.get(code) ?? new Map<Terminal, bigint[]>();
    const userIds = terminals.get(terminal) ?? [];
    userIds.push(userId);
    this.#receivers.set(code, terminals.set(terminal, userIds));
  }

  /** One SendResult an outcome: for "all that share this outcome". */
  results({ sender, cmd, traceId, data }: Pick<ReceiveInfo, 'sender' | 'cmd' | 'traceId' | 'data'>): SendResultInit[] {
    const messageId = data !== undefined && 'content' in data.value ? data.value.content?.messageId : undefined;
    return [...this.#receivers].map(([code, terminals]) => {
      const receivers = [...terminals].map(([terminal, userIds]) => ({ terminal, userIds }));
      return { sender, receivers, code, cmd, messageId, traceId };
    });
  }
}
