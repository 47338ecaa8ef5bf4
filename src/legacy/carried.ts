// JSON of an older system that travels with a message: as the field 71620 of it, or as its custom body.
import type { Any } from '../../generated/google/protobuf/any.js';
import { JsonMessage, LegacyField } from '../../generated/im/legacy/v1/json_message.codec.js';
import type { JsonMessage as JsonMessageType } from '../../generated/im/legacy/v1/json_message.js';
import { anyTypeName, packAny } from '../codec/any.js';
import { UNKNOWN_FIELDS, type WithUnknownFields } from '../wire/unknown.js';
import { isObject, type JsonObject, parseLegacyJson, writeJson } from './json.js';
import type { LegacyProfile } from './profile.js';

/** JSON, and the command that the older system sent it with; 0 = the one that follows from the message. */
export interface Carried {
  readonly json: JsonObject;
  readonly command: number;
}

/** Puts the JSON of a message into the message, after its other unknown fields. */
export function carry(message: object, json: JsonObject, profile: LegacyProfile, command = 0): void {
  const field = LegacyField.encode({ message: { profile: profile.name, json: writeJson(json), command } });
  const others = (message as WithUnknownFields)[UNKNOWN_FIELDS] ?? new Uint8Array(0);
  const all = new Uint8Array(others.length + field.length);
  all.set(others);
  all.set(field, others.length);
  (message as WithUnknownFields)[UNKNOWN_FIELDS] = all;
}

/** The JSON that a message carries; undefined if it carries none, or that of another profile. */
export function carriedBy(message: object, profile: LegacyProfile): Carried | undefined {
  const bytes = (message as WithUnknownFields)[UNKNOWN_FIELDS];
  if (bytes === undefined) return undefined;
  try {
    return carriedIn(LegacyField.decode(bytes).message, profile);
  } catch {
    // A client or another service wrote something else there.
    return undefined;
  }
}

/** JSON as an Any. */
export function jsonAny(json: string, profile: LegacyProfile, command = 0): Any {
  return packAny(JsonMessage, { profile: profile.name, json, command });
}

/** True for an Any that contains JSON of an older system, of whatever profile. */
export function isLegacyJson(any: Any): boolean {
  return anyTypeName(any.typeUrl) === JsonMessage.typeName;
}

/** The JsonMessage in an Any; undefined for an Any of another type, or JSON of another profile. */
export function jsonMessageIn(
  any: { typeUrl?: string | undefined; value?: Uint8Array | undefined },
  profile: LegacyProfile,
): JsonMessageType | undefined {
  if (anyTypeName(any.typeUrl ?? '') !== JsonMessage.typeName) return undefined;
  try {
    const message = JsonMessage.decode(any.value ?? new Uint8Array(0));
    return message.profile === profile.name ? message : undefined;
  } catch {
    return undefined;
  }
}

/** The JSON in an Any, if it is an object of the profile. */
export function carriedInAny(
  any: { typeUrl?: string | undefined; value?: Uint8Array | undefined },
  profile: LegacyProfile,
): Carried | undefined {
  return carriedIn(jsonMessageIn(any, profile), profile);
}

function carriedIn(message: JsonMessageType | undefined, profile: LegacyProfile): Carried | undefined {
  if (message === undefined || message.profile !== profile.name) return undefined;
  try {
    // As strict as for a text of a connection: anybody may write this field.
    const json = parseLegacyJson(message.json, Number.POSITIVE_INFINITY);
    return isObject(json) ? { json, command: message.command } : undefined;
  } catch {
    return undefined;
  }
}
