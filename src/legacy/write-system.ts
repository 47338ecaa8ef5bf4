// SystemMessage -> a system message, or a tip or notice in a conversation.
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { ContentInit } from '../../generated/im/protocol/v1/content.js';
import type { NoticeInit } from '../../generated/im/protocol/v1/notice.js';
import { NoticeKind } from '../../generated/im/protocol/v1/notice.js';
import type { SystemMessageInit } from '../../generated/im/protocol/v1/system_message.js';
import { type JsonObject, writeJson } from './json.js';
import { messageJson, type OldData } from './message-json.js';
import { directionOf, eventJson, shownContent, type WriteContext } from './new-json.js';
import type { LegacyProfile } from './profile.js';
import { idJson } from './values.js';
import { text, writeBody } from './write-body.js';

/** Older clients show what the system says in a conversation as a tip. */
export function writeSystem(message: SystemMessageInit, profile: LegacyProfile, context: WriteContext): OldData[] {
  const { conversation } = message;
  const content = shownContent(message.content);
  const notice = content.body?.$case === 'notice' ? writeNotice(message, content.body.value, profile, context) : undefined;
  if (notice !== undefined) return [notice];
  const kind = conversation?.kind?.$case;
  if (kind !== 'groupId' && kind !== 'private') return outside(content, profile, context);
  const tip = tipOf(content, profile);
  if (tip === undefined) return [];
  const common = {
    ...tip,
    id: content.messageId,
    tmpId: content.clientMessageId || undefined,
    sentAtMs: content.sentAtMs,
    status: 0,
  };
  const name = content.hints?.senderName || undefined;
  if (conversation?.kind?.$case === 'groupId') {
    const values = { groupId: idJson(conversation.kind.value, profile), sendId: SYSTEM, sendNickName: name };
    return [messageJson(Command.GROUP_MESSAGE, { ...values, ...common, receipt: false, readedCount: 0 }, profile)];
  }
  const [from, to] = directionOf(conversation, undefined, context);
  return [
    messageJson(Command.PRIVATE_MESSAGE, { sendId: idJson(from, profile), recvId: idJson(to, profile), ...common }, profile),
  ];
}

/** The sender of what the system says in a group. */
const SYSTEM = 0;

/** Only a text: a picture would look as if a user had sent it. */
function tipOf(content: ContentInit, profile: LegacyProfile): ReturnType<typeof text> {
  const body = writeBody(content, profile);
  if (body === undefined) return text(content.fallback ?? '', 'TIP_TEXT');
  const isMerged = content.body?.$case === 'custom';
  const said = body.type === 'TEXT' ? (body.content ?? '') : (content.fallback ?? '');
  return isMerged ? { type: 'TIP_TEXT', content: said } : text(said, 'TIP_TEXT');
}

/** In no conversation. A system without a command for it gets a private message from nobody. */
function outside(content: ContentInit, profile: LegacyProfile, context: WriteContext): OldData[] {
  const body = writeBody(content, profile) ?? text(content.fallback ?? '');
  if (body === undefined) return [];
  const common = { ...body, id: content.messageId, sentAtMs: content.sentAtMs };
  if (profile.lookup.commandNumber.has(Command.SYSTEM_MESSAGE)) return [messageJson(Command.SYSTEM_MESSAGE, common, profile)];
  const values = { ...common, sendId: SYSTEM, recvId: idJson(context.receiverId, profile), status: 0 };
  return [messageJson(Command.PRIVATE_MESSAGE, values, profile)];
}

/** A notice that older clients have; undefined for others, whose fallback is a tip. */
function writeNotice(
  { conversation, content }: SystemMessageInit,
  { kind, actorId, userIds = [], text: name = '' }: NoticeInit,
  profile: LegacyProfile,
  context: WriteContext,
): OldData | undefined {
  const times = { messageId: content?.messageId, sentAtMs: content?.sentAtMs };
  const isGroup = conversation?.kind?.$case === 'groupId';
  switch (kind) {
    case NoticeKind.CONTACT_ADDED:
    case NoticeKind.CONTACT_REMOVED: {
      const friendId = userIds.find((id) => id !== context.receiverId);
      if (isGroup || friendId === undefined) return undefined;
      if (kind === NoticeKind.CONTACT_REMOVED) {
        return eventJson(conversation, friendId, { type: 'FRIEND_DELETED', content: undefined, ...times }, profile, context);
      }
      const json = named('nickName', friendId, name, profile);
      return eventJson(conversation, friendId, { type: 'FRIEND_NEW', content: json, ...times }, profile, context);
    }
    case NoticeKind.GROUP_CREATED:
    case NoticeKind.GROUP_DISSOLVED: {
      if (conversation?.kind?.$case !== 'groupId') return undefined;
      const isNew = kind === NoticeKind.GROUP_CREATED;
      const json = isNew ? named('name', conversation.kind.value, name, profile) : undefined;
      return eventJson(
        conversation,
        actorId || undefined,
        { type: isNew ? 'GROUP_NEW' : 'GROUP_DELETED', content: json, ...times },
        profile,
        context,
      );
    }
    case NoticeKind.MEMBERS_LEFT:
    case NoticeKind.MEMBERS_REMOVED: {
      // For the user who is no longer a member, the group is gone.
      const isGone = isGroup && context.receiverId !== undefined && userIds.includes(context.receiverId);
      if (!isGone) return undefined;
      return eventJson(
        conversation,
        actorId || undefined,
        { type: 'GROUP_DELETED', content: undefined, ...times },
        profile,
        context,
      );
    }
    default:
      return undefined;
  }
}

/** A friend or a group, as far as a notice describes them. */
function named(key: 'nickName' | 'name', id: bigint, name: string, profile: LegacyProfile): string {
  const json: JsonObject = { id: idJson(id, profile) ?? 0 };
  if (name !== '') json[key] = name;
  return writeJson(json);
}
