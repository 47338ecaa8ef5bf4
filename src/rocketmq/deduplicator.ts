import { ReceiveInfoTable } from '../../generated/im/protocol/v1/receive_info.codec.js';
import { SendResultTable } from '../../generated/im/protocol/v1/send_result.codec.js';
import { scanFields } from '../codec/peek-frame.js';
import { HEADER_BYTES } from '../limits.js';
import type { MessageTable } from '../wire/table.js';
import type { Delivery, Handler } from './broker.js';
import { messageIdOf } from './message-facts.js';

/** Options of a Deduplicator. */
export interface DeduplicatorOptions {
  /** How many deliveries are remembered, the newest: 1 or more. Default 65536. */
  readonly size?: number | undefined;
  /** What two deliveries have in common that are the same. Default: `deliveryKey`, and where that is undefined RocketMQ's own id. */
  readonly keyOf?: ((delivery: Delivery) => string | undefined) | undefined;
}

/**
 * "At-least-once: a consumer deduplicates by its own message id." At-least-once in, exactly once to the application, as long as the window
 * remembers: it is in memory, outlives its consumers, and is shared by all handlers that it wraps.
 *
 * A delivery is remembered once its handler has acknowledged it, not before: one that failed comes again. One that comes while the same is
 * being handled waits for the outcome.
 */
export class Deduplicator {
  readonly #size: number;
  readonly #keyOf: (delivery: Delivery) => string | undefined;
  /** A Set keeps the order of insertion: the first is the oldest. */
  readonly #handled = new Set<string>();
  readonly #running = new Map<string, Promise<unknown>>();
  #dropped = 0;

  constructor({ size = 65_536, keyOf = deliveryKey }: DeduplicatorOptions = {}) {
    if (!(size >= 1)) throw new RangeError(`the size of a window is 1 or more, got ${size}`);
    this.#size = size;
    this.#keyOf = keyOf;
  }

  /** How many deliveries were not handed over, because they had been before. */
  get dropped(): number {
    return this.#dropped;
  }

  /** A handler that calls `handler` once for deliveries that are the same, and acknowledges the others. */
  wrap(handler: Handler): Handler {
    return async (delivery) => {
      // Groups are consumers of their own: each gets everything.
      const key = `${delivery.group} ${this.#keyOf(delivery) ?? `#${delivery.messageId}`}`;
      // A third one may have begun when the second has failed.
      while (this.#running.has(key)) await this.#running.get(key);
      if (this.#handled.has(key)) {
        this.#dropped++;
        return;
      }
      const work = this.#handle(key, handler, delivery);
      // Who waits for it asks whether it went well; only the caller gets the error.
      this.#running.set(
        key,
        work.catch(() => {}),
      );
      await work.finally(() => this.#running.delete(key));
    };
  }

  async #handle(key: string, handler: Handler, delivery: Delivery): Promise<void> {
    let isAcked = true;
    await handler({
      ...delivery,
      ack: () => {
        isAcked = true;
        delivery.ack();
      },
      nack: (options) => {
        isAcked = false;
        delivery.nack(options);
      },
      deadLetter: () => {
        isAcked = false;
        delivery.deadLetter();
      },
    });
    if (isAcked) this.#remember(key);
  }

  #remember(key: string): void {
    if (this.#handled.size >= this.#size) this.#handled.delete(this.#handled.values().next().value as string);
    this.#handled.add(key);
  }
}

/**
 * What makes two deliveries the same to an application, whatever RocketMQ calls them: the topic (and so the server), the command, our
 * message_id, of a result its outcome, and the receivers. One message reaches a server in several ReceiveInfos, for its receivers and for
 * the sender's other terminals, and these are not the same.
 *
 * Undefined where the message has no id of ours: FORCE_LOGOUT, commands of applications, raw bytes.
 */
export function deliveryKey({ message: { topic, payload }, body }: Delivery): string | undefined {
  if (payload?.$case !== 'receiveInfo' && payload?.$case !== 'sendResult') return undefined;
  const messageId = messageIdOf(payload);
  if (messageId === 0n) return undefined;
  const code = payload.$case === 'sendResult' ? payload.value.code : 0;
  const table = payload.$case === 'sendResult' ? SendResultTable : ReceiveInfoTable;
  return [topic, payload.value.cmd, messageId, code, receiversDigest(table, body)].join('/');
}

/** 64 bits of the bytes of the field `receivers`: 10,000 of them are not decoded and joined for this. */
function receiversDigest(table: MessageTable, frame: Uint8Array): string {
  // Two of FNV-1a's, from different starts: for one message, a handful of lists are told apart.
  let [a, b] = [0x811c9dc5, 0x01000193];
  const fields = table.fields.filter(({ name }) => name === 'receivers');
  scanFields(fields, frame, HEADER_BYTES, frame.length, (_field, _at, value, end) => {
    for (let i = value; i < end; i++) {
      a = Math.imul(a ^ frame[i], 0x01000193);
      b = Math.imul(b ^ frame[i], 0x85ebca6b);
    }
  });
  return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}
