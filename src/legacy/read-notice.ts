// Notices: types 80 to 92 -> Notice in a system message, or the state of a conversation.
import { Command } from '../../generated/im/protocol/v1/command.js';
import { NoticeKind } from '../../generated/im/protocol/v1/notice.js';
import { conversationOf, type NativeData, type OldMessage, wrap } from './old-message.js';
import { objectIn, textOf } from './values.js';

/** "253402300799999 = for ever" */
export const MUTED_FOR_EVER = 253_402_300_799_999n;

/** The counterpart of a notice; undefined for other types. */
export function readNotice(message: OldMessage): NativeData | undefined {
  const { type, senderId, groupId, content } = message;
  switch (type) {
    case 'FRIEND_NEW':
    case 'FRIEND_DELETED': {
      if (senderId === undefined) return undefined;
      const kind = type === 'FRIEND_NEW' ? NoticeKind.CONTACT_ADDED : NoticeKind.CONTACT_REMOVED;
      return notice(message, { kind, userIds: [senderId], text: textOf(objectIn(content)?.nickName) ?? '' });
    }
    case 'GROUP_NEW':
    case 'GROUP_DELETED': {
      if (groupId === undefined) return undefined;
      const kind = type === 'GROUP_NEW' ? NoticeKind.GROUP_CREATED : NoticeKind.GROUP_DISSOLVED;
      return notice(message, { kind, actorId: senderId, text: textOf(objectIn(content)?.name) ?? '' });
    }
    case 'FRIEND_MUTED':
    case 'GROUP_MUTED':
      return readMuted(message);
    default:
      return undefined;
  }
}

function notice(
  message: OldMessage,
  value: { kind: number; userIds?: bigint[]; actorId?: bigint | undefined; text: string },
): NativeData {
  return wrap(message, { body: { $case: 'notice', value } }, true);
}

function readMuted(message: OldMessage): NativeData | undefined {
  const conversation = conversationOf(message);
  const { content } = message;
  if (conversation === undefined || (content !== 'true' && content !== 'false')) return undefined;
  const mutedUntilMs = content === 'true' ? MUTED_FOR_EVER : 0n;
  return { cmd: Command.CONVERSATION, data: { $case: 'conversation', value: { conversation, mutedUntilMs } } };
}
