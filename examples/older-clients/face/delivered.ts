// Which private messages have arrived at their receivers: `status` 1 of the older system. A database would have a column for it.
import type { SendResult } from '@im/protocol';
import { SendCode } from '@im/protocol';

export class Delivered {
  readonly #messageIds = new Set<bigint>();

  /** A terminal has taken a message. The option `onResult` of the platform. */
  result({ code, messageId }: SendResult): void {
    if (code === SendCode.SUCCESS && messageId !== 0n) this.#messageIds.add(messageId);
  }

  /** The receiver has pulled a message. */
  add(messageId: bigint): void {
    this.#messageIds.add(messageId);
  }

  has(messageId: bigint): boolean {
    return this.#messageIds.has(messageId);
  }
}
