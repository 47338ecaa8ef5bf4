// TopicMessages for what the platform and the servers send each other.
import type { ReceiveInfoInit } from '../../generated/init/im/protocol/v1/receive_info.js';
import type { SendResultInit } from '../../generated/init/im/protocol/v1/send_result.js';
import type { TopicMessageInit } from '../../generated/init/im/protocol/v1/topic_message.js';
import { completeMessage } from './complete-message.js';
import { kindOf } from './message-facts.js';
import { topics } from './topics.js';

/** What an application may add: more keys, and properties of its own. */
export type TopicMessageExtras = Pick<TopicMessageInit, 'keys' | 'properties'>;

/**
 * The message that brings a ReceiveInfo to an IM server: on the topic of its kind, with the name of the command as tag, the ids of the
 * message as keys, and its conversation as message group.
 * @throws ProtocolError INVALID_MESSAGE for an id that no topic can have.
 */
export function receiveInfoMessage(
  serverId: string | number | bigint,
  receiveInfo: ReceiveInfoInit,
  extras: TopicMessageExtras = {},
): TopicMessageInit {
  const topic = topics.message(kindOf(receiveInfo.cmd ?? 0), serverId);
  return completeMessage({ ...extras, topic, payload: { $case: 'receiveInfo', value: receiveInfo } });
}

/** The message that brings a SendResult back: on the result topic of its kind. Publish it with the service_name of the request. */
export function sendResultMessage(sendResult: SendResultInit, extras: TopicMessageExtras = {}): TopicMessageInit {
  const topic = topics.result(kindOf(sendResult.cmd ?? 0));
  return completeMessage({ ...extras, topic, payload: { $case: 'sendResult', value: sendResult } });
}
