// A message of this device, as the platform stored it.
import type { PushInit, SendInfoInit, SendResult } from '../../generated/models.js';
import { forDelivery } from '../codec/for-delivery.js';

/** The push that other terminals of the user get for a message that was sent; undefined if it was not stored in a conversation. */
export function sentPush({ cmd, data }: SendInfoInit, { messageId, seq, sentAtMs }: SendResult): PushInit | undefined {
  if (data?.$case !== 'privateMessage' && data?.$case !== 'groupMessage') return undefined;
  const { content } = data.value;
  if (content === undefined || messageId === 0n || seq === 0n) return undefined;
  const stored = { ...content, messageId, seq, sentAtMs: sentAtMs || content.sentAtMs };
  return { cmd, data: forDelivery({ ...data, value: { ...data.value, content: stored } }) as PushInit['data'] };
}
