// A frame -> texts for older clients.

import { Command } from '../../generated/im/protocol/v1/command.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { ProtocolError } from '../errors.js';
import { setKey } from '../json/json-options.js';
import { LEGACY_COMMAND } from '../limits.js';
import { hasOwn } from '../wire/older-engines.js';
import { carriedBy, jsonMessageIn } from './carried.js';
import { decodeLegacy } from './decode-legacy.js';
import { at, type JsonObject, put, writeJson } from './json.js';
import type { LegacyProfile } from './profile.js';
import { integerOf, textOf } from './values.js';
import { controlJson, frameJson } from './write-control.js';
import { dataOf, writeData } from './write-data.js';

/** A frame to encode: the result of `decodeFrame` or `decodeLegacy`, or `{ type: 'SendInfo', message }`. */
export interface LegacyFrameInit {
  readonly type: string;
  readonly message: object;
}

/** Options of `encodeLegacy`. All optional. */
export interface EncodeLegacyOptions {
  /**
   * The user to whom the text goes. An older client tells by the type what was read: its own user's other terminal, or the other user; and
   * the receiver of a system message in a private conversation is not part of the message. Default: unknown.
   */
  readonly receiverId?: bigint | undefined;
}

/**
 * Writes a frame as the text that older clients get; undefined if they get nothing: for an open stream, a reaction, typing, presence and all else
 * that the older systems do not have. `encodeLegacyAll` also writes frames that become several texts.
 * @throws ProtocolError UNSUPPORTED_TYPE for a frame without a SendInfo, LOSSY_DOWNGRADE for one that becomes several texts.
 */
export function encodeLegacy(
  frame: LegacyFrameInit,
  profile: LegacyProfile,
  options: EncodeLegacyOptions = {},
): string | undefined {
  const texts = encodeLegacyAll(frame, profile, options);
  if (texts.length <= 1) return texts[0];
  const message = `got a frame that becomes ${texts.length} texts, limit 1: use encodeLegacyAll`;
  throw new ProtocolError('LOSSY_DOWNGRADE', message, { path: 'data', limit: 1, actual: texts.length });
}

/**
 * Writes a frame as the texts that older clients get: one for most; none for what the older systems do not have; several for RECEIPTS of several
 * messages and for several ICE candidates.
 * @throws ProtocolError UNSUPPORTED_TYPE for a frame without a SendInfo.
 */
export function encodeLegacyAll(frame: LegacyFrameInit, profile: LegacyProfile, options: EncodeLegacyOptions = {}): string[] {
  if (frame.type !== 'SendInfo')
    throw new ProtocolError('UNSUPPORTED_TYPE', `expected a frame with a SendInfo, got ${frame.type}`);
  const message: SendInfoInit = frame.message;
  if (message.cmd === LEGACY_COMMAND) return wholeFrame(message, profile);
  const control = controlJson(message, profile);
  if (control !== undefined) return [writeJson(withCarried(control, message, profile))];
  const others = carriedBy(message, profile)?.json ?? {};
  return writeData(dataOf(message), profile, options).flatMap(({ command, json }) => {
    const written = frameJson(command, json, profile);
    return written === undefined ? [] : [writeJson(beside(written, others, profile))];
  });
}

/** The JSON in a frame of LEGACY_COMMAND. Anybody may write such a frame, so it counts only if it is read as one. */
function wholeFrame({ data }: SendInfoInit, profile: LegacyProfile): string[] {
  if (data?.$case !== 'custom') return [];
  const json = jsonMessageIn(data.value, profile)?.json;
  if (json === undefined) return [];
  try {
    return decodeLegacy(json, profile, { maxBytes: json.length * 3 }).message.cmd === LEGACY_COMMAND ? [json] : [];
  } catch {
    return [];
  }
}

/** Adds the other keys of a frame. The number of its command may be a text. */
function beside(frame: JsonObject, others: JsonObject, profile: LegacyProfile): JsonObject {
  const { cmd } = profile.keys.frame;
  for (const key of Object.keys(others)) {
    const isAllowed = key === cmd ? integerOf(others[key]) === integerOf(frame[key]) : !hasOwn(frame, key);
    if (isAllowed) setKey(frame, key, others[key]);
  }
  return frame;
}

/** What a command without a message carries: its whole frame, or of a LOGIN the id of the device, which may be a number. */
function withCarried(frame: JsonObject, message: SendInfoInit, profile: LegacyProfile): JsonObject {
  const carried = carriedBy(message, profile)?.json;
  if (carried === undefined) return frame;
  const { data } = message;
  if (data?.$case === 'login') {
    const { accessToken, devId } = profile.keys.login;
    const login: JsonObject = {};
    put(login, accessToken, data.value.accessToken);
    const device = at(carried, devId);
    const isSameDevice = String(device ?? '') === (data.value.deviceId ?? '');
    put(login, devId, isSameDevice ? device : data.value.deviceId);
    return frameJson(Command.LOGIN, login, profile) ?? frame;
  }
  return isFrameOf(message, carried, profile) ? carried : frame;
}

/** True if a message was read from the frame that it carries: of all that it says, the reason of a forced logout may have changed. */
function isFrameOf({ cmd = 0, data }: SendInfoInit, carried: JsonObject, { keys: { frame }, lookup }: LegacyProfile): boolean {
  if (integerOf(at(carried, frame.cmd)) !== BigInt(lookup.commandNumber.get(cmd) ?? -1)) return false;
  if (data?.$case !== 'forceLogout') return true;
  return (textOf(at(carried, frame.data)) ?? '') === (data.value.reason ?? '');
}
