import { Command } from '../../generated/im/protocol/v1/command.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { DELIVERED_IDS } from '../limits.js';

/**
 * The newest ids of the messages that were delivered to the application: "A push may arrive twice: the session drops a `message_id` that
 * it already delivered". Pass the same window to the sessions of all connections of a client.
 */
export class DeliveredWindow {
  readonly #ids = new Set<bigint>();
  readonly #size: number;

  /**
   * @param size number of ids that are remembered, 1 or more. Default 4096.
   * @throws RangeError for a smaller size.
   */
  constructor(size: number = DELIVERED_IDS) {
    if (!(size >= 1)) throw new RangeError(`DeliveredWindow size: expected 1 or more, got ${size}`);
    this.#size = size;
  }

  /** Whether the window has the id. It does not have ids that were dropped because newer ones took their place. */
  has(messageId: bigint): boolean {
    return this.#ids.has(messageId);
  }

  /**
   * Adds an id, and drops the oldest one if the window is full.
   * @returns false if the window already has the id. 0 means no id: it is never added, and the result is true.
   */
  add(messageId: bigint): boolean {
    if (messageId === 0n) return true;
    const ids = this.#ids;
    if (ids.has(messageId)) return false;
    // A Set iterates in insertion order: the first id is the oldest.
    if (ids.size >= this.#size) ids.delete(ids.values().next().value as bigint);
    ids.add(messageId);
    return true;
  }
}

/** The message_id of the content of a push; 0 if it has none. */
export function messageIdOf({ data }: SendInfo): bigint {
  return data !== undefined && 'content' in data.value ? (data.value.content?.messageId ?? 0n) : 0n;
}

/** The reply of a client to a push that expects one: "SEND_RESULT SUCCESS, once the application has the message". */
export function receiptOf(push: SendInfo): SendInfoInit {
  const value = { code: SendCode.SUCCESS, cmd: push.cmd, messageId: messageIdOf(push) };
  return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } };
}
