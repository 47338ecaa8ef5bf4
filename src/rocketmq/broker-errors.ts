// The errors that both brokers share.
import { type Issue, ProtocolError } from '../errors.js';
import { REDELIVERY_MAX_DELAY_MS, TOPIC_MAX_DELAY_MS } from '../limits.js';
import { maxText, minText } from '../wire/violations.js';

export function closed(what: string): ProtocolError {
  return new ProtocolError('CLOSED', `${what} is closed`);
}

export function unknownTopic(): ProtocolError {
  return refuse('topic', 'topic_exists', 'the broker has no such topic');
}

export function unknownGroup(): ProtocolError {
  return refuse('group', 'group_exists', 'the broker has no such consumer group');
}

/** @throws ProtocolError INVALID_MESSAGE for a delivery time over 24 hours ahead, the limit of RocketMQ. */
export function requireDeliveryTime(deliverAtMs: bigint, nowMs: number): void {
  const aheadMs = Number(deliverAtMs) - nowMs;
  if (deliverAtMs === 0n || aheadMs <= TOPIC_MAX_DELAY_MS) return;
  const message = `${maxText(aheadMs, TOPIC_MAX_DELAY_MS)} milliseconds ahead`;
  throw refuse('deliverAtMs', 'max_delay', message, { limit: TOPIC_MAX_DELAY_MS, actual: aheadMs });
}

/** @throws ProtocolError INVALID_MESSAGE for an invalid delay of a `nack`. A timer would fire at once. */
export function requireDelay(afterMs: number): void {
  if (typeof afterMs !== 'number' || Number.isNaN(afterMs))
    throw refuse(
      'afterMs',
      'type',
      `expected a number of milliseconds, got ${typeof afterMs === 'string' ? 'a string' : String(afterMs)}`,
    );
  if (afterMs < 0) throw refuse('afterMs', 'min', minText(afterMs, 0), { limit: 0, actual: afterMs });
  if (afterMs <= REDELIVERY_MAX_DELAY_MS) return;
  throw refuse('afterMs', 'max', maxText(afterMs, REDELIVERY_MAX_DELAY_MS), { limit: REDELIVERY_MAX_DELAY_MS, actual: afterMs });
}

/** @throws ProtocolError OVERLOADED if waiting messages would have more than `limit` bytes. @param waiting what they wait for: `to be sent`. */
export function requireByteCapacity(bytes: number, limit: number, waiting: string): void {
  if (bytes <= limit) return;
  throw new ProtocolError('OVERLOADED', `got ${bytes} bytes of messages waiting ${waiting}, limit ${limit}`, {
    limit,
    actual: bytes,
  });
}

/** @throws ProtocolError OVERLOADED if `limit` messages wait already. */
export function requireCapacity(count: number, limit: number, waiting: string): void {
  if (count < limit) return;
  throw new ProtocolError('OVERLOADED', `got ${count} messages waiting ${waiting}, limit ${limit}`, { limit, actual: count });
}

/** The INVALID_MESSAGE error for a broken rule of an argument or message, with one issue. */
export function refuse(
  path: string,
  rule: string,
  message: string,
  figures: { limit?: number; actual?: number } = {},
): ProtocolError {
  const issues: Issue[] = [{ path, rule, message }];
  return new ProtocolError('INVALID_MESSAGE', `${path}: ${message}`, { path, issues, ...figures });
}
