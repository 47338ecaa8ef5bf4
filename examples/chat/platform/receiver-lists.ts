import type { ReceiversInit, Terminal } from '@im/protocol';

/** Receivers, one list for each kind of terminal, each user once. */
export class ReceiverLists {
  readonly #userIds = new Map<Terminal, Set<bigint>>();

  add(terminal: Terminal, userId: bigint): void {
    const userIds = this.#userIds.get(terminal) ?? new Set();
    this.#userIds.set(terminal, userIds.add(userId));
  }

  /** As ReceiveInfo and SendResult carry them. */
  get receivers(): ReceiversInit[] {
    return [...this.#userIds].map(([terminal, userIds]) => ({ terminal, userIds: [...userIds] }));
  }
}
