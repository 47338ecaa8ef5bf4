// Drops duplicate deliveries.
import { ReceiveInfoTable } from '../../generated/im/protocol/v1/receive_info.codec.js';
import { SendResultTable } from '../../generated/im/protocol/v1/send_result.codec.js';
import { scanFields } from '../codec/peek-frame.js';
import { ProgressWindow, progressOf, type StreamProgress } from '../codec/progress-window.js';
import { HEADER_BYTES } from '../limits.js';
import type { MessageTable } from '../wire/table.js';
import type { Delivery, Handler } from './broker.js';
import { contentOf, dataOf, type Framed, messageIdOf } from './message-facts.js';

/** Options of a Deduplicator. */
export interface DeduplicatorOptions {
  /** How many deliveries to remember, the newest ones: at least 1. Default 65536. */
  readonly size?: number | undefined;
  /** The key by which deliveries are equal. Default: `deliveryKey`, or RocketMQ's message id if that is undefined. */
  readonly keyOf?: ((delivery: Delivery) => string | undefined) | undefined;
}

/**
 * Turns at-least-once delivery into exactly-once handling, within its window of remembered deliveries. The window is in memory, outlives
 * consumers, and is shared by all handlers that it wraps.
 *
 * A delivery is remembered once its handler has acknowledged it: a failed one is redelivered. A duplicate that arrives while the first is being
 * handled waits for its outcome.
 */
export class Deduplicator {
  readonly #keyOf: (delivery: Delivery) => string | undefined;
  readonly #handled: ProgressWindow<string>;
  readonly #running = new Map<string, Promise<unknown>>();
  #dropped = 0;

  constructor({ size = 65_536, keyOf = deliveryKey }: DeduplicatorOptions = {}) {
    if (!(size >= 1)) throw new RangeError(`size: expected 1 or more, got ${size}`);
    this.#handled = new ProgressWindow(size);
    this.#keyOf = keyOf;
  }

  /** Number of dropped duplicates. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Returns a handler that calls `handler` once for equal deliveries and acknowledges the duplicates. */
  wrap(handler: Handler): Handler {
    return async (delivery) => {
      // Each group gets every message.
      const key = `${delivery.group} ${this.#keyOf(delivery) ?? `#${delivery.messageId}`}`;
      // Another duplicate may have started when one failed.
      while (this.#running.has(key)) await this.#running.get(key);
      const progress = progressOfDelivery(delivery);
      if (this.#handled.has(key, progress)) {
        this.#dropped++;
        return;
      }
      const work = this.#handle(key, progress, handler, delivery);
      // Waiting duplicates check the outcome; only this call throws.
      this.#running.set(
        key,
        work.catch(() => {}),
      );
      await work.finally(() => this.#running.delete(key));
    };
  }

  async #handle(key: string, progress: StreamProgress, handler: Handler, delivery: Delivery): Promise<void> {
    if (await isAcknowledged(handler, delivery)) this.#handled.add(key, progress);
  }
}

/** Calls a handler. Returns whether it has acknowledged the delivery: by `ack`, or by returning without `nack` and `deadLetter`. */
export async function isAcknowledged(handler: Handler, delivery: Delivery): Promise<boolean> {
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
  return isAcked;
}

/** A result of a streamed message has no step: each counts once. */
export function progressOfDelivery({ message: { payload } }: Delivery): StreamProgress {
  return progressOf(payload?.$case === 'receiveInfo' ? contentOf(payload.value.data) : undefined);
}

/**
 * The key by which deliveries are equal to an application: the topic (and so the server), the command, the message_id, the outcome of a result,
 * the receivers, and their connection, if it is named. A server gets a message in several ReceiveInfos, for its receivers and for the sender's
 * other terminals and tabs: these differ. Of a chunk also its index; of a step of a call, the call, the sender and the step; of an UplinkInfo, the connection and its number.
 *
 * Undefined for messages without such an id: FORCE_LOGOUT, READ, application commands, SessionEvents, raw bytes.
 */
export function deliveryKey({ message: { topic, payload }, body }: Delivery): string | undefined {
  if (payload?.$case === 'uplinkInfo') {
    const { serverId, connectionId, number } = payload.value;
    return [topic, serverId, connectionId, number].join('/');
  }
  if (payload?.$case !== 'receiveInfo' && payload?.$case !== 'sendResult') return undefined;
  const id = idOf(payload);
  if (id === undefined) return undefined;
  const code = payload.$case === 'sendResult' ? payload.value.code : 0;
  const table = payload.$case === 'sendResult' ? SendResultTable : ReceiveInfoTable;
  const key = [topic, payload.value.cmd, id, code, receiversDigest(table, body)].join('/');
  // Other tabs of the sender have the same receiver.
  const connectionId = payload.$case === 'receiveInfo' ? payload.value.connectionId : '';
  return connectionId === '' ? key : `${key}/${connectionId}`;
}

function idOf(payload: Framed): string | undefined {
  const data = dataOf(payload);
  if (data?.$case === 'call') {
    const { callId, sender, step } = data.value;
    return [callId, sender?.userId, sender?.terminal, step].join('.');
  }
  const messageId = messageIdOf(payload);
  if (messageId === 0n) return undefined;
  return data?.$case === 'chunk' ? `${messageId}.${data.value.index}` : String(messageId);
}

/** A 64-bit hash of the bytes of `receivers`, of which there may be 10,000. */
function receiversDigest(table: MessageTable, frame: Uint8Array): string {
  // Two FNV-1a hashes with different seeds: enough to distinguish the few lists of a message.
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
