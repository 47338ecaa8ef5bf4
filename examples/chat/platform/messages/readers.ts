// Whom a stored message is for. "Every stored message takes a seq, whoever may see it."
import type { UserInfo } from '@im/protocol';
import type { MessageData } from '@im/protocol/conversation';
import type { StoredMessage } from '../storage/storage.js';

type Addressed = Pick<StoredMessage, 'data' | 'senderId'>;

/** Whether a member of the conversation may see the message on one of their terminals at least. */
export function isReader({ data, senderId }: Addressed, userId: bigint): boolean {
  return userId === senderId || isAddressed(data, userId);
}

/** Whether a terminal of a reader gets the message. */
export function isForTerminal({ data, senderId }: Addressed, { userId, terminal }: UserInfo): boolean {
  if (data.$case === 'systemMessage') return isAddressed(data, userId);
  const { sender, skipSelf, receiverTerminals = [] } = data.value;
  if (userId === senderId) return terminal === sender?.terminal || !skipSelf;
  return isAddressed(data, userId) && (receiverTerminals.length === 0 || receiverTerminals.includes(terminal));
}

/** "A GroupMessage without receiver_ids is for all members": only they ask. */
function isAddressed(data: MessageData, userId: bigint): boolean {
  if (data.$case === 'privateMessage') return data.value.receiverId === userId;
  const { receiverIds = [] } = data.value;
  return receiverIds.length === 0 || receiverIds.includes(userId);
}
