import { CONSUMER_GROUP_MAX_BYTES, TOPIC_MAX_BYTES } from '../limits.js';
import { requireConsumerGroup, requireId } from './name-rules.js';

/** Who consumes: an IM server its own topics, or a service (the platform, an archive, an audit) any. */
export type ConsumerRole = 'server' | 'service';

/**
 * The name of a consumer group: `im_server_7`, `im_service_chat`. "Consumers of one group must have the same subscriptions: a group per
 * IM server."
 *
 * The broker keeps the order of a FIFO topic only for a group that is orderly: groups of servers are made so, and groups of services that
 * read FIFO topics too.
 * @param name the id of the server (as in its topics) or the name of the service: letters, digits, `_` and `-`.
 * @throws ProtocolError INVALID_MESSAGE
 */
export function consumerGroup(role: ConsumerRole, name: string | number | bigint): string {
  const prefix = `im_${role}_`;
  const id = String(name);
  requireId(role === 'server' ? 'serverId' : 'service', id, CONSUMER_GROUP_MAX_BYTES - prefix.length);
  return prefix + id;
}

/** RocketMQ makes this topic with the first message that a group gives up. */
const DEAD_LETTERS = '%DLQ%';

/**
 * The topic of the messages that a consumer group gave up: `%DLQ%im_server_7`.
 * @throws ProtocolError INVALID_MESSAGE for what is no name of a group.
 */
export function deadLetterTopic(group: string): string {
  requireConsumerGroup(group);
  return DEAD_LETTERS + group;
}

/** The group whose dead letters a topic has; undefined for the name of any other. */
export function deadLetterGroup(topic: string): string | undefined {
  return topic.startsWith(DEAD_LETTERS) && topic.length <= TOPIC_MAX_BYTES ? topic.slice(DEAD_LETTERS.length) : undefined;
}
