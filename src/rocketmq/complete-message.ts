import type { TopicMessageInit } from '../../generated/init/im/protocol/v1/topic_message.js';
import { conversationOf, type Framed, keysOf, tagOf } from './message-facts.js';
import { topics } from './topics.js';

/** The payload, if it is a frame. */
export function framedPayload({ payload }: TopicMessageInit): Framed | undefined {
  return payload?.$case === 'raw' ? undefined : payload;
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
