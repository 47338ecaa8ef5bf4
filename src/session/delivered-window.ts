import { Command } from '../../generated/im/protocol/v1/command.js';
import type { Content, ContentInit } from '../../generated/im/protocol/v1/content.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { StreamContentInit } from '../../generated/im/protocol/v1/stream_content.js';
import { ProgressWindow } from '../codec/progress-window.js';
import { DELIVERED_IDS } from '../limits.js';

/** A connection on which a duplicate waits for the confirmation of its message. */
export interface Confirming {
  readonly isOpen: boolean;
  confirmPush(sequence: number): void;
}

/** A message that the application has not confirmed yet. */
interface Unconfirmed {
  /** How often it was delivered: a stream may be delivered again. */
  deliveries: number;
  duplicates: { readonly connection: Confirming; readonly sequence: number }[];
}

/**
 * The newest ids of the messages that were delivered to the application: "A push may arrive twice: the session drops a `message_id` that
 * it already delivered". A streamed message passes again with a higher state or index of its text. Pass the same window to the sessions of
 * all connections of a client.
 */
export class DeliveredWindow {
  readonly #ids: ProgressWindow<bigint>;
  /** A Map iterates in insertion order: the first message is the oldest. */
  readonly #unconfirmed = new Map<bigint, Unconfirmed>();
  readonly #size: number;

  /**
   * @param size number of ids that are remembered, 1 or more. Default 4096.
   * @throws RangeError for a smaller size.
   */
  constructor(size: number = DELIVERED_IDS) {
    if (!(size >= 1)) throw new RangeError(`DeliveredWindow size: expected 1 or more, got ${size}`);
    this.#size = size;
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

  /** @internal The message was delivered, and the application will confirm it. */
  expectConfirmation(messageId: bigint): void {
    const unconfirmed = this.#unconfirmed.get(messageId);
    if (unconfirmed !== undefined) {
      unconfirmed.deliveries += 1;
      return;
    }
    if (this.#unconfirmed.size >= this.#size) this.#unconfirmed.delete(this.#unconfirmed.keys().next().value as bigint);
    this.#unconfirmed.set(messageId, { deliveries: 1, duplicates: [] });
  }

  /** @internal Calls `connection.confirmPush` once the application has confirmed the message: now, if it has already. */
  confirmWith(messageId: bigint, connection: Confirming, sequence: number): void {
    const unconfirmed = this.#unconfirmed.get(messageId);
    if (unconfirmed === undefined) {
      connection.confirmPush(sequence);
      return;
    }
    // Those of connections that have ended would pile up.
    unconfirmed.duplicates = unconfirmed.duplicates.filter((duplicate) => duplicate.connection.isOpen);
    unconfirmed.duplicates.push({ connection, sequence });
  }

  /** @internal The application has confirmed a delivery of the message. */
  confirmed(messageId: bigint): void {
    const unconfirmed = this.#unconfirmed.get(messageId);
    if (unconfirmed === undefined) return;
    unconfirmed.deliveries -= 1;
    if (unconfirmed.deliveries > 0) return;
    this.#unconfirmed.delete(messageId);
    for (const { connection, sequence } of unconfirmed.duplicates) connection.confirmPush(sequence);
  }
}

/** The content of a push that is a message. */
export function contentOf({ data }: SendInfo): Content | undefined;
export function contentOf({ data }: SendInfoInit): ContentInit | undefined;
export function contentOf({ data }: SendInfoInit): ContentInit | undefined {
  return data !== undefined && 'content' in data.value ? data.value.content : undefined;
}

/** The message_id of the content of a push; 0 if it has none. */
export function messageIdOf(push: SendInfoInit): bigint {
  return contentOf(push)?.messageId ?? 0n;
}

/** The reply of a client to a push that expects one: "SEND_RESULT SUCCESS, once the application has the message". */
export function receiptOf(push: SendInfo): SendInfoInit {
  const value = { code: SendCode.SUCCESS, cmd: push.cmd, messageId: messageIdOf(push) };
  return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } };
}
