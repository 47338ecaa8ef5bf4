// A text of an older client or server -> a frame.

import { Command } from '../../generated/im/protocol/v1/command.js';
import { checkSendInfo, SendInfoTable } from '../../generated/im/protocol/v1/send_info.codec.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { UserInfoInit } from '../../generated/im/protocol/v1/user_info.js';
import { LEGACY_COMMAND, PROTOCOL_VERSION } from '../limits.js';
import { invalidMessage } from '../validate.js';
import { createMessage } from '../wire/create-message.js';
import { carry, jsonAny } from './carried.js';
import { convertData, isMessageCommand } from './convert-data.js';
import { at, invalidJson, isObject, isSame, type Json, type JsonObject, parseLegacyJson, writeJson } from './json.js';
import type { ReadContext } from './old-message.js';
import type { LegacyProfile } from './profile.js';
import { integerOf, requireInteger, textOf } from './values.js';
import { controlJson } from './write-control.js';

/** Options of `decodeLegacy`. All optional. */
export interface DecodeLegacyOptions {
  /** `sequence` of the message: of a request whose reply goes to the older client. Default: 0. */
  readonly sequence?: number | undefined;
  /** `reply_to` of the message, for a reply of an older server. Default: 0. */
  readonly replyTo?: number | undefined;
  /** The user of the connection. A forced logout and the reply to LOGIN do not name the user. Default: unknown. */
  readonly user?: UserInfoInit | undefined;
  /** Terminal of the sender, which JSON on a connection does not have. Default: SERVER, unknown. */
  readonly senderTerminal?: number | undefined;
  /** Id of the call, for a step of a call. Default: `legacy-` and the ids of the conversation. */
  readonly callId?: string | undefined;
  /** Number of the step in the call. Default: 1. */
  readonly step?: number | undefined;
  /** Maximum size of the text, in bytes of UTF-8. Default: `maxFrameBytes` of the profile. */
  readonly maxBytes?: number | undefined;
}

/** A frame with a SendInfo, as `decodeFrame` returns it. */
export interface LegacyFrame {
  readonly type: 'SendInfo';
  /** Version of this protocol. */
  readonly version: number;
  readonly flags: number;
  readonly message: SendInfo;
}

/**
 * Reads a text of an older JSON system. `encodeLegacy` of the result returns the same JSON: what this protocol does not represent travels in
 * the field 71620 of the message, or as a custom body or, for a whole frame, as the data of command 71620: `im.legacy.v1.JsonMessage`.
 * @throws ProtocolError FRAME_TOO_LARGE; INVALID_MESSAGE for JSON that is malformed or hostile, without a command, a LOGIN that is not that of
 * the profile, a message without a type or whose sender, receiver or group is missing or invalid.
 */
export function decodeLegacy(text: string, profile: LegacyProfile, options: DecodeLegacyOptions = {}): LegacyFrame {
  const frame = parseLegacyJson(text, options.maxBytes ?? profile.maxFrameBytes);
  if (!isObject(frame)) throw invalidJson('', 'type', 'expected a JSON object');
  const message = readFrame(frame, profile, options);
  return {
    type: 'SendInfo',
    version: PROTOCOL_VERSION,
    flags: 0,
    message: createMessage(SendInfoTable, message) as SendInfo,
  };
}

function readFrame(frame: JsonObject, profile: LegacyProfile, options: DecodeLegacyOptions): SendInfoInit {
  const keys = profile.keys.frame;
  const command = profile.lookup.command.get(requireInteger(at(frame, keys.cmd), String(keys.cmd)));
  const data = at(frame, keys.data);
  const { sequence = 0, replyTo = 0 } = options;
  if (isMessageCommand(command) && isObject(data)) {
    const context: ReadContext = { terminal: options.senderTerminal, callId: options.callId, step: options.step };
    const message = { sequence, replyTo, ...convertData(command, data, profile, context) };
    return withOtherKeys(message, frame, profile);
  }
  if (command === Command.LOGIN && data !== null && data !== undefined)
    return { sequence, replyTo, ...readLogin(frame, profile) };
  const native = readControl(command, data, options);
  if (native === undefined || checkSendInfo(native) !== undefined) return wholeFrame(frame, profile);
  const message: SendInfoInit = { sequence, replyTo, ...native };
  if (!isSame(controlJson(message, profile), frame)) carry(message, frame, profile);
  return message;
}

