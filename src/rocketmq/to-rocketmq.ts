import { checkTopicMessage, TopicMessageTable } from '../../generated/im/protocol/v1/topic_message.codec.js';
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import { encodeFrame } from '../codec/encode-frame.js';
import { type Issue, ProtocolError } from '../errors.js';
import { TOPIC_BODY_MAX_BYTES } from '../limits.js';
import { invalidMessage, issuesOf } from '../validate.js';
import { entryPath } from '../wire/issues.js';
import { minBytesText } from '../wire/violations.js';
import { conversationOf, type Framed, keysOf, tagOf } from './message-facts.js';
import { requireId } from './name-rules.js';
import { IM_PROPERTIES, type RocketMQMessage } from './rocketmq-message.js';
import { topicIssues, topics } from './topics.js';

/** Options of `toRocketMQ`. */
export interface ToRocketMQOptions {
  /**
   * Of a SendResult: the service_name of the request that it answers, at most 64 letters, digits, `_` and `-`. It becomes the property
   * `im_service`; a ReceiveInfo brings its own. Default: none.
   */
  readonly serviceName?: string | undefined;
  /** The version to stamp on the frame. Default: the lowest that has everything the message says. */
  readonly version?: number | undefined;
}

const SERVICE_NAME_MAX_BYTES = 64;
/** Stands for the body where only the rest of a message is judged. */
const ANY_BODY = { $case: 'raw', value: new Uint8Array(1) } as const;

/**
 * Maps a TopicMessage to RocketMQ: the body is a whole frame, never compressed, or the raw bytes. Tag, keys and message group are filled in
 * where the message leaves them out: the name of the command, the ids of the message, and on a FIFO topic of this system the conversation.
 * @param message fields may be left out. It is not changed; raw bytes are shared with the result.
 * @throws ProtocolError INVALID_MESSAGE or COMMAND_DATA_MISMATCH with all issues, for the limits of RocketMQ and for a message that does
 * not belong on its topic; FRAME_TOO_LARGE for a frame of over 4 MiB; LOSSY_DOWNGRADE if `version` cannot carry what the message says.
 */
export function toRocketMQ(message: TopicMessageInit, options: ToRocketMQOptions = {}): RocketMQMessage {
  refuse(issuesOf(TopicMessageTable, checkTopicMessage, message));
  const whole = completeMessage(message);
  const payload = framedPayload(whole);
  const body = payload === undefined ? rawBody(whole) : frameOf(payload, options.version);
  const properties = new Map([...imProperties(payload, body, options), ...(whole.properties ?? [])]);
  const { topic = '', tag = '', keys = [], messageGroup = '', deliverAtMs = 0n } = whole;
  const mapped = { topic, tag, keys, messageGroup, deliverAtMs, properties };
  refuse([...mappedIssues(mapped), ...topicIssues(whole)]);
  return { ...mapped, body };
}

function refuse(issues: readonly Issue[]): void {
  if (issues.length > 0) throw invalidMessage(issues, 'TopicMessage');
}

function rawBody({ payload }: TopicMessageInit): Uint8Array {
  return payload?.$case === 'raw' ? payload.value : new Uint8Array(0);
}

/** The rules have been checked, so only types, unknown keys and the size are judged here. */
function frameOf(payload: Framed, version: number | undefined): Uint8Array {
  const options = { validate: false, maxFrameBytes: TOPIC_BODY_MAX_BYTES, version };
  if (payload.$case === 'receiveInfo') return encodeFrame('ReceiveInfo', payload.value, options);
  return encodeFrame('SendResult', payload.value, options);
}

function imProperties(
  payload: Framed | undefined,
  frame: Uint8Array,
  { serviceName = '' }: ToRocketMQOptions,
): [string, string][] {
  if (payload === undefined) return [];
  const service = payload.$case === 'receiveInfo' ? (payload.value.serviceName ?? '') : serviceName;
  if (service !== '') requireId('serviceName', service, SERVICE_NAME_MAX_BYTES);
  const properties: [string, string][] = [
    // "6 type", "4 version": of the header that was just written.
    [IM_PROPERTIES.type, String(frame[5])],
    [IM_PROPERTIES.version, String(frame[4])],
    [IM_PROPERTIES.command, tagOf(payload)],
    [IM_PROPERTIES.trace, payload.value.traceId ?? ''],
    [IM_PROPERTIES.service, service],
  ];
  return properties.filter(([, value]) => value !== '');
}

/** The limits of RocketMQ on what has been filled in: it counts as well. */
function mappedIssues({ properties, ...rest }: Omit<RocketMQMessage, 'body'>): Issue[] {
  const issues = checkTopicMessage({ ...rest, properties, payload: ANY_BODY }) ?? [];
  // The application's own properties were judged before; those of this protocol are none of them.
  const others = issues.filter(({ path }) => !path.startsWith('properties'));
  for (const [key, value] of properties) {
    // RocketMQ takes such a property, and drops it without a word.
    if (value === '') others.push({ path: entryPath('properties', key), rule: 'min_bytes', message: minBytesText(value, 1) });
  }
  return others;
}

/**
 * The payload, if it is a frame.
 * @throws ProtocolError UNSUPPORTED_TYPE for a payload that no topic of this release carries.
 */
export function framedPayload({ payload }: TopicMessageInit): Framed | undefined {
  if (payload === undefined || payload.$case === 'raw') return undefined;
  if (payload.$case === 'receiveInfo' || payload.$case === 'sendResult') return payload;
  throw new ProtocolError('UNSUPPORTED_TYPE', `no topic carries a ${payload.$case}`);
}

/**
 * The message with everything that follows from its payload: tag, keys, message group. What is set already stays; the keys of the payload
 * come before others.
 * @param message of the right types. It is not changed.
 */
export function completeMessage(message: TopicMessageInit): TopicMessageInit {
  const payload = framedPayload(message);
  if (payload === undefined) return message;
  const { topic = '', tag = '', keys = [], messageGroup = '' } = message;
  const missing = keysOf(payload).filter((key) => !keys.includes(key));
  const isOrdered = topics.parse(topic)?.type === 'FIFO';
  return {
    ...message,
    tag: tag || tagOf(payload),
    keys: [...missing, ...keys],
    messageGroup: messageGroup || (isOrdered ? (conversationOf(payload) ?? '') : ''),
  };
}
