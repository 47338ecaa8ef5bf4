import type { SeqRange, StoredMessage } from './storage.js';

/** The messages of one conversation, in memory: the message with seq n is at n - 1. */
export class MemoryLog {
  readonly #messages: StoredMessage[] = [];

  get lastSeq(): bigint {
    return BigInt(this.#messages.length);
  }

  /** @param message with the next seq. */
  add(message: StoredMessage): void {
    this.#messages.push(message);
  }

  replace(message: StoredMessage): void {
    this.#messages[Number(message.seq) - 1] = message;
  }

  last(): StoredMessage | undefined {
    return this.#messages.at(-1);
  }

  lastUpTo(messageId: bigint): StoredMessage | undefined {
    return this.#messages.findLast((message) => message.messageId <= messageId);
  }

  range({ from, to, limit, oldest }: SeqRange): StoredMessage[] {
    const all = this.#messages.slice(Math.max(0, Number(from) - 1), Math.max(0, Number(to)));
    return oldest ? all.slice(0, limit) : all.slice(Math.max(0, all.length - limit));
  }
}
