// Creates TopicMessages with the attributes that follow from their payload.
import type { ReceiveInfoInit } from '../../generated/im/protocol/v1/receive_info.js';
import type { SendResultInit } from '../../generated/im/protocol/v1/send_result.js';
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import { framedPayload, groupOf, keysOf, kindOf, tagOf } from './message-facts.js';
import { topics } from './topics.js';

/** What an application may add: keys and properties. */
export type TopicMessageExtras = Pick<TopicMessageInit, 'keys' | 'properties'>;

/**
 * The message with a ReceiveInfo for an IM server: on the topic of its kind, with the command name as tag, the message ids as keys, and the
 * conversation as message group.
 * @throws ProtocolError INVALID_MESSAGE for an invalid server id.
 */
export function receiveInfoMessage(
  serverId: string | number | bigint,
  receiveInfo: ReceiveInfoInit,
  extras: TopicMessageExtras = {},
): TopicMessageInit {
  const topic = topics.message(kindOf(receiveInfo.cmd ?? 0), serverId);
  return completeMessage({ ...extras, topic, payload: { $case: 'receiveInfo', value: receiveInfo } });
}

/** The message with a SendResult, on the result topic of its kind. Publish it with the service_name of the request. */
export function sendResultMessage(sendResult: SendResultInit, extras: TopicMessageExtras = {}): TopicMessageInit {
  const topic = topics.result(kindOf(sendResult.cmd ?? 0));
  return completeMessage({ ...extras, topic, payload: { $case: 'sendResult', value: sendResult } });
}

/**
 * Fills in what follows from the payload: tag, keys, message group. Existing values are kept; keys of the payload come before others.
 * @param message of the right types. Not changed.
 */
export function completeMessage(message: TopicMessageInit): TopicMessageInit {
  const payload = framedPayload(message);
  if (payload === undefined) return message;
  const { topic = '', tag = '', keys = [], messageGroup = '' } = message;
  const missing = keysOf(payload).filter((key) => !keys.includes(key));
  const isOrdered = topics.parse(topic)?.type === 'FIFO';
  return {
    ...message,
    tag: tag || tagOf(payload),
    keys: [...missing, ...keys],
    messageGroup: messageGroup || (isOrdered ? (groupOf(payload) ?? '') : ''),
  };
}
