import type { Content, SendInfo, UserInfo } from '@im/protocol';
import { toJSON } from '@im/protocol/json';
import type { JsonContent } from './conversation.js';
import type { Directory } from './directory.js';
import { facts } from './facts.js';
import type { MessageIds } from './message-ids.js';

/** The entry in the ledger for a push to a device. */
export function pushFact(device: string, { cmd, data }: SendInfo, directory: Directory, ids: MessageIds): string {
  const delivered = (sender: UserInfo | undefined, to: string, content: Content): string => {
    const from = sender === undefined ? 'the platform' : directory.place(sender);
    return facts.delivered(device, from, to, asWritten(content, ids));
  };
  switch (data?.$case) {
    case 'privateMessage':
      return delivered(data.value.sender, directory.userName(data.value.receiverId), data.value.content!);
    case 'groupMessage':
      return delivered(data.value.sender, directory.groupName(data.value.groupId), data.value.content!);
    case 'systemMessage':
      return delivered(undefined, 'everyone', data.value.content!);
    case 'forceLogout':
      return facts.forcedOut(device);
    default:
      return `${device} gets command ${cmd}, which nobody expects`;
  }
}

/** A content as in the file: ProtoJSON, without the fields that the platform sets. */
function asWritten(content: Content, ids: MessageIds): JsonContent {
  ids.note(content.clientMessageId, content.messageId);
  const { messageId: _id, sentAtMs: _time, ...written } = toJSON('Content', content);
  return ids.unresolve({ clientMessageId: content.clientMessageId, ...written });
}
