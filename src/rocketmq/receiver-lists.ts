import type { ReceiversInit } from '../../generated/im/protocol/v1/receivers.js';
import { RECEIVERS_MAX_IDS, RECEIVERS_MAX_LISTS } from '../limits.js';

/** Receivers by terminal. */
export class ReceiverLists {
  readonly #userIds = new Map<number, bigint[]>();

  /** Do not add a user twice for a terminal. */
  add(terminal: number, userId: bigint): void {
    const userIds = this.#userIds.get(terminal);
    if (userIds === undefined) this.#userIds.set(terminal, [userId]);
    else userIds.push(userId);
  }

  /**
   * The lists for each ReceiveInfo or SendResult: at most 16 lists, each with at most 10,000 receivers.
   */
  *messages(): Generator<ReceiversInit[]> {
    for (let from = 0, isMore = true; isMore; from += RECEIVERS_MAX_IDS) {
      isMore = false;
      let lists: ReceiversInit[] = [];
      for (const [terminal, all] of this.#userIds) {
        if (from >= all.length) continue;
        const isWhole = from === 0 && all.length <= RECEIVERS_MAX_IDS;
        lists.push({ terminal, userIds: isWhole ? all : all.slice(from, from + RECEIVERS_MAX_IDS) });
        if (all.length > from + RECEIVERS_MAX_IDS) isMore = true;
        if (lists.length < RECEIVERS_MAX_LISTS) continue;
        yield lists;
        lists = [];
      }
      if (lists.length > 0) yield lists;
    }
  }
}
