import type { TopicMessage } from '../../generated/im/protocol/v1/topic_message.js';
import { REGISTRY } from '../../generated/registry.js';
import { decodeFrame } from '../codec/decode-frame.js';
import { ProtocolError } from '../errors.js';
import { TOPIC_BODY_MAX_BYTES } from '../limits.js';
import { byteLength } from '../wire/rules.js';

/** A message as RocketMQ takes it: what `toRocketMQ` makes, and any client sends. */
export interface RocketMQMessage {
  readonly topic: string;
  /** By which a broker filters; empty = none. */
  readonly tag: string;
  /** By which an operator finds it. */
  readonly keys: readonly string[];
  /** Within which it stays in order, on a FIFO topic; empty = none. */
  readonly messageGroup: string;
  /** When it is to be delivered, on a DELAY topic: Unix time in milliseconds; 0 = at once. */
  readonly deliverAtMs: bigint;
  /** What filters (SQL92) and operators read: the application's own, and those that begin with `im_`. */
  readonly properties: ReadonlyMap<string, string>;
  /** A whole frame of type 8 or 9, or raw bytes. */
  readonly body: Uint8Array;
}

/**
 * A message as RocketMQ gives it, as far as `fromRocketMQ` reads it: a RocketMQMessage, or the MessageView of the official client for
 * Node, which has undefined for what is not set.
 */
export interface RocketMQView {
  readonly topic: string;
  readonly body: Uint8Array;
  readonly tag?: string | undefined;
  readonly keys?: readonly string[] | undefined;
  readonly messageGroup?: string | undefined;
  readonly properties?: ReadonlyMap<string, string> | undefined;
  readonly deliverAtMs?: bigint | undefined;
  readonly deliveryTimestamp?: Date | undefined;
}

/**
 * The properties that this protocol sets, beside the application's own. Underscores, because SQL92 filters have no hyphen in a name.
 */
export const IM_PROPERTIES = {
  /** The type byte of the frame: `8` or `9`; absent where the body is raw. */
  type: 'im_type',
  /** The version byte of the frame. */
  version: 'im_version',
  /** Name of the command; of 1000 and up the decimal number. */
  command: 'im_command',
  /** trace_id, where there is one. */
  trace: 'im_trace',
  /** service_name; in a result that of the request, so that the service that asked finds its results. */
  service: 'im_service',
} as const;

/** What a message takes besides its body and its texts, so that a limit in bytes bounds the number of empty messages, too. */
const OVERHEAD_BYTES = 512;

/** What a message counts against a limit of memory: its body, its texts in UTF-8, and 512 bytes. */
export function messageBytes({ topic, tag, keys, messageGroup, properties, body }: RocketMQMessage): number {
  const texts = [topic, tag, messageGroup, ...keys, ...[...properties].flat()];
  return texts.reduce((sum, text) => sum + byteLength(text), OVERHEAD_BYTES + body.length);
}

/**
 * Not the application's: those of this protocol, and those that RocketMQ adds by itself (a message of a group gets a `__SHARDINGKEY`).
 * A TopicMessage has neither.
 */
const NOT_OWN = /^(im_|__)/;

/** The messages whose frames are bodies. */
const FRAMED = ['ReceiveInfo', 'SendResult'] as const;

/**
 * Maps a message of RocketMQ back to the TopicMessage that it was made from. `bytes` fields and a raw body are views of `view.body`.
 * @param view a RocketMQMessage, or the MessageView of the official client.
 * @throws ProtocolError UNSUPPORTED_TYPE where the property im_type names no message of these topics, or another one than the body has;
 * what `decodeFrame` throws for the body.
 */
export function fromRocketMQ(view: RocketMQView): TopicMessage {
  const { topic, tag = '', keys = [], messageGroup = '', properties = new Map(), body } = view;
  const own = [...properties].filter(([key]) => !NOT_OWN.test(key));
  const payload = payloadOf(properties.get(IM_PROPERTIES.type), body);
  return { topic, tag, keys: [...keys], messageGroup, deliverAtMs: deliverAtOf(view), properties: new Map(own), payload };
}

function deliverAtOf({ deliverAtMs, deliveryTimestamp }: RocketMQView): bigint {
  return deliverAtMs ?? (deliveryTimestamp === undefined ? 0n : BigInt(deliveryTimestamp.getTime()));
}

function payloadOf(type: string | undefined, body: Uint8Array): TopicMessage['payload'] {
  if (type === undefined) return { $case: 'raw', value: body };
  const expected = FRAMED.find((name) => type === String(REGISTRY.frames[name].type));
  if (expected === undefined) {
    throw new ProtocolError(
      'UNSUPPORTED_TYPE',
      `${IM_PROPERTIES.type} says ${shown(type)}, a body is a ReceiveInfo or a SendResult`,
    );
  }
  // "A body is a whole frame of type 8 or 9, never COMPRESSED": decodeFrame refuses one where nothing was agreed.
  const frame = decodeFrame(body, { limits: { maxFrameBytes: TOPIC_BODY_MAX_BYTES } });
  if (frame.type === 'ReceiveInfo' && frame.type === expected) return { $case: 'receiveInfo', value: frame.message };
  if (frame.type === 'SendResult' && frame.type === expected) return { $case: 'sendResult', value: frame.message };
  throw new ProtocolError('UNSUPPORTED_TYPE', `${IM_PROPERTIES.type} says ${expected}, but the body is a ${frame.type}`);
}

/** Numbers are told, anything else is not. */
function shown(type: string): string {
  return /^\d{1,3}$/.test(type) ? type : 'no number of a type';
}
