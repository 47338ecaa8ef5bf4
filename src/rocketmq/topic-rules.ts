// Rules about which message belongs on which topic, beyond those of RocketMQ that the schema has.
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import type { Issue } from '../errors.js';
import { invalidMessage } from '../validate.js';
import { framedPayload, groupOf, kindOf, tagOf } from './message-facts.js';
import { type ParsedTopic, type TopicType, topics } from './topics.js';

/** The RocketMQ type of a message. */
export function typeOfMessage({ messageGroup = '', deliverAtMs = 0n }: TopicMessageInit): TopicType {
  if (messageGroup !== '') return 'FIFO';
  return deliverAtMs === 0n ? 'NORMAL' : 'DELAY';
}

/** @throws ProtocolError INVALID_MESSAGE if the topic accepts another type of message. */
export function requireType(accepted: TopicType, got: TopicType): void {
  const issue = typeIssue(accepted, got);
  if (issue !== undefined) throw invalidMessage([issue], 'TopicMessage');
}

function typeIssue(accepted: TopicType, got: TopicType): Issue | undefined {
  if (accepted === got) return undefined;
  return { path: 'topic', rule: 'topic_type', message: `expected a ${accepted} message, got ${got}` };
}

/** The issues of a complete message on its topic; none for topics of other systems. */
export function topicIssues(message: TopicMessageInit): Issue[] {
  const issues: Issue[] = [];
  const add = (path: string, rule: string, text: string): void => void issues.push({ path, rule, message: text });
  const payload = framedPayload(message);
  if (payload !== undefined && message.tag !== tagOf(payload)) add('tag', 'command_tag', 'is not the name of the command');
  const topic = topics.parse(message.topic ?? '');
  if (topic === undefined) return issues;
  const fault = payloadFault(topic, payload);
  if (fault !== undefined) add('payload', 'topic_payload', fault);
  const type = typeIssue(topic.type, typeOfMessage(message));
  if (type !== undefined) issues.push(type);
  const conversation = payload === undefined ? undefined : groupOf(payload);
  if (topic.type === 'FIFO' && conversation !== undefined && message.messageGroup !== conversation) {
    add('messageGroup', 'conversation', 'is not the conversation of the message');
  }
  return issues;
}

function payloadFault({ carries, kind }: ParsedTopic, payload: ReturnType<typeof framedPayload>): string | undefined {
  const expected = carries === 'ReceiveInfo' ? 'receiveInfo' : 'sendResult';
  if (payload?.$case !== expected) return `the topic carries a ${expected}, got ${payload?.$case ?? 'raw'}`;
  const actual = kindOf(payload.value.cmd ?? 0);
  return actual === kind ? undefined : `the topic is for ${kind} messages, ${tagOf(payload) || 'no command'} goes to ${actual}`;
}
