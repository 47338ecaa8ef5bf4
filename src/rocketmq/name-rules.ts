// Names of consumer groups and dead-letter topics, and the characters that RocketMQ allows in names.
import type { ProtocolError } from '../errors.js';
import { CONSUMER_GROUP_MAX_BYTES, SERVER_ID_MAX_BYTES, TOPIC_MAX_BYTES } from '../limits.js';
import { gotCharacter, maxBytesText, minBytesText } from '../wire/violations.js';
import { refuse } from './broker-errors.js';

/** RocketMQ allows `^[%|a-zA-Z0-9_-]+$`; not `.`, `:` and `/`. */
const NOT_IN_NAME = /[^%|a-zA-Z0-9_-]/;
/** Without `%` and `|`: `%DLQ%` and `%RETRY%` are reserved by RocketMQ. */
const NOT_IN_ID = /[^a-zA-Z0-9_-]/;

/**
 * Checks a part of a name that an application chooses.
 * @param path the name for the error: `serverId`.
 * @throws ProtocolError INVALID_MESSAGE
 */
export function requireId(path: string, id: string, maxBytes: number): void {
  const error = fault(path, id, maxBytes, NOT_IN_ID, 'not in [a-zA-Z0-9_-]');
  if (error !== undefined) throw error;
}

/**
 * Checks the name of a consumer group: 1 to 120 of the characters that RocketMQ allows.
 * @throws ProtocolError INVALID_MESSAGE
 */
export function requireConsumerGroup(group: string): void {
  const error = fault('group', group, CONSUMER_GROUP_MAX_BYTES, NOT_IN_NAME, 'not in [%|a-zA-Z0-9_-]');
  if (error !== undefined) throw error;
}

function fault(path: string, text: string, max: number, disallowed: RegExp, expected: string): ProtocolError | undefined {
  if (text === '') return refuse(path, 'min_bytes', minBytesText(text, 1), { limit: 1, actual: 0 });
  if (disallowed.test(text)) return refuse(path, 'alphabet', gotCharacter(text, disallowed, expected));
  // All characters are ASCII: one byte each.
  if (text.length > max) return refuse(path, 'max_bytes', maxBytesText(text, max), { limit: max, actual: text.length });
  return undefined;
}

/**
 * The kind of consumer: an IM server, which reads its own topics; that of its events; or a service (the platform, an archive, an audit), which reads
 * any.
 */
export type ConsumerRole = 'server' | 'event' | 'service';

/**
 * The name of a consumer group: `im_server_7`, `im_event_7`, `im_service_chat`. All consumers of a group must have the same subscriptions,
 * so each IM server has its own groups.
 *
 * RocketMQ keeps the order of a FIFO topic only for orderly groups: create the groups of servers, and of services that read FIFO topics, as
 * orderly ones.
 * @param name the server id, 1 to 108 bytes as in its topics, or the name of the service, 1 to 109 bytes: letters, digits, `_` and `-`.
 * @throws ProtocolError INVALID_MESSAGE
 */
export function consumerGroup(role: ConsumerRole, name: string | number | bigint): string {
  const prefix = `im_${role}_`;
  const id = String(name);
  if (role === 'service') requireId('service', id, CONSUMER_GROUP_MAX_BYTES - prefix.length);
  // Shorter than RocketMQ's limit of a group: the topics of the server have longer prefixes.
  else requireId('serverId', id, SERVER_ID_MAX_BYTES);
  return prefix + id;
}

/** The prefix of dead-letter topics. RocketMQ creates such a topic with the first dead letter of a group. */
const DEAD_LETTER_PREFIX = '%DLQ%';

/**
 * The dead-letter topic of a consumer group: `%DLQ%im_server_7`.
 * @throws ProtocolError INVALID_MESSAGE for an invalid group name.
 */
export function deadLetterTopic(group: string): string {
  requireConsumerGroup(group);
  return DEAD_LETTER_PREFIX + group;
}

/** The group of a dead-letter topic; undefined for other topics. */
export function deadLetterGroup(topic: string): string | undefined {
  return topic.startsWith(DEAD_LETTER_PREFIX) && topic.length <= TOPIC_MAX_BYTES
    ? topic.slice(DEAD_LETTER_PREFIX.length)
    : undefined;
}
