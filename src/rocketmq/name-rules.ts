// What RocketMQ takes as the name of a topic or a consumer group, and what is left of it for the ids of servers.

import type { ProtocolError } from '../errors.js';
import { CONSUMER_GROUP_MAX_BYTES, TOPIC_MAX_BYTES } from '../limits.js';
import { gotCharacter, maxBytesText, minBytesText } from '../wire/violations.js';
import { refuse } from './broker-errors.js';

/** RocketMQ's own: `^[%|a-zA-Z0-9_-]+$`. "`.`, `:` and `/` are not allowed." */
const NOT_IN_NAME = /[^%|a-zA-Z0-9_-]/;
/** `%` and `|` are left out: `%DLQ%` and `%RETRY%` are RocketMQ's own. */
const NOT_IN_ID = /[^a-zA-Z0-9_-]/;

/**
 * Checks a part of a name that an application chooses.
 * @param path what it is, for the error: `serverId`.
 * @throws ProtocolError INVALID_MESSAGE
 */
export function requireId(path: string, id: string, maxBytes: number): void {
  const error = fault(path, id, maxBytes, NOT_IN_ID, 'not in [a-zA-Z0-9_-]');
  if (error !== undefined) throw error;
}

/**
 * Checks the name of a consumer group: 1 to 120 of RocketMQ's characters.
 * @throws ProtocolError INVALID_MESSAGE
 */
export function requireConsumerGroup(group: string): void {
  const error = fault('group', group, CONSUMER_GROUP_MAX_BYTES, NOT_IN_NAME, 'not in [%|a-zA-Z0-9_-]');
  if (error !== undefined) throw error;
}

function fault(path: string, text: string, max: number, refused: RegExp, wanted: string): ProtocolError | undefined {
  if (text === '') return refuse(path, 'min_bytes', minBytesText(text, 1), { limit: 1, actual: 0 });
  if (refused.test(text)) return refuse(path, 'alphabet', gotCharacter(text, refused, wanted));
  // All characters are ASCII: one byte each.
  if (text.length > max) return refuse(path, 'max_bytes', maxBytesText(text, max), { limit: max, actual: text.length });
  return undefined;
}

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
