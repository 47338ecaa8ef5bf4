import type { Messages } from '../../generated/models.js';
import { ProtocolError } from '../errors.js';
import type { Codec } from '../wire/codec.js';
import { hasOwn } from '../wire/older-engines.js';
import { quoted } from '../wire/quoted.js';
import type { MessageTable } from '../wire/table.js';
import type { FromJsonOptions, JsonObject, JsonValue, ToJsonOptions } from './json-options.js';
import { messageFromJson } from './message-from-json.js';
import { messageToJson } from './message-to-json.js';
import * as models from './models.js';

/** The required part of a codec. */
interface AnyCodec {
  readonly generated: { readonly table: MessageTable };
}

/**
 * Converts a message of this protocol to ProtoJSON, for JSON.stringify: `toJSON('UserInfo', { userId: 7n, terminal: Terminal.WEB })` returns
 * `{ userId: '7', terminal: 'TERMINAL_WEB' }`. The rules of the schema are not checked. Secrets are written: see `redact`.
 * @param name name of the message; or a generated codec, for messages of an application: `toJSON(Poll, poll)`.
 * @param message every field is optional; it is not changed, and the result shares nothing with it.
 * @throws ProtocolError INVALID_MESSAGE, with all issues, for values of a wrong type or out of range, null, an unknown key, a lone surrogate,
 * nesting deeper than 100; UNSUPPORTED_TYPE for an unknown name.
 */
export function toJSON<Name extends ModelName>(name: Name, message: ModelInit<Name>, options?: ToJsonOptions): JsonObject;
/** Converts a message of any generated codec to ProtoJSON, for messages of an application: `toJSON(Poll, poll)`. */
export function toJSON<T, Init extends object>(codec: Codec<T, Init>, message: NoInfer<Init>, options?: ToJsonOptions): JsonValue;
export function toJSON(model: string | AnyCodec, message: object, options?: ToJsonOptions): JsonValue {
  return messageToJson(tableOfModel(model), message, options);
}

/**
 * Reads a message of this protocol from ProtoJSON. The result has every field. Names in lowerCamelCase or as in the schema; enums by full name
 * or number; 64-bit integers as strings, numbers up to 2^53 or bigints (from `parseJson`). The rules of the schema are not checked: use
 * `check`, or `encodeFrame`.
 * @param name name of the message; or a generated codec, for messages of an application.
 * @param value the result of JSON.parse or `parseJson`. It is not changed, and the message shares nothing with it.
 * @throws ProtocolError INVALID_MESSAGE, with the first issue only, for an unknown key, a field given twice, two members of a oneof, a
 * wrong type, a number out of range or rounded, a lone surrogate, nesting deeper than 100; UNSUPPORTED_TYPE for an unknown name.
 */
export function fromJSON<Name extends ModelName>(name: Name, value: unknown, options?: FromJsonOptions): Model<Name>;
/** Reads a message of any generated codec from ProtoJSON, for messages of an application: `fromJSON(Poll, value)`. */
export function fromJSON<T extends object, Init>(codec: Codec<T, Init>, value: unknown, options?: FromJsonOptions): T;
export function fromJSON(model: string | AnyCodec, value: unknown, options?: FromJsonOptions): object {
  return messageFromJson(tableOfModel(model), value, options);
}

function tableOfModel(model: string | AnyCodec): MessageTable {
  return typeof model === 'string' ? tableOf(model) : model.generated.table;
}

// The messages of this protocol by name.
export type { Messages };

/** Longer names are truncated. */
const SHOWN_CHARS = 64;

/** Name of a message of this protocol, or `Any`: `SendInfo`, `Content`. */
export type ModelName = keyof Messages;

/** The type of the decoded message with this name. */
export type Model<Name extends ModelName> = Messages[Name]['message'];

/** The type of the message with this name in which every field is optional. */
export type ModelInit<Name extends ModelName> = Messages[Name]['init'];

const MODELS: Readonly<Record<string, object>> = models;

/** The table of a message. @throws ProtocolError UNSUPPORTED_TYPE for an unknown name. */
export function tableOf(name: string): MessageTable {
  const model = hasOwn(MODELS, name) ? (MODELS[name] as { generated?: { table: MessageTable } }) : undefined;
  if (model?.generated === undefined)
    throw new ProtocolError('UNSUPPORTED_TYPE', `no message is called ${quoted(name, SHOWN_CHARS)}`);
  return model.generated.table;
}
