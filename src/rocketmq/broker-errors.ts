// Errors that both brokers have, with the same codes and texts.
import { type Issue, ProtocolError } from '../errors.js';
import { REDELIVERY_MAX_DELAY_MS, TOPIC_MAX_DELAY_MS } from '../limits.js';
import { invalidMessage } from '../validate.js';
import { maxText, minText } from '../wire/violations.js';
import { type TopicType, typeIssue } from './topics.js';

export function closed(what: string): ProtocolError {
  return new ProtocolError('CLOSED', `${what} is closed`);
}

export function unknownTopic(): ProtocolError {
  return refuse('topic', 'topic_exists', 'the broker has no such topic');
}

export function unknownGroup(): ProtocolError {
  return refuse('group', 'group_exists', 'the broker has no such consumer group');
}

/** @throws ProtocolError INVALID_MESSAGE for a message of another type than the topic takes. */
export function requireType(takes: TopicType, got: TopicType): void {
  const issue = typeIssue(takes, got);
  if (issue !== undefined) throw invalidMessage([issue], 'TopicMessage');
}

/** @throws ProtocolError INVALID_MESSAGE for a time that is too far ahead: RocketMQ takes 24 hours at most. */
export function requireNear(deliverAtMs: bigint, nowMs: number): void {
  const aheadMs = Number(deliverAtMs) - nowMs;
  if (deliverAtMs === 0n || aheadMs <= TOPIC_MAX_DELAY_MS) return;
  const message = `${maxText(aheadMs, TOPIC_MAX_DELAY_MS)} milliseconds ahead`;
  throw refuse('deliverAtMs', 'max_delay', message, { limit: TOPIC_MAX_DELAY_MS, actual: aheadMs });
}

/**
 * @throws ProtocolError INVALID_MESSAGE for a delay of a `nack` that no broker can keep. A timer would take it for no delay at all.
 */
export function requireDelay(afterMs: number): void {
  if (typeof afterMs !== 'number' || Number.isNaN(afterMs))
    throw refuse('afterMs', 'type', `got ${String(afterMs)}, needs a number of milliseconds`);
  if (afterMs < 0) throw refuse('afterMs', 'min', minText(afterMs, 0), { limit: 0, actual: afterMs });
  if (afterMs <= REDELIVERY_MAX_DELAY_MS) return;
  throw refuse('afterMs', 'max', maxText(afterMs, REDELIVERY_MAX_DELAY_MS), { limit: REDELIVERY_MAX_DELAY_MS, actual: afterMs });
}

/** @throws ProtocolError OVERLOADED where messages that wait would be more than `limit` bytes. */
export function requireMemory(bytes: number, limit: number, waiting: string): void {
  if (bytes <= limit) return;
  throw new ProtocolError('OVERLOADED', `got ${bytes} bytes of messages that wait ${waiting}, limit ${limit}`, {
    limit,
    actual: bytes,
  });
}

/** @throws ProtocolError OVERLOADED where `limit` messages wait already. */
export function requirePlace(count: number, limit: number, waiting: string): void {
  if (count < limit) return;
  throw new ProtocolError('OVERLOADED', `got ${count} messages that wait ${waiting}, limit ${limit}`, { limit, actual: count });
}

/** The error for an argument or a message that a rule refuses: one issue, with the text in front of all else. */
export function refuse(
  path: string,
  rule: string,
  message: string,
  figures: { limit?: number; actual?: number } = {},
): ProtocolError {
  const issues: Issue[] = [{ path, rule, message }];
  return new ProtocolError('INVALID_MESSAGE', `${path}: ${message}`, { path, issues, ...figures });
}
