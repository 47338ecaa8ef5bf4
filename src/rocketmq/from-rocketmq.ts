import { REGISTRY } from '../../generated/registry.js';
import type { TopicMessage } from '../../generated/types/im/protocol/v1/topic_message.js';
import { decodeFrame } from '../codec/decode-frame.js';
import { ProtocolError } from '../errors.js';
import { TOPIC_BODY_MAX_BYTES } from '../limits.js';
import { IM_PROPERTIES, type RocketMQView } from './rocketmq-message.js';

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
