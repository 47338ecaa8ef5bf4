// From the data of a message to its conversation, and to the message group that keeps it in order on RocketMQ.
import type { ConversationRefInit, SendInfoInit } from '../../generated/models.js';
import { groupRef, pairText, privateRef, refText, roomRef } from './ref.js';

/** The `data` of a SendInfo; that of a ReceiveInfo, SendResult, Push or UplinkInfo has no other members. */
export type ConversationData = NonNullable<SendInfoInit['data']>;

/** The data of a message with content that is stored in a conversation. */
export type MessageData = Extract<ConversationData, { $case: 'privateMessage' | 'groupMessage' | 'systemMessage' }>;

/** @internal True for a private, group or system message. */
export function isMessageData(data: ConversationData | undefined): data is MessageData {
  return data?.$case === 'privateMessage' || data?.$case === 'groupMessage' || data?.$case === 'systemMessage';
}

/**
 * The conversation to which the data of a message belongs; undefined for what belongs to none, such as a SystemMessage without `conversation`,
 * LOGIN, or a command of an application. A ref that the data carries is returned as it is, of an unknown kind too.
 * @throws ProtocolError INVALID_MESSAGE for a private or group message or a room with an id below 1.
 */
export function conversationOf(data: ConversationData | undefined): ConversationRefInit | undefined {
  if (data === undefined) return undefined;
  switch (data.$case) {
    case 'privateMessage':
      return privateRef(data.value.sender?.userId ?? 0n, data.value.receiverId ?? 0n);
    case 'groupMessage':
      return groupRef(data.value.groupId ?? 0n);
    case 'room':
    case 'roomMessage':
      return roomRef(data.value.roomId ?? 0n);
    default:
      return 'conversation' in data.value ? data.value.conversation : undefined;
  }
}

/**
 * The message group of RocketMQ that keeps messages in order: `c_<call id>` for CALL, `s_<message id>` for CHUNK, else the key of the conversation
 * (`p_`, `g_`, `r_`), and `u_<user id>` where there is none or its kind is unknown. At most 63 bytes for data that keeps the rules of the schema.
 * @param userId the user to whom data without a conversation belongs: the sender of an UplinkInfo, the receiver of a push.
 */
export function messageGroupOf(data: ConversationData | undefined, userId: bigint): string {
  return conversationGroup(data) ?? `u_${userId}`;
}

/** @internal The message group of data that has one by itself. It takes data that breaks rules: the check of the message reports them. */
export function conversationGroup(data: ConversationData | undefined): string | undefined {
  if (data === undefined) return undefined;
  switch (data.$case) {
    case 'privateMessage':
      return pairText(data.value.sender?.userId ?? 0n, data.value.receiverId ?? 0n);
    case 'groupMessage':
      return `g_${data.value.groupId ?? 0n}`;
    case 'room':
    case 'roomMessage':
      return `r_${data.value.roomId ?? 0n}`;
    case 'call':
      return `c_${data.value.callId ?? ''}`;
    case 'chunk':
      return `s_${data.value.messageId ?? 0n}`;
    default:
      return 'conversation' in data.value && data.value.conversation ? refText(data.value.conversation) : undefined;
  }
}
