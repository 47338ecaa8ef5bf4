// READ of version 2 and the body ReadReceipt of version 1, each from the other.
import type { ReadPosition, ReadPositionInit } from '../../generated/models.js';
import { ProtocolError } from '../errors.js';
import { type ConversationData, isMessageData, type MessageData, messageTo } from './conversation-of.js';
import { groupRef, privateRef } from './ref.js';

/** The highest seq there can be: the platform cuts it to the last message. */
const WHOLE_CONVERSATION = 2n ** 63n - 1n;

/**
 * The position of a message of version 1 whose body is a ReadReceipt; undefined for any other message. The position is the
 * highest message id of the receipt. A receipt without ids is for the whole conversation: its up_to_seq is 9223372036854775807,
 * which the platform cuts to the last message (`resolveReadPosition`). The message itself is not stored and gets no seq.
 * @throws ProtocolError INVALID_MESSAGE for a message with ids below 1.
 */
export function readPositionOf(message: ConversationData): ReadPosition | undefined {
  if (message.$case !== 'privateMessage' && message.$case !== 'groupMessage') return undefined;
  const { sender, content } = message.value;
  if (content?.body?.$case !== 'read') return undefined;
  const { userId = 0n } = sender ?? {};
  const { upToMessageId = 0n, messageIds = [] } = content.body.value;
  const highest = messageIds.reduce((a, b) => (a > b ? a : b), upToMessageId);
  return {
    conversation:
      message.$case === 'groupMessage'
        ? groupRef(message.value.groupId ?? 0n)
        : privateRef(userId, message.value.receiverId ?? 0n),
    reader: { userId, terminal: sender?.terminal ?? 0 },
    upToSeq: highest === 0n ? WHOLE_CONVERSATION : 0n,
    upToMessageId: highest,
    readAtMs: content.sentAtMs ?? 0n,
    quietly: false,
    unreadCount: 0,
  };
}

/**
 * A position as a message for a connection of version 1: a private or group message of the reader whose body is a ReadReceipt.
 * Undefined for a conversation that version 1 does not know: a room, or an unknown kind.
 * @param position with up_to_message_id: the id of the last message up to up_to_seq. Version 1 has no seq.
 * @param messageId the id of the new message, unique in the system, 1 or more.
 * @throws ProtocolError INVALID_MESSAGE for a position without up_to_message_id, which version 1 would take for the whole
 * conversation; for a reader who is not in the private conversation; for a messageId below 1.
 */
export function readReceiptOf(position: ReadPositionInit, messageId: bigint): MessageData | undefined {
  const { conversation = {}, reader = {}, upToMessageId = 0n, readAtMs = 0n } = position;
  if (messageId < 1n) throw invalid('messageId', `expected 1 or more, got ${messageId}`);
  const body = { $case: 'read', value: { upToMessageId, messageIds: [] } } as const;
  const data = messageTo(conversation, reader, { messageId, sentAtMs: readAtMs, body })?.data;
  if (!isMessageData(data)) return undefined;
  if (upToMessageId < 1n) throw invalid('upToMessageId', `expected the id of a message, got ${upToMessageId}`);
  return data;
}

function invalid(path: string, text: string): ProtocolError {
  return new ProtocolError('INVALID_MESSAGE', `${path}: ${text}`, { path });
}
