// The age at which an event is dropped.
import { COMMANDS } from '../../generated/commands.js';
import type { ReceiveInfo } from '../../generated/im/protocol/v1/receive_info.js';
import type { TopicMessage } from '../../generated/im/protocol/v1/topic_message.js';
import { DEFAULT_CALL_LIFETIME_MS } from '../limits.js';
import { topics } from './topics.js';

/** Whether the topic carries events: its consumers acknowledge every message and drop what is too old. */
export function isEventTopic(topic: string): boolean {
  const parsed = topics.parse(topic);
  return parsed?.carries === 'ReceiveInfo' && parsed.kind === 'event';
}

/**
 * How long an event is of use, in milliseconds since RocketMQ's born time: expires_in_ms of a TYPING, lifetime_ms of the invite of a CALL, else the
 * option `max_age_ms` of the command; undefined = without limit.
 */
export function eventLifetimeMs({ payload }: TopicMessage): number | undefined {
  return payload?.$case === 'receiveInfo' ? receiveInfoLifetimeMs(payload.value) : undefined;
}

/** The same, of a ReceiveInfo. */
export function receiveInfoLifetimeMs({ cmd, data }: ReceiveInfo): number | undefined {
  const maxAgeMs = COMMANDS[cmd]?.maxAgeMs || undefined;
  if (data?.$case === 'typing') return data.value.expiresInMs || maxAgeMs;
  if (data?.$case === 'call' && data.value.action?.$case === 'invite') {
    return data.value.action.value.lifetimeMs || DEFAULT_CALL_LIFETIME_MS;
  }
  return maxAgeMs;
}
