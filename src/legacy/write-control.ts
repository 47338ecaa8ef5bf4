// LOGIN, HEARTBEAT, FORCE_LOGOUT and LOGOUT as JSON.
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { type Json, type JsonObject, put } from './json.js';
import type { LegacyProfile } from './profile.js';

/** The frame of a command; undefined for one that the system does not have. */
export function frameJson(command: number, data: Json, { keys, lookup }: LegacyProfile): JsonObject | undefined {
  const number = lookup.commandNumber.get(command);
  if (number === undefined) return undefined;
  const frame: JsonObject = {};
  put(frame, keys.frame.cmd, number);
  put(frame, keys.frame.data, data);
  return frame;
}

/** The frame of a command that carries no message; undefined for other commands. */
export function controlJson({ cmd, replyTo, data }: SendInfoInit, profile: LegacyProfile): JsonObject | undefined {
  switch (cmd) {
    case Command.LOGIN:
      return frameJson(cmd, data?.$case === 'login' ? loginJson(data.value, profile) : null, profile);
    case Command.HEARTBEAT:
      return frameJson(cmd, replyTo ? null : {}, profile);
    case Command.FORCE_LOGOUT: {
      const reason = data?.$case === 'forceLogout' ? data.value.reason : '';
      return frameJson(cmd, reason || profile.forceLogoutText, profile);
    }
    case Command.LOGOUT:
      return frameJson(cmd, null, profile);
    default:
      return undefined;
  }
}

function loginJson(
  { accessToken = '', deviceId }: { accessToken?: string | undefined; deviceId?: string | undefined },
  { keys }: LegacyProfile,
): JsonObject {
  const json: JsonObject = {};
  put(json, keys.login.accessToken, accessToken);
  put(json, keys.login.devId, deviceId || undefined);
  return json;
}
