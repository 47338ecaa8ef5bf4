// The message groups of the FIFO topics: messages of a group are delivered in order.

import type { ConversationRefInit } from '../../generated/im/protocol/v1/conversation_ref.js';
import { dataOf, type Framed, type FramedData } from './message-facts.js';

/**
 * The message group that follows from the payload: `p_<lower id>_<higher id>`, `g_<group id>` or `r_<room id>` of the conversation, `c_<call id>`,
 * `s_<message id>` of a chunk, `u_<user id>` of a SessionEvent; undefined if the payload has none of these.
 */
export function conversationOf(payload: Framed): string | undefined {
  if (payload.$case === 'sendResult') return undefined;
  if (payload.$case === 'sessionEvent') return userGroup(payload.value.user?.userId);
  const data = dataOf(payload);
  return data && conversationOfData(data);
}

/** The message group on a FIFO topic: the conversation, else that of the user who sends, or is the first to receive. */
export function messageGroupOf(payload: Framed): string {
  return conversationOf(payload) ?? userGroup(userOf(payload));
}

function conversationOfData(data: FramedData): string | undefined {
  switch (data.$case) {
    case 'privateMessage':
      return pairGroup(data.value.sender?.userId, data.value.receiverId);
    case 'groupMessage':
      return `g_${data.value.groupId ?? 0n}`;
    case 'room':
    case 'roomMessage':
      return `r_${data.value.roomId ?? 0n}`;
    case 'call':
      return `c_${data.value.callId ?? ''}`;
    case 'chunk':
      return `s_${data.value.messageId ?? 0n}`;
    case 'systemMessage':
    case 'historyRequest':
    case 'streamControl':
    case 'read':
    case 'conversation':
    case 'typing':
    case 'receipts':
    case 'deleteForMe':
      return conversationOfRef(data.value.conversation);
    default:
      return undefined;
  }
}

function conversationOfRef(ref: ConversationRefInit | undefined): string | undefined {
  switch (ref?.kind?.$case) {
    case 'private':
      return pairGroup(ref.kind.value.lowerId, ref.kind.value.higherId);
    case 'groupId':
      return `g_${ref.kind.value}`;
    case 'roomId':
      return `r_${ref.kind.value}`;
    default:
      // Not set, or a kind of a later version.
      return undefined;
  }
}

function pairGroup(one = 0n, other = 0n): string {
  return one < other ? `p_${one}_${other}` : `p_${other}_${one}`;
}

function userGroup(userId = 0n): string {
  return `u_${userId}`;
}

function userOf(payload: Framed): bigint | undefined {
  if (payload.$case === 'sessionEvent') return payload.value.user?.userId;
  if (payload.$case === 'receiveInfo') return payload.value.sender?.userId ?? payload.value.receivers?.[0]?.userIds?.[0];
  return payload.value.sender?.userId;
}
