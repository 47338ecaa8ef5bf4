// Maps TopicMessages to messages of RocketMQ.
import { checkTopicMessage, TopicMessageTable } from '../../generated/im/protocol/v1/topic_message.codec.js';
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { Issue } from '../errors.js';
import { TOPIC_BODY_MAX_BYTES } from '../limits.js';
import { invalidMessage, issuesOf } from '../validate.js';
import { entryPath } from '../wire/issues.js';
import { minBytesText } from '../wire/violations.js';
import { type Framed, framedPayload, tagOf } from './message-facts.js';
import { requireId } from './name-rules.js';
import { IM_PROPERTIES, type RocketMQMessage } from './rocketmq-message.js';
import { completeMessage } from './topic-messages.js';
import { topicIssues } from './topic-rules.js';

/** Options of `toRocketMQ`. */
export interface ToRocketMQOptions {
  /**
   * For a SendResult: the service_name of its request, at most 64 letters, digits, `_` and `-`. It becomes the property `im_service`; a
   * ReceiveInfo has its own. Default: none.
   */
  readonly serviceName?: string | undefined;
  /** Protocol version of the frame. Default: the lowest that can carry the message. */
  readonly version?: number | undefined;
  /** Allows raw bytes on the topics of this system: the JSON of an older one, see `toLegacyBody`. Default false. */
  readonly legacyJson?: boolean | undefined;
}

const SERVICE_NAME_MAX_BYTES = 64;
/** A placeholder to check a message without its body. */
const ANY_BODY = { $case: 'raw', value: new Uint8Array(1) } as const;

/**
 * Maps a TopicMessage to RocketMQ. The body is a frame, never compressed, or the raw bytes. If the message has no tag, keys or message group,
 * they are the command name (the kind of a SessionEvent), the message ids, and on a FIFO topic of this system the conversation.
 * @param message fields are optional. Not changed; raw bytes are shared with the result.
 * @throws ProtocolError INVALID_MESSAGE or COMMAND_DATA_MISMATCH with all issues: broken rules of the schema, limits of RocketMQ, or a message
 * that does not belong on its topic; FRAME_TOO_LARGE for a frame over 4 MiB; LOSSY_DOWNGRADE if `version` cannot carry the message.
 */
export function toRocketMQ(message: TopicMessageInit, options: ToRocketMQOptions = {}): RocketMQMessage {
  refuse(issuesOf(TopicMessageTable, checkTopicMessage, message));
  const complete = completeMessage(message);
  const payload = framedPayload(complete);
  const body = payload === undefined ? rawBody(complete) : frameOf(payload, options.version);
  const properties = new Map([...imProperties(payload, body, options), ...(complete.properties ?? [])]);
  const { topic = '', tag = '', keys = [], messageGroup = '', deliverAtMs = 0n } = complete;
  const mapped = { topic, tag, keys, messageGroup, deliverAtMs, properties };
  refuse([...mappedIssues(mapped), ...topicIssues(complete, options.legacyJson)]);
  return { ...mapped, body };
}

function refuse(issues: readonly Issue[]): void {
  if (issues.length > 0) throw invalidMessage(issues, 'TopicMessage');
}

function rawBody({ payload }: TopicMessageInit): Uint8Array {
  return payload?.$case === 'raw' ? payload.value : new Uint8Array(0);
}

/** The rules were checked before: only types, unknown keys and the size are checked here. */
function frameOf(payload: Framed, version: number | undefined): Uint8Array {
  const options = { validate: false, maxFrameBytes: TOPIC_BODY_MAX_BYTES, version };
  switch (payload.$case) {
    case 'receiveInfo':
      return encodeFrame('ReceiveInfo', payload.value, options);
    case 'sendResult':
      return encodeFrame('SendResult', payload.value, options);
    case 'sessionEvent':
      return encodeFrame('SessionEvent', payload.value, options);
    case 'uplinkInfo':
      return encodeFrame('UplinkInfo', payload.value, options);
  }
}

function imProperties(
  payload: Framed | undefined,
  frame: Uint8Array,
  { serviceName = '' }: ToRocketMQOptions,
): [string, string][] {
  if (payload === undefined) return [];
  const service = payload.$case === 'receiveInfo' ? (payload.value.serviceName ?? '') : serviceName;
  const trace = payload.$case === 'sessionEvent' ? '' : (payload.value.traceId ?? '');
  if (service !== '') requireId('serviceName', service, SERVICE_NAME_MAX_BYTES);
  const properties: [string, string][] = [
    // Bytes 5 and 4 of the header: type and version.
    [IM_PROPERTIES.type, String(frame[5])],
    [IM_PROPERTIES.version, String(frame[4])],
    [IM_PROPERTIES.command, tagOf(payload)],
    [IM_PROPERTIES.trace, trace],
    [IM_PROPERTIES.service, service],
  ];
  return properties.filter(([, value]) => value !== '');
}

/** Checks RocketMQ's limits with the attributes that were filled in. */
function mappedIssues({ properties, ...rest }: Omit<RocketMQMessage, 'body'>): Issue[] {
  const issues = checkTopicMessage({ ...rest, properties, payload: ANY_BODY }) ?? [];
  // The application's properties were checked before, and im_* ones would be refused there.
  const others = issues.filter(({ path }) => !path.startsWith('properties'));
  for (const [key, value] of properties) {
    // RocketMQ accepts empty properties, but drops them silently.
    if (value === '') others.push({ path: entryPath('properties', key), rule: 'min_bytes', message: minBytesText(value, 1) });
  }
  return others;
}
