// The message groups of the FIFO topics: messages of a group are delivered in order.

import { conversationGroup } from '../conversation/conversation-of.js';
import type { Framed } from './message-facts.js';

/**
 * The message group that follows from the payload: `p_<lower id>_<higher id>`, `g_<group id>` or `r_<room id>` of the conversation,
 * `c_<call id>`, `s_<message id>` of a chunk, `u_<user id>` of a SessionEvent; undefined if the payload has none of these.
 */
export function groupOf(payload: Framed): string | undefined {
  if (payload.$case === 'sendResult') return undefined;
  if (payload.$case === 'sessionEvent') return userGroup(payload);
  return conversationGroup(payload.value.data);
}

/** The message group on a FIFO topic: that of the payload, else that of the user who sends, or is the first to receive. */
export function messageGroupOf(payload: Framed): string {
  return groupOf(payload) ?? userGroup(payload);
}

function userGroup(payload: Framed): string {
  return `u_${userOf(payload) ?? 0n}`;
}

function userOf(payload: Framed): bigint | undefined {
  if (payload.$case === 'sessionEvent') return payload.value.user?.userId;
  if (payload.$case === 'receiveInfo') return payload.value.sender?.userId ?? payload.value.receivers?.[0]?.userIds?.[0];
  return payload.value.sender?.userId;
}
