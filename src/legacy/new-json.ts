// The JSON of private and group messages, with the keys that box-im writes for each type.
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { ContentInit } from '../../generated/im/protocol/v1/content.js';
import type { ConversationRefInit } from '../../generated/im/protocol/v1/conversation_ref.js';
import type { GroupMessageInit } from '../../generated/im/protocol/v1/group_message.js';
import type { UserInfoInit } from '../../generated/im/protocol/v1/user_info.js';
import type { LegacyContentType } from './content-types.js';
import type { Json } from './json.js';
import { messageJson, type OldData } from './message-json.js';
import type { LegacyProfile } from './profile.js';
import { idJson } from './values.js';
import { type OldBody, text, writeBody } from './write-body.js';

/** Who gets the JSON. */
export interface WriteContext {
  /** The user. Default: unknown, the other user of a private conversation. */
  readonly receiverId?: bigint | undefined;
}

/** A message between two users; none for a body that older clients are not sent. */
export function privateJson(
  content: ContentInit | undefined,
  sender: UserInfoInit | undefined,
  receiverId: bigint | undefined,
  profile: LegacyProfile,
  context: WriteContext,
): OldData[] {
  const shown = shownContent(content);
  const { messageId: id, sentAtMs } = shown;
  const [sendId, recvId] = [idJson(sender?.userId, profile), idJson(receiverId, profile)];
  if (shown.body?.$case === 'read') {
    const type = context.receiverId !== undefined && context.receiverId === sender?.userId ? 'READ' : 'RECEIPT';
    return [messageJson(Command.PRIVATE_MESSAGE, { id, sendId, recvId, type, sentAtMs }, profile)];
  }
  const body = bodyOf(shown, profile);
  if (body === undefined) return [];
  const { type, content: text } = body;
  const tmpId = tmpIdOf(shown, sender);
  return [messageJson(Command.PRIVATE_MESSAGE, { id, tmpId, sendId, recvId, content: text, type, status: 0, sentAtMs }, profile)];
}

/** A message to a group. */
export function groupJson(
  { sender, groupId, mentionedIds = [], mentionEveryone, content }: GroupMessageInit,
  profile: LegacyProfile,
  context: WriteContext,
): OldData[] {
  const shown = shownContent(content);
  const { messageId, sentAtMs } = shown;
  const [sendId, toGroup] = [idJson(sender?.userId, profile), idJson(groupId, profile)];
  if (shown.body?.$case === 'read') {
    // The others get how many have read a message, as RECEIPTS.
    if (context.receiverId !== undefined && context.receiverId !== sender?.userId) return [];
    const read = { id: messageId, sendId, groupId: toGroup, type: 'READ', readedCount: 0, sentAtMs } as const;
    return [messageJson(Command.GROUP_MESSAGE, read, profile)];
  }
  const body = bodyOf(shown, profile);
  if (body === undefined) return [];
  const mentions: Json[] = [...mentionedIds].map((id) => idJson(id, profile) ?? 0);
  if (mentionEveryone) mentions.push(profile.ids === 'string' ? '-1' : -1);
  // One literal: copies of parts took a third of the time to write a message.
  const values = {
    id: messageId,
    tmpId: tmpIdOf(shown, sender),
    sendId,
    groupId: toGroup,
    sendNickName: shown.hints?.senderName || undefined,
    content: body.content,
    type: body.type,
    receipt: shown.hints?.receiptWanted ?? false,
    readedCount: 0,
    atUserIds: mentions.length === 0 ? undefined : mentions,
    status: 0,
    sentAtMs,
  };
  return [messageJson(Command.GROUP_MESSAGE, values, profile)];
}

/** A notice, a step of a call or a receipt: not a message of its own. */
interface Event {
  readonly type: LegacyContentType;
  readonly content: string | undefined;
  readonly messageId?: bigint | undefined;
  readonly sentAtMs?: bigint | undefined;
  readonly read?: number;
  readonly complete?: boolean;
}

/** An event in a conversation. @param senderId the user who sends it; undefined in a group: nobody. */
export function eventJson(
  conversation: ConversationRefInit | undefined,
  senderId: bigint | undefined,
  { type, content, messageId, sentAtMs, read, complete }: Event,
  profile: LegacyProfile,
  context: WriteContext,
): OldData {
  const common = { type, content, id: messageId, sentAtMs, receiptOk: complete || undefined };
  const kind = conversation?.kind;
  if (kind?.$case === 'groupId') {
    const users = { groupId: idJson(kind.value, profile), sendId: idJson(senderId, profile) };
    return messageJson(
      Command.GROUP_MESSAGE,
      { ...users, ...common, readedCount: read ?? (isCounted(type) ? 0 : undefined) },
      profile,
    );
  }
  const [from, to] = directionOf(conversation, senderId, context);
  const users = { sendId: idJson(from, profile), recvId: idJson(to, profile) };
  return messageJson(Command.PRIVATE_MESSAGE, { ...users, ...common }, profile);
}

/** box-im leaves `readedCount` out of notices. */
function isCounted(type: LegacyContentType): boolean {
  return type === 'READ' || type.startsWith('RTC_');
}

/** From whom a message in a conversation of two users comes, and to whom it goes. */
export function directionOf(
  conversation: ConversationRefInit | undefined,
  senderId: bigint | undefined,
  { receiverId }: WriteContext,
): [from: bigint | undefined, to: bigint | undefined] {
  if (conversation?.kind?.$case !== 'private') return [senderId, receiverId];
  const { lowerId = 0n, higherId = 0n } = conversation.kind.value;
  const otherThan = (id: bigint): bigint => (id === lowerId ? higherId : lowerId);
  if (senderId !== undefined) return [senderId, otherThan(senderId)];
  return receiverId === undefined ? [lowerId, higherId] : [otherThan(receiverId), receiverId];
}

/** An edit is the message again, with the same id and its new content: older clients overwrite the one that they have. */
export function shownContent(content: ContentInit = {}): ContentInit {
  if (content.body?.$case !== 'edit') return content;
  const { messageId, content: edited } = content.body.value;
  return { ...edited, messageId, sentAtMs: edited?.sentAtMs || content.sentAtMs };
}

function bodyOf(content: ContentInit, profile: LegacyProfile): OldBody | undefined {
  if (content.body?.$case === 'notice') return text(content.fallback ?? '', 'TIP_TEXT');
  return writeBody(content, profile);
}

/** Without the terminal that was put before it. */
function tmpIdOf({ clientMessageId = '' }: ContentInit, sender: UserInfoInit | undefined): string | undefined {
  const prefix = `t${sender?.terminal}.`;
  return (clientMessageId.startsWith(prefix) ? clientMessageId.slice(prefix.length) : clientMessageId) || undefined;
}
