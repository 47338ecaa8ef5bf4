// Errors that both brokers have, with the same codes and texts.
import { ProtocolError } from '../errors.js';
import { TOPIC_MAX_DELAY_MS } from '../limits.js';
import { invalidMessage } from '../validate/index.js';
import { maxText } from '../wire/rule-texts.js';
import { refuse } from './refuse.js';
import { typeIssue } from './topic-rules.js';
import type { TopicType } from './topics.js';

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
