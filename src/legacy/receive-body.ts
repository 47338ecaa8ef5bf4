// What the platform asks an IM server to push: JSON <-> ReceiveInfo.

import { Command } from '../../generated/im/protocol/v1/command.js';
import type { ReceiveInfoInit } from '../../generated/im/protocol/v1/receive_info.js';
import { ProtocolError } from '../errors.js';
import { LEGACY_COMMAND } from '../limits.js';
import { readReceiver, readReceivers, readSender, receiverJson, requireTerminal, userJson } from './body-values.js';
import { jsonAny, jsonMessageIn } from './carried.js';
import { convertData, isMessageCommand } from './convert-data.js';
import { at, invalidJson, isObject, isSame, type Json, type JsonObject, put, writeJson } from './json.js';
import type { LegacyProfile } from './profile.js';
import { audiencesOf } from './receive-audiences.js';
import { addressOf, idJson, integerOf, jsonIn, requireInteger, terminalJson, textOf } from './values.js';
import { frameJson } from './write-control.js';

/** How much of the data is read: all; only as JSON beside it; or nothing, for the whole. */
export type Depth = 'native' | 'carried' | 'whole';

/** @throws ProtocolError INVALID_MESSAGE */
export function readReceiveInfo(json: JsonObject, profile: LegacyProfile, depth: Depth): ReceiveInfoInit {
  const keys = profile.keys.receiveInfo;
  const list = at(json, keys.receivers);
  if (!Array.isArray(list)) throw invalidJson(String(keys.receivers), 'type', 'expected an array');
  const serviceName = textOf(at(json, keys.serviceName)) ?? '';
  return {
    sender: readSender(at(json, keys.sender), profile),
    receivers: readReceivers(list, String(keys.receivers), profile),
    skipResult: at(json, keys.sendResult) === false,
    serviceName: /^[\w-]{0,64}$/.test(serviceName) ? serviceName : '',
    ...readPushed(json, profile, depth),
  };
}

/** The command and its data. */
function readPushed(json: JsonObject, profile: LegacyProfile, depth: Depth): Pick<ReceiveInfoInit, 'cmd' | 'data'> {
  const keys = profile.keys.receiveInfo;
  const number = requireInteger(at(json, keys.cmd), String(keys.cmd));
  const command = profile.lookup.command.get(number);
  const data = at(json, keys.data);
  if (depth !== 'whole' && isMessageCommand(command) && isObject(data)) {
    const { terminal } = readSender(at(json, keys.sender), profile) ?? {};
    return convertData(command, data, profile, { terminal }, depth === 'carried') as Pick<ReceiveInfoInit, 'cmd' | 'data'>;
  }
  if (depth !== 'whole' && command === Command.FORCE_LOGOUT) {
    const [first] = at(json, keys.receivers) as Json[];
    const user = readReceiver(first, `${keys.receivers}[0]`, profile);
    return { cmd: command, data: { $case: 'forceLogout', value: { user, reason: textOf(data) ?? '' } } };
  }
  const frame: JsonObject = {};
  put(frame, profile.keys.frame.cmd, number);
  put(frame, profile.keys.frame.data, data);
  return { cmd: LEGACY_COMMAND, data: { $case: 'custom', value: jsonAny(writeJson(frame), profile) } };
}

/** A forced logout of the list that box-im has for them. @throws ProtocolError INVALID_MESSAGE */
export function readForceLogout(json: JsonObject, profile: LegacyProfile): ReceiveInfoInit {
  const keys = profile.keys.forceLogout;
  const userId = addressOf(at(json, keys.userId), String(keys.userId));
  if (userId === undefined) throw invalidJson(String(keys.userId), 'required', 'missing');
  const terminal = requireTerminal(at(json, keys.terminal), String(keys.terminal), profile);
  const value = at(json, keys.devId);
  const device = textOf(value) ?? integerOf(value)?.toString() ?? '';
  return {
    cmd: Command.FORCE_LOGOUT,
    receivers: [{ terminal, userIds: [userId] }],
    skipResult: true,
    data: { $case: 'forceLogout', value: { user: { userId, terminal }, deviceId: /^[!-~]{0,128}$/.test(device) ? device : '' } },
  };
}

