// From the data of a message to its conversation and to the message group that keeps it in order on RocketMQ, and from a
// conversation to a message.
import {
  Command,
  type ContentInit,
  type ConversationRefInit,
  type SendInfoInit,
  type UserInfoInit,
} from '../../generated/models.js';
import { conversationRefOf, refText } from '../codec/conversation-ref.js';
import { ProtocolError } from '../errors.js';
import { peerOf, validRef } from './ref.js';

/** The `data` of a SendInfo; that of a ReceiveInfo, SendResult, Push or UplinkInfo has no other members. */
export type ConversationData = NonNullable<SendInfoInit['data']>;

/** The data of a message with content that is stored in a conversation. */
export type MessageData = Extract<ConversationData, { $case: 'privateMessage' | 'groupMessage' | 'systemMessage' }>;

/** @internal True for a private, group or system message. */
export function isMessageData(data: ConversationData | undefined): data is MessageData {
  return data?.$case === 'privateMessage' || data?.$case === 'groupMessage' || data?.$case === 'systemMessage';
}

/**
 * The conversation to which the data of a message belongs; undefined for what belongs to none, such as a SystemMessage without
 * `conversation`, LOGIN, or a command of an application. A ref that the data carries is returned as it is, of an unknown kind
 * too.
 * @throws ProtocolError INVALID_MESSAGE for a private or group message or a room with an id below 1.
 */
export function conversationOf(data: ConversationData | undefined): ConversationRefInit | undefined {
  const ref = conversationRefOf(data);
  // What the data carries as a ref is checked with the data.
  return ref === undefined || (data !== undefined && 'conversation' in data.value) ? ref : validRef(ref);
}

/**
 * A message to a conversation, as command and data: PRIVATE_MESSAGE to the other user, GROUP_MESSAGE or ROOM_MESSAGE. Undefined
 * for a kind that this release does not know.
 * @throws ProtocolError INVALID_MESSAGE for a sender who is not in the private conversation.
 */
export function messageTo(
  { kind }: ConversationRefInit,
  sender: UserInfoInit,
  content: ContentInit,
): { readonly cmd: Command; readonly data: ConversationData } | undefined {
  switch (kind?.$case) {
    case undefined:
      return undefined;
    case 'groupId':
      return { cmd: Command.GROUP_MESSAGE, data: { $case: 'groupMessage', value: { sender, groupId: kind.value, content } } };
    case 'roomId':
      return { cmd: Command.ROOM_MESSAGE, data: { $case: 'roomMessage', value: { sender, roomId: kind.value, content } } };
    case 'private': {
      const receiverId = peerOf({ kind }, sender.userId ?? 0n);
      if (receiverId !== undefined)
        return { cmd: Command.PRIVATE_MESSAGE, data: { $case: 'privateMessage', value: { sender, receiverId, content } } };
      throw new ProtocolError('INVALID_MESSAGE', 'sender: expected one of the two users of the conversation', { path: 'sender' });
    }
  }
}

/**
 * The message group of RocketMQ that keeps messages in order: `c_<call id>` for CALL, `s_<message id>` for CHUNK, else the key of
 * the conversation (`p_`, `g_`, `r_`), and `u_<user id>` where there is none or its kind is unknown. At most 63 bytes for data
 * that keeps the rules of the schema.
 * @param userId the user to whom data without a conversation belongs: the sender of an UplinkInfo, the receiver of a push.
 */
export function messageGroupOf(data: ConversationData | undefined, userId: bigint): string {
  return conversationGroup(data) ?? `u_${userId}`;
}

/**
 * @internal The message group of the call, the stream or the conversation; undefined without one. Accepts data that breaks rules,
 * which the check of the message reports.
 */
export function conversationGroup(data: ConversationData | undefined): string | undefined {
  if (data?.$case === 'call') return `c_${data.value.callId ?? ''}`;
  if (data?.$case === 'chunk') return `s_${data.value.messageId ?? 0n}`;
  const ref = conversationRefOf(data);
  return ref && refText(ref);
}
