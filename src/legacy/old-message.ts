// `data` of a private, group or system message: what all types have, and the message of this protocol around a body.
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { ContentInit } from '../../generated/im/protocol/v1/content.js';
import type { ConversationRefInit } from '../../generated/im/protocol/v1/conversation_ref.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import type { UserInfoInit } from '../../generated/im/protocol/v1/user_info.js';
import { ordered } from '../codec/conversation-ref.js';
import { exceedsBytes } from '../wire/rules.js';
import type { LegacyContentType } from './content-types.js';
import { at, invalidJson, type Json, type JsonObject } from './json.js';
import type { LegacyProfile } from './profile.js';
import type { Body } from './read-body.js';
import { addressOf, idOf, integerOf, requireInteger, textOf, timeOf } from './values.js';

/** Data and its command. */
export interface NativeData {
  readonly cmd: number;
  readonly data: NonNullable<SendInfoInit['data']>;
}

/** A command of messages. */
export type MessageCommand = typeof Command.PRIVATE_MESSAGE | typeof Command.GROUP_MESSAGE | typeof Command.SYSTEM_MESSAGE;

/** What the JSON of a message does not say. */
export interface ReadContext {
  /** Terminal of the sender. Default: SERVER, unknown. */
  readonly terminal?: number | undefined;
  /** Id of the call. Default: made of the ids of the conversation. */
  readonly callId?: string | undefined;
  /** Number of the step in the call. Default: 1. */
  readonly step?: number | undefined;
}

/** The JSON of a message, with what all types have. */
export interface OldMessage {
  readonly json: JsonObject;
  readonly profile: LegacyProfile;
  readonly context: ReadContext;
  readonly command: MessageCommand;
  readonly type: LegacyContentType | undefined;
  readonly id: bigint;
  readonly content: string;
  readonly sentAtMs: bigint;
  /** Undefined: the system. */
  readonly senderId: bigint | undefined;
  readonly receiverId: bigint | undefined;
  readonly groupId: bigint | undefined;
}

/**
 * Reads what all types have.
 * @throws ProtocolError INVALID_MESSAGE for a message without a type, or whose sender, receiver or group is missing or invalid.
 */
export function readMessage(command: MessageCommand, json: JsonObject, profile: LegacyProfile, context: ReadContext): OldMessage {
  const keys = profile.keys.message;
  const senderId = command === Command.SYSTEM_MESSAGE ? undefined : addressOf(at(json, keys.sendId), path(profile, keys.sendId));
  const receiverId =
    command === Command.PRIVATE_MESSAGE ? addressOf(at(json, keys.recvId), path(profile, keys.recvId)) : undefined;
  const groupId = command === Command.GROUP_MESSAGE ? addressOf(at(json, keys.groupId), path(profile, keys.groupId)) : undefined;
  if (command === Command.GROUP_MESSAGE && groupId === undefined) throw missing(profile, keys.groupId);
  if (command === Command.PRIVATE_MESSAGE && receiverId === undefined) throw missing(profile, keys.recvId);
  return {
    json,
    profile,
    context,
    command,
    type: profile.lookup.type.get(requireInteger(at(json, keys.type), path(profile, keys.type))),
    id: idOf(at(json, keys.id)) ?? 0n,
    content: contentOf(at(json, keys.content)),
    sentAtMs: timeOf(at(json, keys.sendTime)),
    senderId,
    receiverId,
    groupId,
  };
}

/** The id of a recalled message may be a number. */
function contentOf(value: Json | undefined): string {
  return textOf(value) ?? integerOf(value)?.toString() ?? '';
}

function missing(profile: LegacyProfile, key: string | null): Error {
  return invalidJson(path(profile, key), 'required', 'missing');
}

function path({ keys }: LegacyProfile, key: string | null): string {
  return `${keys.frame.data}.${key}`;
}

/** The sender with their terminal; undefined: the system. */
export function senderOf({ senderId, context }: OldMessage): UserInfoInit | undefined {
  return senderId === undefined ? undefined : { userId: senderId, terminal: context.terminal ?? Terminal.SERVER };
}

/** The conversation of a message; undefined for one that is in none. */
export function conversationOf({ senderId, receiverId, groupId }: OldMessage): ConversationRefInit | undefined {
  if (groupId !== undefined) return { kind: { $case: 'groupId', value: groupId } };
  if (senderId === undefined || receiverId === undefined) return undefined;
  const [lowerId, higherId] = ordered(senderId, receiverId);
  return { kind: { $case: 'private', value: { lowerId, higherId } } };
}

/** The message around a body. @param isTip the system speaks, whoever is named as the sender. */
export function wrap(message: OldMessage, body: Body, isTip: boolean): NativeData {
  const { receiverId, groupId } = message;
  const sender = isTip ? undefined : senderOf(message);
  const isCustom = body.body?.$case === 'custom';
  const content: ContentInit = {
    messageId: message.id,
    clientMessageId: clientIdOf(message, sender),
    sentAtMs: message.sentAtMs,
    hints: isCustom ? undefined : hintsOf(message),
    ...body,
  };
  if (sender === undefined) {
    const value = { content, conversation: conversationOf(message) };
    return { cmd: Command.SYSTEM_MESSAGE, data: { $case: 'systemMessage', value } };
  }
  if (groupId === undefined) {
    return { cmd: Command.PRIVATE_MESSAGE, data: { $case: 'privateMessage', value: { sender, receiverId, content } } };
  }
  const mentions = isCustom ? undefined : mentionsOf(message);
  return { cmd: Command.GROUP_MESSAGE, data: { $case: 'groupMessage', value: { sender, groupId, ...mentions, content } } };
}

/** `atUserIds`: -1 is everybody. */
function mentionsOf({ json, profile }: OldMessage): { mentionedIds: bigint[]; mentionEveryone: boolean } | undefined {
  const list = at(json, profile.keys.message.atUserIds);
  if (!Array.isArray(list)) return undefined;
  const mentionEveryone = list.some((item: Json) => item === -1 || item === '-1');
  return { mentionedIds: list.flatMap((item: Json) => idOf(item) ?? []), mentionEveryone };
}

const SENDER_NAME_MAX_BYTES = 255;

function hintsOf({ json, profile }: OldMessage): ContentInit['hints'] {
  const { receipt, sendNickName } = profile.keys.message;
  const receiptWanted = at(json, receipt) === true;
  const name = textOf(at(json, sendNickName)) ?? '';
  const senderName = exceedsBytes(name, SENDER_NAME_MAX_BYTES) ? '' : name;
  return receiptWanted || senderName !== '' ? { receiptWanted, senderName } : undefined;
}

const CLIENT_ID = /^[!-~]{1,60}$/;

/** `tmpId` is unique on a device only: the terminal of the sender is put before it where the message has a known one. */
function clientIdOf({ json, profile }: OldMessage, sender: UserInfoInit | undefined): string {
  const id = textOf(at(json, profile.keys.message.tmpId)) ?? '';
  if (!CLIENT_ID.test(id)) return '';
  return sender === undefined || sender.terminal === Terminal.SERVER ? id : `t${sender.terminal}.${id}`;
}
