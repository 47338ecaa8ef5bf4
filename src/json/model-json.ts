import type { FromJsonOptions, ToJsonOptions } from './json-options.js';
import type { JsonObject } from './json-value.js';
import { messageFromJson } from './message-from-json.js';
import { messageToJson } from './message-to-json.js';
import { type Model, type ModelInit, type ModelName, tableOf } from './tables.js';

/**
 * A message of this protocol as ProtoJSON, to be given to JSON.stringify: `toJSON('UserInfo', { userId: 7n, terminal: Terminal.WEB })`
 * is `{ userId: '7', terminal: 'TERMINAL_WEB' }`. The rules of the schema are not checked. Secrets are written: see `redact`.
 * @param message fields may be left out; it is not changed, and the result shares nothing with it.
 * @throws ProtocolError INVALID_MESSAGE, with all issues, for values of another type or out of range, null, an unknown key, a lone
 * surrogate, nesting deeper than 100; UNSUPPORTED_TYPE for a name that no message has.
 */
export function toJSON<Name extends ModelName>(name: Name, message: ModelInit<Name>, options?: ToJsonOptions): JsonObject {
  // None of our messages has a JSON form other than an object.
  return messageToJson(tableOf(name), message, options) as JsonObject;
}

/**
 * A whole message of this protocol from ProtoJSON. Names in lowerCamelCase or as in the schema; enums by full name or number; 64-bit
 * integers as strings, as numbers up to 2^53 or as bigints (`parseJson` makes those). The rules of the schema are not checked:
 * `encodeFrame` and `check` do that.
 * @param value what JSON.parse or `parseJson` returns; it is not changed, and the message shares nothing with it.
 * @throws ProtocolError INVALID_MESSAGE, with the first issue alone, for an unknown key, a field given twice, two members of a oneof, a
 * wrong type, a number out of range or rounded, a lone surrogate, nesting deeper than 100; UNSUPPORTED_TYPE for a name that no message has.
 */
export function fromJSON<Name extends ModelName>(name: Name, value: unknown, options?: FromJsonOptions): Model<Name> {
  return messageFromJson(tableOf(name), value, options) as object as Model<Name>;
}
