// Users, receivers and commands in bodies between services.
import type { ReceiversInit } from '../../generated/im/protocol/v1/receivers.js';
import { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import type { UserInfoInit } from '../../generated/im/protocol/v1/user_info.js';
import { at, invalidJson, isObject, type Json, type JsonObject, put } from './json.js';
import type { LegacyProfile } from './profile.js';
import { addressOf, idJson, idOf, terminalJson, terminalOf } from './values.js';

/** A sender; undefined for the system, and for one whose id is no id. An unknown terminal is SERVER. */
export function readSender(value: Json | undefined, profile: LegacyProfile): UserInfoInit | undefined {
  if (!isObject(value)) return undefined;
  const { user } = profile.keys;
  const userId = idOf(at(value, user.id));
  return userId === undefined
    ? undefined
    : { userId, terminal: terminalOf(at(value, user.terminal), profile) || Terminal.SERVER };
}

export function userJson({ userId, terminal = 0 }: UserInfoInit, profile: LegacyProfile): JsonObject {
  const json: JsonObject = {};
  put(json, profile.keys.user.id, idJson(userId, profile));
  put(json, profile.keys.user.terminal, terminalJson(terminal, profile));
  return json;
}

/**
 * Receivers, by terminal.
 * @throws ProtocolError INVALID_MESSAGE for a receiver without an id or a terminal of the profile.
 */
export function readReceivers(list: readonly Json[], path: string, profile: LegacyProfile): ReceiversInit[] {
  const byTerminal = new Map<number, bigint[]>();
  for (const [i, item] of list.entries()) {
    const { userId, terminal } = readReceiver(item, `${path}[${i}]`, profile);
    const ids = byTerminal.get(terminal);
    if (ids === undefined) byTerminal.set(terminal, [userId]);
    else ids.push(userId);
  }
  return [...byTerminal].map(([terminal, userIds]) => ({ terminal, userIds }));
}

/** @throws ProtocolError INVALID_MESSAGE for a receiver without an id or a terminal of the profile. */
export function readReceiver(
  value: Json | undefined,
  path: string,
  profile: LegacyProfile,
): { userId: bigint; terminal: number } {
  const { user } = profile.keys;
  if (!isObject(value)) throw invalidJson(path, 'type', 'expected an object');
  const userId = addressOf(at(value, user.id), `${path}.${user.id}`);
  if (userId === undefined) throw invalidJson(`${path}.${user.id}`, 'required', 'missing');
  return { userId, terminal: requireTerminal(at(value, user.terminal), `${path}.${user.terminal}`, profile) };
}

/** @throws ProtocolError INVALID_MESSAGE for a terminal that the profile does not have, and for the unknown one. */
export function requireTerminal(value: Json | undefined, path: string, profile: LegacyProfile): number {
  const terminal = terminalOf(value, profile);
  if (!terminal) throw invalidJson(path, 'type', 'expected a terminal of the profile');
  return terminal;
}

/** Each receiver on a terminal, in the order of the lists. */
export function receiverJson(receivers: readonly ReceiversInit[], profile: LegacyProfile): JsonObject[] {
  return receivers.flatMap(({ terminal, userIds = [] }) => [...userIds].map((userId) => userJson({ userId, terminal }, profile)));
}
