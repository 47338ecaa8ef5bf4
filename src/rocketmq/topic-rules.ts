// Which message belongs on which topic: the rules of this protocol, beyond those of RocketMQ that the schema has.
import type { TopicMessageInit } from '../../generated/init/im/protocol/v1/topic_message.js';
import type { Issue } from '../errors.js';
import { framedPayload } from './complete-message.js';
import { conversationOf, kindOf, tagOf } from './message-facts.js';
import { type ParsedTopic, type TopicType, topics } from './topics.js';

/** The type that RocketMQ gives a message. */
export function typeOfMessage({ messageGroup = '', deliverAtMs = 0n }: TopicMessageInit): TopicType {
  if (messageGroup !== '') return 'FIFO';
  return deliverAtMs === 0n ? 'NORMAL' : 'DELAY';
}

/** What is wrong with a message on a topic that takes one type. */
export function typeIssue(takes: TopicType, got: TopicType): Issue | undefined {
  if (takes === got) return undefined;
  return { path: 'topic', rule: 'topic_type', message: `takes ${takes} messages, got one that is ${got}` };
}

/** What is wrong with a complete message on its topic; empty = nothing, and for topics that are not of this system. */
export function topicIssues(message: TopicMessageInit): Issue[] {
  const issues: Issue[] = [];
  const add = (path: string, rule: string, text: string): void => void issues.push({ path, rule, message: text });
  const payload = framedPayload(message);
  if (payload !== undefined && message.tag !== tagOf(payload)) add('tag', 'command_tag', 'is not the name of the command');
  const topic = topics.parse(message.topic ?? '');
  if (topic === undefined) return issues;
  const wrong = payloadFault(topic, payload);
  if (wrong !== undefined) add('payload', 'topic_payload', wrong);
  const type = typeIssue(topic.type, typeOfMessage(message));
  if (type !== undefined) issues.push(type);
  const conversation = payload === undefined ? undefined : conversationOf(payload);
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
