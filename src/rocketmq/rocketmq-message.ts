// Messages of RocketMQ, and their mapping to TopicMessages.

import type { TopicMessage } from '../../generated/im/protocol/v1/topic_message.js';
import { REGISTRY } from '../../generated/registry.js';
import { decodeFrame } from '../codec/decode-frame.js';
import { ProtocolError } from '../errors.js';
import { TOPIC_BODY_MAX_BYTES } from '../limits.js';
import { byteLength } from '../wire/rules.js';

/** A message for RocketMQ: the result of `toRocketMQ`, which any client can send. */
export interface RocketMQMessage {
  /** Name of the topic. */
  readonly topic: string;
  /** For filters; empty = none. */
  readonly tag: string;
  /** For lookups by operators. */
  readonly keys: readonly string[];
  /** On a FIFO topic, messages of a group are delivered in order; empty = none. */
  readonly messageGroup: string;
  /** Delivery time on a DELAY topic: Unix time in milliseconds; 0 = at once. */
  readonly deliverAtMs: bigint;
  /** For SQL92 filters and operators: those of the application, and those that begin with `im_`. */
  readonly properties: ReadonlyMap<string, string>;
  /** A complete frame of type 8, 9, 11 or 12, or raw bytes. */
  readonly body: Uint8Array;
}

/**
 * The properties of a received message that `fromRocketMQ` reads: a RocketMQMessage, or a MessageView of the official client for Node, where
 * unset properties are undefined.
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

/** The properties that this protocol sets. With underscores, because names in SQL92 filters cannot have hyphens. */
export const IM_PROPERTIES = {
  /** The type byte of the frame: `8`, `9`, `11` or `12`; absent for a raw body. */
  type: 'im_type',
  /** The version byte of the frame. */
  version: 'im_version',
  /** Name of the command; from 1000 on, its decimal number. In a SessionEvent, the name of its kind. */
  command: 'im_command',
  /** trace_id, if set. */
  trace: 'im_trace',
  /** service_name; in a result, that of the request, so that a service can filter its results. */
  service: 'im_service',
} as const;

/** Counted per message, so that a limit in bytes also bounds the number of empty messages. */
const OVERHEAD_BYTES = 512;

/** The size of a message for memory limits: its body, its texts in UTF-8, and 512 bytes. */
export function messageBytes({ topic, tag, keys, messageGroup, properties, body }: RocketMQMessage): number {
  const texts = [topic, tag, messageGroup, ...keys, ...[...properties].flat()];
  return texts.reduce((sum, text) => sum + byteLength(text), OVERHEAD_BYTES + body.length);
}

/** Properties that a TopicMessage does not have: those of this protocol, and those that RocketMQ adds (`__SHARDINGKEY`). */
const RESERVED_PROPERTY = /^(im_|__)/;

/** The messages whose frames may be bodies. */
const FRAMED = ['ReceiveInfo', 'SendResult', 'SessionEvent', 'UplinkInfo'] as const;

/**
 * Maps a message of RocketMQ back to its TopicMessage. `bytes` fields and a raw body are views of `view.body`.
 * @param view a RocketMQMessage, or the MessageView of the official client.
 * @throws ProtocolError UNSUPPORTED_TYPE if the property im_type is not the type of a ReceiveInfo, SendResult, SessionEvent or UplinkInfo, or not
 * that of the body; the errors of `decodeFrame` for the body.
 */
export function fromRocketMQ(view: RocketMQView): TopicMessage {
  const { topic, tag = '', keys = [], messageGroup = '', properties = new Map(), body } = view;
  const own = [...properties].filter(([key]) => !RESERVED_PROPERTY.test(key));
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
      `${IM_PROPERTIES.type}: expected the type of a ReceiveInfo, SendResult, SessionEvent or UplinkInfo, got ${shown(type)}`,
    );
  }
  // A body is one frame, not COMPRESSED: decodeFrame refuses compressed frames by default.
  const frame = decodeFrame(body, { limits: { maxFrameBytes: TOPIC_BODY_MAX_BYTES } });
  if (frame.type === expected) {
    switch (frame.type) {
      case 'ReceiveInfo':
        return { $case: 'receiveInfo', value: frame.message };
      case 'SendResult':
        return { $case: 'sendResult', value: frame.message };
      case 'SessionEvent':
        return { $case: 'sessionEvent', value: frame.message };
      case 'UplinkInfo':
        return { $case: 'uplinkInfo', value: frame.message };
    }
  }
  throw new ProtocolError('UNSUPPORTED_TYPE', `${IM_PROPERTIES.type}: the body is a ${frame.type}, expected a ${expected}`);
}

/** Only shows numbers: a property may hold anything. */
function shown(type: string): string {
  return /^\d{1,3}$/.test(type) ? type : 'something else';
}
