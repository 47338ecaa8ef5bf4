// The topics of the system: one for each server and kind of message, and one for each kind of result.
import type { ReceiveInfoInit } from '../../generated/im/protocol/v1/receive_info.js';
import type { SendResultInit } from '../../generated/im/protocol/v1/send_result.js';
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import type { Issue } from '../errors.js';
import { TOPIC_MAX_BYTES } from '../limits.js';
import { conversationOf, kindOf, tagOf } from './message-facts.js';
import { requireId } from './name-rules.js';
import { completeMessage, framedPayload } from './to-rocketmq.js';

/** What a topic carries: messages from user to user, to groups, or of the system (with FORCE_LOGOUT and commands from 1000 on). */
export type TopicKind = 'private' | 'group' | 'system';

/** All kinds, in the order in which they are listed everywhere. */
export const TOPIC_KINDS: readonly TopicKind[] = ['private', 'group', 'system'];

/** What RocketMQ takes on a topic. It refuses every other type of message there. */
export type TopicType = 'NORMAL' | 'FIFO' | 'DELAY';

/** What a topic's name says. */
export type ParsedTopic =
  | { readonly carries: 'ReceiveInfo'; readonly kind: TopicKind; readonly serverId: string; readonly type: TopicType }
  | { readonly carries: 'SendResult'; readonly kind: TopicKind; readonly type: TopicType };

const MESSAGE = 'im_message_';
const RESULT = 'im_result_';
const MESSAGE_TOPIC = /^im_message_(private|group|system)_([a-zA-Z0-9_-]+)$/;
const RESULT_TOPIC = /^im_result_(private|group|system)$/;

/** The longest id of a server: its topic for private messages still is a topic. */
export const SERVER_ID_MAX_BYTES: number = TOPIC_MAX_BYTES - `${MESSAGE}private_`.length;

/** Names of topics, and back. */
export const topics = {
  /**
   * The topic on which an IM server takes messages of a kind: `im_message_private_7`.
   * @param serverId 1 to 108 letters, digits, `_` and `-`.
   * @throws ProtocolError INVALID_MESSAGE
   */
  message(kind: TopicKind, serverId: string | number | bigint): string {
    const id = String(serverId);
    requireId('serverId', id, SERVER_ID_MAX_BYTES);
    return `${MESSAGE}${kind}_${id}`;
  },

  /** The topic on which the results of messages of a kind come back: `im_result_private`. */
  result(kind: TopicKind): string {
    return RESULT + kind;
  },

  /**
   * The topics that an IM server consumes.
   * @throws ProtocolError INVALID_MESSAGE
   */
  ofServer(serverId: string | number | bigint): string[] {
    return TOPIC_KINDS.map((kind) => topics.message(kind, serverId));
  },

  /** The topics that the platform consumes. */
  ofResults(): string[] {
    return TOPIC_KINDS.map((kind) => topics.result(kind));
  },

  /** What a topic of this system carries; undefined for the name of any other. */
  parse(topic: string): ParsedTopic | undefined {
    const message = MESSAGE_TOPIC.exec(topic);
    if (message !== null && message[2].length <= SERVER_ID_MAX_BYTES) {
      const kind = message[1] as TopicKind;
      return { carries: 'ReceiveInfo', kind, serverId: message[2], type: typeOf(kind) };
    }
    const result = RESULT_TOPIC.exec(topic);
    return result === null ? undefined : { carries: 'SendResult', kind: result[1] as TopicKind, type: 'NORMAL' };
  },
} as const;

/** "im_message_private_* and im_message_group_* are FIFO topics ...; the system and result topics are NORMAL". */
function typeOf(kind: TopicKind): TopicType {
  return kind === 'system' ? 'NORMAL' : 'FIFO';
}

// Which message belongs on which topic: the rules of this protocol, beyond those of RocketMQ that the schema has.

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

// TopicMessages for what the platform and the servers send each other.
/** What an application may add: more keys, and properties of its own. */
export type TopicMessageExtras = Pick<TopicMessageInit, 'keys' | 'properties'>;

/**
 * The message that brings a ReceiveInfo to an IM server: on the topic of its kind, with the name of the command as tag, the ids of the
 * message as keys, and its conversation as message group.
 * @throws ProtocolError INVALID_MESSAGE for an id that no topic can have.
 */
export function receiveInfoMessage(
  serverId: string | number | bigint,
  receiveInfo: ReceiveInfoInit,
  extras: TopicMessageExtras = {},
): TopicMessageInit {
  const topic = topics.message(kindOf(receiveInfo.cmd ?? 0), serverId);
  return completeMessage({ ...extras, topic, payload: { $case: 'receiveInfo', value: receiveInfo } });
}

/** The message that brings a SendResult back: on the result topic of its kind. Publish it with the service_name of the request. */
export function sendResultMessage(sendResult: SendResultInit, extras: TopicMessageExtras = {}): TopicMessageInit {
  const topic = topics.result(kindOf(sendResult.cmd ?? 0));
  return completeMessage({ ...extras, topic, payload: { $case: 'sendResult', value: sendResult } });
}