/** A frame without a counterpart. */
function wholeFrame(frame: JsonObject, profile: LegacyProfile): SendInfoInit {
  return { cmd: LEGACY_COMMAND, data: { $case: 'custom', value: jsonAny(writeJson(frame), profile) } };
}

/** Carries the keys beside `data`, unless there is only the number of the command. */
function withOtherKeys(message: SendInfoInit, frame: JsonObject, profile: LegacyProfile): SendInfoInit {
  const { cmd, data } = profile.keys.frame;
  const names = Object.keys(frame);
  if (names.length === 2 && typeof at(frame, cmd) === 'number') return message;
  const others: JsonObject = {};
  for (const name of names) if (name !== data) others[name] = frame[name];
  carry(message, others, profile);
  return message;
}

function readControl(
  command: number | undefined,
  data: Json | undefined,
  { user }: DecodeLegacyOptions,
): SendInfoInit | undefined {
  switch (command) {
    case Command.LOGIN:
      return user && { cmd: command, data: { $case: 'session', value: { userId: user.userId, terminal: user.terminal } } };
    case Command.HEARTBEAT:
      return { cmd: command, data: { $case: 'heartbeat', value: {} } };
    case Command.FORCE_LOGOUT:
      return user && { cmd: command, data: { $case: 'forceLogout', value: { user, reason: textOf(data) ?? '' } } };
    case Command.LOGOUT:
      return { cmd: command };
    default:
      return undefined;
  }
}

/**
 * LOGIN is strict, so that a client of another system is found out there: no key is unknown, and none is missing.
 * @throws ProtocolError INVALID_MESSAGE, without any part of the token.
 */
function readLogin(frame: JsonObject, profile: LegacyProfile): SendInfoInit {
  const { cmd, data } = profile.keys.frame;
  const { accessToken: tokenKey, devId } = profile.keys.login;
  const login = at(frame, data);
  if (!isObject(login)) throw invalidJson(String(data), 'type', 'expected an object');
  if (typeof at(frame, cmd) !== 'number') throw invalidJson(String(cmd), 'type', 'expected a number');
  refuseOtherKeys(frame, [cmd, data], '');
  refuseOtherKeys(login, [tokenKey, devId], `${data}.`);
  const accessToken = at(login, tokenKey);
  const path = `${data}.${tokenKey}`;
  if (accessToken === undefined) throw invalidJson(path, 'required', 'missing');
  if (typeof accessToken !== 'string') throw invalidJson(path, 'type', 'expected a string');
  const device = at(login, devId);
  const deviceId = textOf(device) ?? integerOf(device)?.toString() ?? '';
  if (device !== undefined && device !== null && deviceId === '' && device !== '') {
    throw invalidJson(`${data}.${devId}`, 'type', 'expected a string or an integer');
  }
  const message: SendInfoInit = { cmd: Command.LOGIN, data: { $case: 'login', value: { accessToken, deviceId } } };
  const issues = checkSendInfo(message);
  if (issues !== undefined) throw invalidMessage(issues, 'SendInfo');
  if (!isSame(controlJson(message, profile), frame))
    carry(message, device === undefined ? {} : { [String(devId)]: device }, profile);
  return message;
}

function refuseOtherKeys(object: JsonObject, known: readonly (string | null)[], prefix: string): void {
  const other = Object.keys(object).find((key) => !known.includes(key));
  if (other !== undefined) {
    throw invalidJson(prefix === '' ? '' : prefix.slice(0, -1), 'unknown_key', 'a LOGIN of this profile has no other keys');
  }
}
