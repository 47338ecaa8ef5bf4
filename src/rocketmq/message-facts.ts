// Derives the RocketMQ attributes of the message in a body: kind of topic, tag, keys.

import { COMMANDS, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { ReceiveInfoInit } from '../../generated/im/protocol/v1/receive_info.js';
import { SessionEventKind } from '../../generated/im/protocol/v1/session_event.js';
import type { TopicMessageInit } from '../../generated/im/protocol/v1/topic_message.js';
import type { UplinkInfoInit } from '../../generated/im/protocol/v1/uplink_info.js';
import { commandName } from '../codec/command-name.js';
import type { TopicKind } from './topics.js';

/** The payload of a TopicMessage that is a frame. */
export type Framed = Exclude<NonNullable<TopicMessageInit['payload']>, { readonly $case: 'raw' }>;

/** The data of a payload that is a ReceiveInfo or UplinkInfo. */
export type FramedData = NonNullable<ReceiveInfoInit['data'] | UplinkInfoInit['data']>;

/** The payload if it is a frame. */
export function framedPayload({ payload }: TopicMessageInit): Framed | undefined {
  return payload === undefined || payload.$case === 'raw' ? undefined : payload;
}

/** The option `topic` of a command in the schema. Unknown commands go to the system topics; those of applications too, unless they choose a kind. */
export function kindOf(command: number): TopicKind {
  return COMMANDS[command]?.topic ?? 'system';
}

/** Whether an application chooses the kind of topic. */
export function isApplicationCommand(command: number): boolean {
  return command >= FIRST_APPLICATION_COMMAND;
}

const WITHOUT_RESULT: ReadonlySet<number> = new Set([Command.TYPING, Command.CHUNK, Command.ROOM_MESSAGE]);

/** "TYPING, CHUNK and ROOM_MESSAGE make none". */
export function hasResult(command: number): boolean {
  return !WITHOUT_RESULT.has(command);
}

/** Whether an IM server sends a SendResult for a ReceiveInfo: not with skip_result, everyone or reply_to, and not for TYPING, CHUNK and ROOM_MESSAGE. */
export function expectsResult({ cmd = 0, skipResult, everyone, replyTo = 0 }: ReceiveInfoInit): boolean {
  return !skipResult && !everyone && replyTo === 0 && hasResult(cmd);
}

/** The name of the command, or its decimal number from 1000 on; empty for a result without a command. For a SessionEvent, the name of its kind. */
export function tagOf(payload: Framed): string {
  if (payload.$case === 'sessionEvent') return sessionEventName(payload.value.kind ?? 0);
  const { cmd = 0 } = payload.value;
  return cmd === 0 ? '' : commandName(cmd);
}

const SESSION_EVENT_NAMES = new Map<number, string>(Object.entries(SessionEventKind).map(([name, number]) => [number, name]));

/** A kind that this release does not know is shown as its decimal number. */
function sessionEventName(kind: number): string {
  return SESSION_EVENT_NAMES.get(kind) ?? String(kind);
}

/** The message_id that the platform assigned; 0 = none. */
export function messageIdOf(payload: Framed): bigint {
  if (payload.$case === 'sendResult') return payload.value.messageId ?? 0n;
  const data = dataOf(payload);
  return (data?.$case === 'chunk' ? data.value.messageId : contentOf(data)?.messageId) ?? 0n;
}

/** "`message_id` and `client_message_id`, if they are set". */
export function keysOf(payload: Framed): string[] {
  const messageId = messageIdOf(payload);
  const clientMessageId = contentOf(dataOf(payload))?.clientMessageId ?? '';
  return [messageId === 0n ? '' : String(messageId), clientMessageId].filter((key) => key !== '');
}

/** The data of a ReceiveInfo or UplinkInfo; undefined for the others. */
export function dataOf(payload: Framed): FramedData | undefined {
  return payload.$case === 'receiveInfo' || payload.$case === 'uplinkInfo' ? payload.value.data : undefined;
}

/** The content of the data. */
export function contentOf(data: FramedData | undefined) {
  switch (data?.$case) {
    case 'privateMessage':
    case 'groupMessage':
    case 'systemMessage':
    case 'roomMessage':
      return data.value.content;
    default:
      return undefined;
  }
}
