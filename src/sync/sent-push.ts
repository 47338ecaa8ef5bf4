// A message of this device, as the platform stored it.
import type { PushInit, SendInfoInit, SendResult } from '../../generated/models.js';
import { forDelivery } from '../codec/for-delivery.js';

/**
 * The push that other terminals of the user get for a message that was sent; undefined if it was not stored in a conversation. Where the
 * platform echoes the message, as it does if it has replaced something (a quote, the count of a reaction), the echo counts.
 */
export function sentPush({ cmd, data }: SendInfoInit, result: SendResult): PushInit | undefined {
  if (data?.$case !== 'privateMessage' && data?.$case !== 'groupMessage') return undefined;
  const { messageId, seq, sentAtMs } = result;
  const content = (result.data?.$case === data.$case && result.data.value.content) || data.value.content;
  if (content === undefined || messageId === 0n || seq === 0n) return undefined;
  const stored = { ...content, messageId, seq, sentAtMs: sentAtMs || content.sentAtMs };
  return { cmd, data: forDelivery({ ...data, value: { ...data.value, content: stored } }) as PushInit['data'] };
}
