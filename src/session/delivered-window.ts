import { Command } from '../../generated/im/protocol/v1/command.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { DELIVERED_IDS } from '../limits.js';

/**
 * The ids of messages that were handed to the application, as many as fit: "a push may come twice, the session drops a message_id that
 * it has handed over (bounded window)". It outlives a connection: hand the same one to the next session.
 */
export class DeliveredWindow {
  readonly #ids = new Set<bigint>();
  readonly #size: number;

  /** @param size how many ids are remembered, the newest: 1 or more. Default 4096. */
  constructor(size: number = DELIVERED_IDS) {
    if (!(size >= 1)) throw new RangeError(`DeliveredWindow size: expected 1 or more, got ${size}`);
    this.#size = size;
  }

  has(messageId: bigint): boolean {
    return this.#ids.has(messageId);
  }

  /** Remembers a message. Returns false if it was handed over before. 0 is no id: such a message is always new. */
  add(messageId: bigint): boolean {
    if (messageId === 0n) return true;
    const ids = this.#ids;
    if (ids.has(messageId)) return false;
    // A Set keeps the order of insertion: the first is the oldest.
    if (ids.size >= this.#size) ids.delete(ids.values().next().value as bigint);
    ids.add(messageId);
    return true;
  }
}

/** The message_id that the platform gave to what a push carries; 0 = none. */
export function messageIdOf({ data }: SendInfo): bigint {
  return data !== undefined && 'content' in data.value ? (data.value.content?.messageId ?? 0n) : 0n;
}

/** What a client answers to a push that wants a reply: "SEND_RESULT SUCCESS once the application has it". */
export function receiptOf(push: SendInfo): SendInfoInit {
  const value = { code: SendCode.SUCCESS, cmd: push.cmd, messageId: messageIdOf(push) };
  return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } };
}
