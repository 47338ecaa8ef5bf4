// The outcome of a push: JSON <-> SendResult.
import { Command } from '../../generated/im/protocol/v1/command.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendResultInit } from '../../generated/im/protocol/v1/send_result.js';
import { readReceivers, readSender, receiverJson, userJson } from './body-values.js';
import { convertData, isMessageCommand } from './convert-data.js';
import { at, isObject, type JsonObject, put } from './json.js';
import type { MessageCommand } from './old-message.js';
import type { LegacyProfile } from './profile.js';
import type { Depth } from './receive-body.js';
import { integerOf } from './values.js';
import { dataOf, writeData } from './write-data.js';

/** @throws ProtocolError INVALID_MESSAGE @param command the command of the message, if the queue tells it. */
export function readSendResult(json: JsonObject, profile: LegacyProfile, depth: Depth, command?: number): SendResultInit {
  const keys = profile.keys.result;
  const list = at(json, keys.receivers);
  const single = at(json, keys.receiver);
  const receivers = Array.isArray(list)
    ? readReceivers(list, String(keys.receivers), profile)
    : isObject(single)
      ? readReceivers([single], String(keys.receiver), profile)
      : [];
  const code = profile.lookup.code.get(Number(integerOf(at(json, keys.code)) ?? -1)) ?? SendCode.UNKNOWN_ERROR;
  return { sender: readSender(at(json, keys.sender), profile), receivers, code, ...readEcho(json, profile, depth, command) };
}

/** The message that the result is about. A SendResult has private, group and system messages only. */
function readEcho(
  json: JsonObject,
  profile: LegacyProfile,
  depth: Depth,
  command: number | undefined,
): Pick<SendResultInit, 'cmd' | 'data' | 'messageId'> {
  const data = at(json, profile.keys.result.data);
  if (!isObject(data)) return { cmd: command ?? 0 };
  const own = isMessageCommand(command) ? command : commandOf(data, profile);
  if (depth === 'whole' || at(data, profile.keys.message.type) === undefined) return { cmd: own };
  const { terminal } = readSender(at(json, profile.keys.result.sender), profile) ?? {};
  const native = convertData(own, data, profile, { terminal }, depth === 'carried');
  const { $case, value } = native.data;
  if ($case !== 'privateMessage' && $case !== 'groupMessage' && $case !== 'systemMessage') return { cmd: native.cmd };
  return { cmd: native.cmd, messageId: value.content?.messageId, data: native.data as SendResultInit['data'] };
}

function commandOf(data: JsonObject, { keys: { message } }: LegacyProfile): MessageCommand {
  if (at(data, message.groupId) !== undefined) return Command.GROUP_MESSAGE;
  return at(data, message.recvId) === undefined ? Command.SYSTEM_MESSAGE : Command.PRIVATE_MESSAGE;
}

/** The bodies for a SendResult, without what it carries: one for each receiver of a private message, one for all of others. */
export function sendResultJson(result: SendResultInit, profile: LegacyProfile): JsonObject[] {
  const keys = profile.keys.result;
  const receivers = receiverJson(result.receivers ?? [], profile);
  const [data] = writeData(dataOf(result), profile, {});
  const isBatch = keys.receivers !== null && (data?.command ?? result.cmd) !== Command.PRIVATE_MESSAGE;
  const body = (key: string | null, value: JsonObject | JsonObject[] | undefined): JsonObject => {
    const json: JsonObject = {};
    put(json, keys.sender, result.sender && userJson(result.sender, profile));
    put(json, key, value);
    put(json, keys.code, codeJson(result.code ?? 0, profile));
    put(json, keys.data, data?.json);
    return json;
  };
  if (isBatch) return [body(keys.receivers, receivers)];
  return receivers.length === 0 ? [body(keys.receiver, undefined)] : receivers.map((receiver) => body(keys.receiver, receiver));
}

/** The older systems know few outcomes; the others are UNKNOWN_ERROR. */
function codeJson(code: number, { lookup }: LegacyProfile): number {
  return lookup.codeNumber.get(code) ?? lookup.codeNumber.get(SendCode.UNKNOWN_ERROR) ?? 0;
}
