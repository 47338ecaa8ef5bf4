// `data` of a private, group or system message -> the data of a command.
import { Command } from '../../generated/im/protocol/v1/command.js';
import { checkSendInfo } from '../../generated/im/protocol/v1/send_info.codec.js';
import { ordered } from '../codec/conversation-ref.js';
import { invalidMessage } from '../validate.js';
import { exceedsBytes } from '../wire/rules.js';
import { jsonAny } from './carried.js';
import { at, type JsonObject, writeJson } from './json.js';
import {
  conversationOf,
  type MessageCommand,
  type NativeData,
  type OldMessage,
  type ReadContext,
  readMessage,
  senderOf,
  wrap,
} from './old-message.js';
import type { LegacyProfile } from './profile.js';
import { readBody } from './read-body.js';
import { readCallAction } from './read-call.js';
import { readNotice } from './read-notice.js';
import { uint32Of } from './values.js';

/**
 * Reads `data` of a message. What has no counterpart becomes a custom body with the JSON.
 * @throws ProtocolError INVALID_MESSAGE for a message without a type, or whose sender, receiver or group is missing or invalid.
 */
export function readData(command: MessageCommand, json: JsonObject, profile: LegacyProfile, context: ReadContext): NativeData {
  const message = readMessage(command, json, profile, context);
  const native = readNative(message);
  if (native !== undefined && checkSendInfo({ cmd: native.cmd, data: native.data }) === undefined) return native;
  return readCustom(message);
}

/** The message with a custom body, for what the fields of this protocol do not represent. */
export function readCustom(message: OldMessage): NativeData {
  const { command, json, profile } = message;
  const fallback = truncated(message.content);
  const custom = wrap(message, { body: { $case: 'custom', value: jsonAny(writeJson(json), profile, command) }, fallback }, false);
  const issues = checkSendInfo({ cmd: custom.cmd, data: custom.data });
  if (issues !== undefined) throw invalidMessage(issues, 'SendInfo');
  return custom;
}

function readNative(message: OldMessage): NativeData | undefined {
  const { type, content, json, profile, id } = message;
  const special = readNotice(message) ?? readReceipts(message) ?? readCall(message);
  if (special !== undefined) return special;
  const value = at(json, profile.keys.message.content);
  const isText = value === undefined || value === null || typeof value === 'string';
  if (!isText && type !== 'RECALL') return undefined;
  const body = readBody(type, content, id, profile);
  return body === undefined ? undefined : wrap(message, body, type === 'TIP_TEXT');
}

/** Receipts of a group message, for its sender: how many have read it. */
function readReceipts({ type, id, groupId, json, profile }: OldMessage): NativeData | undefined {
  if (type !== 'RECEIPT' || groupId === undefined) return undefined;
  const { readedCount, receiptOk } = profile.keys.message;
  const item = { messageId: id, read: uint32Of(at(json, readedCount)), complete: at(json, receiptOk) === true };
  const conversation = { kind: { $case: 'groupId', value: groupId } } as const;
  return { cmd: Command.RECEIPTS, data: { $case: 'receipts', value: { conversation, items: [item] } } };
}

function readCall(message: OldMessage): NativeData | undefined {
  const { type, content, context, sentAtMs } = message;
  const action = readCallAction(type, content);
  const sender = senderOf(message);
  if (action === undefined || sender === undefined) return undefined;
  const callId = context.callId ?? defaultCallId(message);
  const call = { callId, conversation: conversationOf(message), sender, step: context.step ?? 1, sentAtMs, action };
  return { cmd: Command.CALL, data: { $case: 'call', value: call } };
}

/** The older systems have one call at a time in a conversation, without an id. */
function defaultCallId({ senderId = 0n, receiverId = 0n, groupId }: OldMessage): string {
  if (groupId !== undefined) return `legacy-${groupId}`;
  const [lower, higher] = ordered(senderId, receiverId);
  return `legacy-${lower}-${higher}`;
}

const FALLBACK_MAX_BYTES = 1024;

/** The start of a text, as a fallback. */
function truncated(text: string): string {
  if (!exceedsBytes(text, FALLBACK_MAX_BYTES)) return text;
  let end = Math.min(text.length, FALLBACK_MAX_BYTES);
  while (exceedsBytes(text.slice(0, end), FALLBACK_MAX_BYTES)) end -= Math.max(1, end >> 3);
  // Not between the halves of a surrogate pair.
  return (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? text.slice(0, end - 1) : text.slice(0, end);
}
