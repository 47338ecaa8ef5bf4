import { createMessage } from '../wire/create-message.js';
import { isPlainObject, wrongType } from '../wire/scalar.js';
import type { FieldTable, MessageTable } from '../wire/table.js';
import { UNKNOWN_FIELDS } from '../wire/unknown.js';
import { enumFromJson, fieldsByName, isNullValue } from './enum-json.js';
import { type FromJsonContext, type FromJsonOptions, type Message, typesByName } from './json-options.js';
import { checkDepth, invalid, Place } from './place.js';
import { mapKeyFromJson, scalarFromJson } from './scalar-from-json.js';
import { UNKNOWN_KEY, unknownFromJson } from './unknown-json.js';
import { VALUE, wellKnown } from './well-known.js';

/**
 * Reads a message from ProtoJSON, for any message with a table. The result has every field, missing ones with their default.
 *
 * Fields by their name in JSON or in the schema; enums by full name or number; integers as numbers up to 2^53, decimal strings or bigints (see
 * `parseJson`); bytes in base64 of either alphabet; null is the default, undefined counts as missing. The rules of the schema are not
 * checked: use `check`.
 * @param value the result of JSON.parse or `parseJson`. It is not changed, and the message shares nothing with it.
 * @throws ProtocolError INVALID_MESSAGE, with the first issue only: an unknown key, a field given twice (by both names too), two
 * members of a oneof, a wrong type, a number out of range or rounded, a lone surrogate, nesting deeper than 100.
 */
export function messageFromJson(
  table: MessageTable,
  value: unknown,
  options: FromJsonOptions = {},
): Record<PropertyKey, unknown> {
  const context = { ignoreUnknown: options.ignoreUnknown === true, types: typesByName(options.types), read };
  return context.read(table, value, Place.root(table));
}

function read(this: FromJsonContext, table: MessageTable, value: unknown, at: Place): Message {
  checkDepth(at);
  const special = wellKnown(table.name);
  if (special !== undefined) return special.fromJson(table, value, at, this);
  const json = objectAt(value, at);
  const message = createMessage(table, NOTHING) as Message;
  const fields = fieldsByName(table);
  const names = new Map<FieldTable, string>();
  for (const key of Object.keys(json)) {
    const field = fields.get(key);
    if (json[key] === undefined) continue;
    if (field !== undefined) {
      const place = at.field(field);
      const earlier = names.get(field);
      if (earlier !== undefined) throw invalid(place, 'duplicate', `given twice, as ${earlier} and as ${key}`);
      names.set(field, key);
      if (json[key] !== null || acceptsNull(field)) setField(message, field, readField(field, json[key], place, this), at);
    } else if (key === UNKNOWN_KEY) {
      const unknown = unknownFromJson(table, json[key], at.named(key));
      if (unknown.length > 0) message[UNKNOWN_FIELDS] = unknown;
    } else if (!this.ignoreUnknown) {
      throw invalid(at.named(key), 'unknown_key', `no field of ${table.name}`);
    }
  }
  return message;
}

/** Without a prototype: a field may be called `constructor`. */
const NOTHING: object = Object.create(null);

function objectAt(value: unknown, at: Place): Readonly<Record<string, unknown>> {
  if (isPlainObject(value)) return value;
  throw invalid(at, 'type', wrongType('object', value).message);
}

/**
 * "null is an accepted value for all field types and treated as the default value" (ProtoJSON). Only in a Value and a NullValue it is a
 * value.
 */
function acceptsNull({ kind, enum: enumTable, message }: FieldTable): boolean {
  if (kind !== undefined) return false;
  return (enumTable !== undefined && isNullValue(enumTable())) || message?.().name === VALUE;
}

/** @param value undefined = the name of an enum value that is ignored. */
function setField(message: Message, field: FieldTable, value: unknown, at: Place): void {
  if (value === undefined) return;
  if (field.oneof === undefined) {
    message[field.name] = value;
    return;
  }
  const other = message[field.oneof] as { $case: string } | undefined;
  if (other !== undefined)
    throw invalid(at.named(field.oneof), 'duplicate', `got ${other.$case} and ${field.name}, at most one is allowed`);
  message[field.oneof] = { $case: field.name, value };
}

function readField(field: FieldTable, value: unknown, at: Place, context: FromJsonContext): unknown {
  if (field.kind === 'list') {
    if (!Array.isArray(value)) throw invalid(at, 'type', wrongType('array', value).message);
    const list = Array.from(value, (item, i) => readValue(field, item, at.item(i), context));
    return context.ignoreUnknown ? list.filter((item) => item !== undefined) : list;
  }
  return field.kind === 'map' ? readMap(field, objectAt(value, at), at, context) : readValue(field, value, at, context);
}

function readMap(
  field: FieldTable,
  json: Readonly<Record<string, unknown>>,
  at: Place,
  context: FromJsonContext,
): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  for (const text of Object.keys(json)) {
    const key = mapKeyFromJson(field.key!, text, at.item(text));
    const place = at.item(key);
    // "1" and "1.0" are the same key of a map.
    if (map.has(key)) throw invalid(place, 'duplicate', 'given twice, with keys that read the same');
    const item = readValue(field, json[text], place, context);
    if (item !== undefined) map.set(key, item);
  }
  return map;
}

/** A value; undefined for the name of an enum value that is ignored. */
function readValue({ type, message, enum: enumTable }: FieldTable, value: unknown, at: Place, context: FromJsonContext): unknown {
  if (type === 'message') return context.read(message!(), value, at);
  if (type === 'enum') return enumFromJson(enumTable!(), value, at, context.ignoreUnknown);
  return scalarFromJson(type, value, at);
}
