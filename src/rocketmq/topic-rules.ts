// Rules about which message belongs on which topic, beyond those of RocketMQ that the schema has.
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import type { Issue } from '../errors.js';
import { invalidMessage } from '../validate.js';
import { type Framed, framedPayload, hasResult, isApplicationCommand, kindOf, tagOf } from './message-facts.js';
import { groupOf } from './message-group.js';
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

/**
 * The issues of a complete message on its topic; none for topics of other systems.
 * @param legacyJson raw bytes are allowed.
 */
export function topicIssues(message: TopicMessageInit, legacyJson = false): Issue[] {
  const issues: Issue[] = [];
  const add = (path: string, rule: string, text: string): void => void issues.push({ path, rule, message: text });
  const payload = framedPayload(message);
  if (payload !== undefined && message.tag !== tagOf(payload)) add('tag', 'command_tag', 'is not the name of the command');
  const topic = topics.parse(message.topic ?? '');
  if (topic === undefined) return issues;
  const fault = legacyJson && message.payload?.$case === 'raw' ? undefined : payloadFault(topic, payload);
  if (fault !== undefined) add('payload', 'topic_payload', fault);
  const type = typeIssue(topic.type, typeOfMessage(message));
  if (type !== undefined) issues.push(type);
  const conversation = payload === undefined ? undefined : groupOf(payload);
  if (topic.type === 'FIFO' && conversation !== undefined && message.messageGroup !== conversation) {
    add('messageGroup', 'conversation', 'is not the conversation of the message');
  }
  return issues;
}

const CARRIED = {
  ReceiveInfo: 'receiveInfo',
  SendResult: 'sendResult',
  SessionEvent: 'sessionEvent',
  UplinkInfo: 'uplinkInfo',
} as const satisfies Record<ParsedTopic['carries'], Framed['$case']>;

function payloadFault(topic: ParsedTopic, payload: Framed | undefined): string | undefined {
  const expected = CARRIED[topic.carries];
  if (payload?.$case !== expected) return `the topic carries a ${expected}, got ${payload?.$case ?? 'raw'}`;
  if (payload.$case !== 'receiveInfo' && payload.$case !== 'sendResult') return undefined;
  const { cmd = 0 } = payload.value;
  if (payload.$case === 'sendResult' && !hasResult(cmd)) return `${tagOf(payload)} has no result`;
  // Applications choose the kind of their commands.
  if (!('kind' in topic) || isApplicationCommand(cmd)) return undefined;
  const kind = kindOf(cmd);
  const actual = payload.$case === 'sendResult' && kind === 'event' ? 'system' : kind;
  return actual === topic.kind
    ? undefined
    : `the topic is for ${topic.kind} messages, ${tagOf(payload) || 'no command'} goes to ${actual}`;
}
