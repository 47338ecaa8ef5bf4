// A body between the services of an older system, as a message of this protocol.
import type { ReceiveInfo, ReceiveInfoInit } from '../../generated/im/protocol/v1/receive_info.js';
import type { SendResult, SendResultInit } from '../../generated/im/protocol/v1/send_result.js';
import { carriedBy } from './carried.js';
import { at, type JsonObject, merge, put } from './json.js';
import type { LegacyEnvelope, LegacyProfile } from './profile.js';
import { areSame, readForceLogout, readReceiveInfo, receiveInfoJson } from './receive-body.js';
import { readSendResult, sendResultJson } from './result-body.js';

/** A body between services, as a message of this protocol. */
export type LegacyBody = LegacyBodyOf<'ReceiveInfo', ReceiveInfo> | LegacyBodyOf<'SendResult', SendResult>;

interface LegacyBodyOf<Type extends string, Message> {
  readonly type: Type;
  /** Version of this protocol. */
  readonly version: number;
  readonly flags: number;
  readonly message: Message;
  /** `destination` in the body: the topic to which it goes. Undefined if it has none. */
  readonly destination?: string | undefined;
  /** The envelope. Undefined: that of the profile. */
  readonly envelope?: LegacyEnvelope | undefined;
}

/** A message to write as a body between services. */
export type LegacyBodyInit =
  | ({ readonly type: 'ReceiveInfo'; readonly message: ReceiveInfoInit } & Pick<LegacyBody, 'destination' | 'envelope'>)
  | ({ readonly type: 'SendResult'; readonly message: SendResultInit } & Pick<LegacyBody, 'destination' | 'envelope'>);

/** The key of the envelope around a body. */
export const ENVELOPE_KEY = 'message';

/** True for the outcome of a push, which has a code and no command. */
export function isResult(json: JsonObject, { keys }: LegacyProfile): boolean {
  return at(json, keys.result.code) !== undefined && at(json, keys.receiveInfo.cmd) === undefined;
}

/** True for an element of the list of forced logouts that box-im has. */
export function isForceLogout(json: JsonObject, { keys }: LegacyProfile): boolean {
  return at(json, keys.forceLogout.userId) !== undefined && at(json, keys.receiveInfo.cmd) === undefined;
}

/** The bodies for a ReceiveInfo, with what it carries. */
export function receiveInfoBodies(message: ReceiveInfoInit, profile: LegacyProfile): JsonObject[] {
  const now = receiveInfoJson(message, profile);
  return merged(now, message, profile, profile.keys.receiveInfo.data, (carried) => {
    if (isForceLogout(carried, profile)) return receiveInfoJson(readForceLogout(carried, profile), profile);
    const { cmd, data } = message;
    return receiveInfoJson({ ...readReceiveInfo(carried, profile, 'whole'), cmd, data }, profile);
  });
}

/** The bodies for a SendResult, with what it carries. */
export function sendResultBodies(message: SendResultInit, profile: LegacyProfile): JsonObject[] {
  const now = sendResultJson(message, profile);
  return merged(now, message, profile, profile.keys.result.data, (carried) => {
    const { cmd, data } = message;
    return sendResultJson({ ...readSendResult(carried, profile, 'whole'), cmd, data }, profile);
  });
}

/** Merges what a message carries into its bodies. @param read the bodies for what is carried, with the data of the message. */
function merged(
  now: JsonObject[],
  message: object,
  profile: LegacyProfile,
  dataKey: string | null,
  read: (carried: JsonObject) => JsonObject[],
): JsonObject[] {
  const carried = carriedBy(message, profile)?.json;
  if (carried === undefined) return now;
  try {
    const then = read(carried);
    const [first] = now;
    if (now.length === 1 && then.length === 1) return [merge(first, withData(carried, at(first, dataKey), dataKey), then[0])];
    return areSame(now, then) ? [carried] : now;
  } catch {
    // A client or another service wrote something else there.
    return now;
  }
}

/** The carried JSON does not repeat data that the message has. */
function withData(carried: JsonObject, data: JsonObject[string] | undefined, key: string | null): JsonObject {
  if (data === undefined || at(carried, key) !== undefined) return carried;
  const whole = { ...carried };
  put(whole, key, data);
  return whole;
}
