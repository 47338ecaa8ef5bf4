import type { Messages } from '../../generated/models.js';
import { ProtocolError } from '../errors.js';
import type { Codec } from '../wire/codec.js';
import { quoted } from '../wire/quoted.js';
import type { MessageTable } from '../wire/table.js';
import type { FromJsonOptions, JsonObject, JsonValue, ToJsonOptions } from './json-options.js';
import { messageFromJson } from './message-from-json.js';
import { messageToJson } from './message-to-json.js';
import * as models from './models.js';

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

// The messages of this protocol by name.
export type { Messages };

/** A longer name is cut. */
const SHOWN_CHARS = 64;

/** The name of a message of this protocol: `SendInfo`, `Content`; `Any` too. */
export type ModelName = keyof Messages;

/** The type of the message with this name. */
export type Model<Name extends ModelName> = Messages[Name]['message'];

/** What a message with this name is made from: fields may be left out. */
export type ModelInit<Name extends ModelName> = Messages[Name]['init'];

const MODELS: Readonly<Record<string, object>> = models;

/** The table of a message. @throws ProtocolError UNSUPPORTED_TYPE where there is no such message. */
export function tableOf(name: string): MessageTable {
  const model = Object.hasOwn(MODELS, name) ? (MODELS[name] as { generated?: { table: MessageTable } }) : undefined;
  if (model?.generated === undefined)
    throw new ProtocolError('UNSUPPORTED_TYPE', `no message is called ${quoted(name, SHOWN_CHARS)}`);
  return model.generated.table;
}