/**
 * The bodies for a ReceiveInfo, without what it carries.
 * @throws ProtocolError LOSSY_DOWNGRADE for one to all users, to an audience or to one connection, and for a reply to a client.
 */
export function receiveInfoJson(info: ReceiveInfoInit, profile: LegacyProfile): JsonObject[] {
  refuseNewer(info);
  if (info.cmd === Command.FORCE_LOGOUT && info.data?.$case === 'forceLogout' && profile.keys.forceLogout.userId !== null) {
    const { deviceId } = info.data.value;
    return (info.receivers ?? []).flatMap(({ terminal = 0, userIds = [] }) =>
      [...userIds].map((userId) => forceLogoutJson(userId, terminal, deviceId, profile)),
    );
  }
  return audiencesOf(info, profile, pushedJson).map(({ receivers, pushed }) => {
    const keys = profile.keys.receiveInfo;
    const json: JsonObject = {};
    put(json, keys.cmd, pushed.number);
    put(json, keys.sender, info.sender && userJson(info.sender, profile));
    put(json, keys.receivers, receiverJson(receivers, profile));
    put(json, keys.sendResult, !info.skipResult);
    put(json, keys.serviceName, info.serviceName || undefined);
    put(json, keys.data, pushed.data);
    return json;
  });
}

function forceLogoutJson(userId: bigint, terminal: number, deviceId: string | undefined, profile: LegacyProfile): JsonObject {
  const keys = profile.keys.forceLogout;
  const json: JsonObject = {};
  put(json, keys.userId, idJson(userId, profile));
  put(json, keys.terminal, terminalJson(terminal, profile));
  put(json, keys.devId, deviceId || undefined);
  return json;
}

/** The older servers push to terminals of users only. */
function refuseNewer({ everyone, audience, connectionId, replyTo }: ReceiveInfoInit): void {
  const field = everyone ? 'everyone' : audience ? 'audience' : connectionId ? 'connectionId' : replyTo ? 'replyTo' : undefined;
  if (field === undefined) return;
  throw new ProtocolError('LOSSY_DOWNGRADE', `${field}: the older systems have no counterpart`, { path: field });
}

/** A command as number, and its data. */
export interface Pushed {
  readonly number: number;
  readonly data: Json | undefined;
}

function pushedJson(
  written: { command: number; json: JsonObject }[],
  { cmd: command, data }: ReceiveInfoInit,
  profile: LegacyProfile,
): Pushed[] {
  const { cmd, data: dataKey } = profile.keys.frame;
  if (command === Command.FORCE_LOGOUT && data?.$case === 'forceLogout') {
    const number = profile.lookup.commandNumber.get(Command.FORCE_LOGOUT);
    return number === undefined ? [] : [{ number, data: data.value.reason || profile.forceLogoutText }];
  }
  if (command === LEGACY_COMMAND && data?.$case === 'custom') {
    const frame = jsonIn(jsonMessageIn(data.value, profile)?.json ?? '');
    const number = isObject(frame) ? at(frame, cmd) : undefined;
    return isObject(frame) && typeof number === 'number' ? [{ number, data: at(frame, dataKey) }] : [];
  }
  return written.flatMap(({ command, json }) => {
    const frame = frameJson(command, json, profile);
    return frame === undefined ? [] : [{ number: at(frame, cmd) as number, data: json }];
  });
}

/** True for two lists with the same bodies. */
export function areSame(a: readonly JsonObject[], b: readonly JsonObject[]): boolean {
  return a.length === b.length && a.every((json, i) => isSame(json, b[i]));
}
