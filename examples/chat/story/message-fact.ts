import type { Content, SendInfo, UserInfo } from '@im/protocol';
import { toJSON } from '@im/protocol/json';
import type { JsonContent } from './conversation.js';
import type { Directory } from './directory.js';
import { facts } from './facts.js';
import type { MessageIds } from './message-ids.js';

/** The entry in the ledger for a message that a device shows. */
export function messageFact(device: string, data: SendInfo['data'], directory: Directory, ids: MessageIds): string {
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
    default:
      return `${device} shows ${data?.$case}, which nobody expects`;
  }
}

/** A content as in the file: ProtoJSON, without the fields that the platform sets. */
function asWritten(content: Content, ids: MessageIds): JsonContent {
  const { messageId, clientMessageId, body, quote } = content;
  if (body?.$case === 'call') return { call: { callId: body.value.callId, answered: body.value.answered } } as never;
  ids.note(clientMessageId, messageId);
  const { messageId: _id, sentAtMs: _time, seq: _seq, hints: _hints, ...written } = toJSON('Content', content);
  if (quote !== undefined) written.quote = { messageId: String(quote.messageId), preview: quote.preview };
  if (body?.$case === 'edit') delete (written.edit as { revision?: number }).revision;
  return ids.unresolve({ clientMessageId, ...written });
}
