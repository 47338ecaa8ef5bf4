import { byteLength } from '../wire/rules.js';
import type { RocketMQMessage } from './rocketmq-message.js';

/** What a message takes besides its body and its texts, so that a limit in bytes bounds the number of empty messages, too. */
const OVERHEAD_BYTES = 512;

/** What a message counts against a limit of memory: its body, its texts in UTF-8, and 512 bytes. */
export function messageBytes({ topic, tag, keys, messageGroup, properties, body }: RocketMQMessage): number {
  const texts = [topic, tag, messageGroup, ...keys, ...[...properties].flat()];
  return texts.reduce((sum, text) => sum + byteLength(text), OVERHEAD_BYTES + body.length);
}
