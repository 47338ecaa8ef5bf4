import { anyTypeName } from '../codec/any.js';
import { hasOwn } from '../wire/older-engines.js';
import { isTypeUrl } from '../wire/rules.js';
import { isPlainObject, wrongType } from '../wire/scalar.js';
import type { MessageTable } from '../wire/table.js';
import { UNKNOWN_FIELDS } from '../wire/unknown.js';
import { toBase64 } from './base64.js';
import {
  type FromJsonContext,
  type JsonObject,
  type JsonType,
  type JsonValue,
  type Message,
  setKey,
  type ToJsonContext,
  type WellKnown,
} from './json-options.js';
import { invalid, type Place } from './place.js';
import { bytesFromJson, scalarFromJson } from './scalar-from-json.js';
import { UNKNOWN_KEY, unknownFromJson, unknownToJson } from './unknown-json.js';

const TYPE = '@type';
const VALUE = 'value';
const EMPTY = 'google.protobuf.Empty';

type Rest = Readonly<Record<string, unknown>>;

/**
 * Any: `{ "@type", ...fields }` for a type in `types`, `{ "@type", "value" }` if that is a well-known type with special JSON. "An Any of
 * an unknown type is `{"@type": type_url, "value": base64}`." Unknown fields of an Any itself are written in the last form only. An
 * invalid type_url is written too, but not read.
 * @param isSpecial true for a type with special JSON.
 */
export function createAnyJson(isSpecial: (name: string) => boolean): WellKnown {
  return {
    toJson(_table, message, at, context) {
      const { typeUrl = '', value = new Uint8Array(0) } = message as { typeUrl?: string; value?: Uint8Array };
      const type = typeOf(typeUrl, context);
      if (type === undefined) return opaqueToJson(typeUrl, value, unknownToJson(message, context));
      const { table } = type.generated;
      const content = context.write(table, type.decode(value) as Message, at.nested());
      // Empty has no fields. Other writers write a value for it.
      return isSpecial(table.name) || table.name === EMPTY
        ? { [TYPE]: typeUrl, [VALUE]: content }
        : beside(typeUrl, content as JsonObject);
    },

    fromJson(anyTable, value, at, context) {
      if (!isPlainObject(value)) throw invalid(at, 'type', wrongType('object', value).message);
      const { [TYPE]: url, ...rest } = value;
      // "{}" is an empty Any.
      if (Object.keys(value).length === 0) return { typeUrl: '', value: new Uint8Array(0) };
      const typeUrl = typeUrlFromJson(url, at.named(TYPE));
      const type = typeOf(typeUrl, context);
      if (type === undefined) return opaqueFromJson(anyTable, typeUrl, rest, at);
      const { table } = type.generated;
      const boxed = isSpecial(table.name) || (table.name === EMPTY && hasOwn(rest, VALUE));
      const content = boxed ? context.read(table, unbox(rest, at), at.named(VALUE)) : context.read(table, rest, at.nested());
      return { typeUrl, value: type.encode(content) };
    },
  };
}

/** The full name of a message must follow the last `/`: ProtoJSON has no Any without a type. */
function typeUrlFromJson(value: unknown, at: Place): string {
  const url = scalarFromJson('string', value, at) as string;
  if (!isTypeUrl(url)) throw invalid(at, 'type_url', 'the full name of a message must follow the last /');
  return url;
}

function typeOf(typeUrl: string, { types }: ToJsonContext | FromJsonContext): JsonType | undefined {
  const name = anyTypeName(typeUrl);
  return name === undefined ? undefined : types.get(name);
}

function beside(typeUrl: string, content: JsonObject): JsonObject {
  const json: JsonObject = { [TYPE]: typeUrl };
  for (const key of Object.keys(content)) setKey(json, key, content[key]);
  return json;
}

function opaqueToJson(typeUrl: string, value: Uint8Array, unknown: { [UNKNOWN_KEY]?: string }): JsonValue {
  if (typeUrl === '' && value.length === 0 && unknown[UNKNOWN_KEY] === undefined) return {};
  return { [TYPE]: typeUrl, [VALUE]: toBase64(value), ...unknown };
}

function opaqueFromJson(table: MessageTable, typeUrl: string, rest: Rest, at: Place): Message {
  refuseOthers(rest, [VALUE, UNKNOWN_KEY], at, 'an Any whose type is not known here has its bytes in "value" alone');
  const message: Message = { typeUrl, value: bytesFromJson(rest[VALUE] ?? '', at.named(VALUE)) };
  const unknown = unknownFromJson(table, rest[UNKNOWN_KEY], at.named(UNKNOWN_KEY));
  if (unknown.length > 0) message[UNKNOWN_FIELDS] = unknown;
  return message;
}

function unbox(rest: Rest, at: Place): unknown {
  refuseOthers(rest, [VALUE], at, 'this type has its JSON in "value" alone');
  if (!hasOwn(rest, VALUE)) throw invalid(at.named(VALUE), 'required', 'missing: this type has its JSON here');
  return rest[VALUE];
}

function refuseOthers(rest: Rest, allowed: readonly string[], at: Place, why: string): void {
  const other = Object.keys(rest).find((key) => !allowed.includes(key));
  if (other !== undefined) throw invalid(at.named(other), 'unknown_key', why);
}
