import { Command } from '../../generated/im/protocol/v1/command.js';
import type { Content } from '../../generated/im/protocol/v1/content.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { StreamContentInit } from '../../generated/im/protocol/v1/stream_content.js';
import { ProgressWindow } from '../codec/progress-window.js';
import { DELIVERED_IDS } from '../limits.js';

/**
 * The newest ids of the messages that were delivered to the application: "A push may arrive twice: the session drops a `message_id` that
 * it already delivered". A streamed message passes again with a higher state or index of its text. Pass the same window to the sessions of
 * all connections of a client.
 */
export class DeliveredWindow {
  readonly #ids: ProgressWindow<bigint>;

  /**
   * @param size number of ids that are remembered, 1 or more. Default 4096.
   * @throws RangeError for a smaller size.
   */
  constructor(size: number = DELIVERED_IDS) {
    if (!(size >= 1)) throw new RangeError(`DeliveredWindow size: expected 1 or more, got ${size}`);
    this.#ids = new ProgressWindow(size);
  }

  /**
   * Whether the window has the id. It does not have ids that were dropped because newer ones took their place.
   * @param stream for a streamed message, its body: true only if neither its state nor its index is higher than before.
   */
  has(messageId: bigint, stream?: StreamContentInit): boolean {
    return this.#ids.has(messageId, stream);
  }

  /**
   * Adds an id, and drops the oldest one if the window is full.
   * @param stream for a streamed message, its body.
   * @returns false if the window already has the id, as `has` says. 0 means no id: it is never added, and the result is true.
   */
  add(messageId: bigint, stream?: StreamContentInit): boolean {
    if (messageId === 0n) return true;
    if (this.#ids.has(messageId, stream)) return false;
    this.#ids.add(messageId, stream);
    return true;
  }
}

/** The content of a push that is a message. */
export function contentOf({ data }: SendInfo): Content | undefined {
  return data !== undefined && 'content' in data.value ? data.value.content : undefined;
}

/** The message_id of the content of a push; 0 if it has none. */
export function messageIdOf(push: SendInfo): bigint {
  return contentOf(push)?.messageId ?? 0n;
}

/** The reply of a client to a push that expects one: "SEND_RESULT SUCCESS, once the application has the message". */
export function receiptOf(push: SendInfo): SendInfoInit {
  const value = { code: SendCode.SUCCESS, cmd: push.cmd, messageId: messageIdOf(push) };
  return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } };
}
