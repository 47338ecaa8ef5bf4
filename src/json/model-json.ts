import type { Codec } from '../wire/create-codec.js';
import type { MessageTable } from '../wire/table.js';
import type { FromJsonOptions, ToJsonOptions } from './json-options.js';
import type { JsonObject, JsonValue } from './json-value.js';
import { messageFromJson } from './message-from-json.js';
import { messageToJson } from './message-to-json.js';
import { type Model, type ModelInit, type ModelName, tableOf } from './tables.js';

/** What is needed of a codec. */
interface AnyCodec {
  readonly generated: { readonly table: MessageTable };
}

/**
 * A message of this protocol as ProtoJSON, to be given to JSON.stringify: `toJSON('UserInfo', { userId: 7n, terminal: Terminal.WEB })`
 * is `{ userId: '7', terminal: 'TERMINAL_WEB' }`. The rules of the schema are not checked. Secrets are written: see `redact`.
 * @param name of the message; or a generated codec, for messages of an application: `toJSON(Poll, poll)`.
 * @param message fields may be left out; it is not changed, and the result shares nothing with it.
 * @throws ProtocolError INVALID_MESSAGE, with all issues, for values of another type or out of range, null, an unknown key, a lone
 * surrogate, nesting deeper than 100; UNSUPPORTED_TYPE for a name that no message has.
 */
export function toJSON<Name extends ModelName>(name: Name, message: ModelInit<Name>, options?: ToJsonOptions): JsonObject;
export function toJSON<T, Init extends object>(codec: Codec<T, Init>, message: NoInfer<Init>, options?: ToJsonOptions): JsonValue;
export function toJSON(model: string | AnyCodec, message: object, options?: ToJsonOptions): JsonValue {
  return messageToJson(tableOfModel(model), message, options);
}

/**
 * A whole message of this protocol from ProtoJSON. Names in lowerCamelCase or as in the schema; enums by full name or number; 64-bit
 * integers as strings, as numbers up to 2^53 or as bigints (`parseJson` makes those). The rules of the schema are not checked:
 * `encodeFrame` and `check` do that.
 * @param name of the message; or a generated codec, for messages of an application.
 * @param value what JSON.parse or `parseJson` returns; it is not changed, and the message shares nothing with it.
 * @throws ProtocolError INVALID_MESSAGE, with the first issue alone, for an unknown key, a field given twice, two members of a oneof, a
 * wrong type, a number out of range or rounded, a lone surrogate, nesting deeper than 100; UNSUPPORTED_TYPE for a name that no message has.
 */
export function fromJSON<Name extends ModelName>(name: Name, value: unknown, options?: FromJsonOptions): Model<Name>;
export function fromJSON<T extends object, Init>(codec: Codec<T, Init>, value: unknown, options?: FromJsonOptions): T;
export function fromJSON(model: string | AnyCodec, value: unknown, options?: FromJsonOptions): object {
  return messageFromJson(tableOfModel(model), value, options);
}

function tableOfModel(model: string | AnyCodec): MessageTable {
  return typeof model === 'string' ? tableOf(model) : model.generated.table;
}
