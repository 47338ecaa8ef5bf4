import { setValue } from '../codec/lossy-downgrade.js';
import { invalidMessage, shapeIssues } from '../validate.js';
import type { FieldTable, MessageTable } from '../wire/table.js';
import { enumToJson, jsonName } from './enum-json.js';
import {
  type JsonObject,
  type JsonValue,
  type Message,
  setKey,
  type ToJsonContext,
  type ToJsonOptions,
  typesByName,
} from './json-options.js';
import { checkDepth, Place } from './place.js';
import { scalarToJson } from './scalar-to-json.js';
import { unknownToJson } from './unknown-json.js';
import { wellKnown } from './well-known.js';

/**
 * Converts a message to ProtoJSON, for any message with a table: an object, or the special JSON of a well-known type.
 *
 * Names in lowerCamelCase, enums by full name, 64-bit integers as decimal strings, bytes in base64, NaN, the infinities and -0 as
 * strings; a field with its default is omitted. The result shares nothing with the message.
 * @param message every field is optional; it is not changed.
 * @throws ProtocolError INVALID_MESSAGE, with all issues, for a value of a wrong type or out of range, null, an unknown key, a lone surrogate,
 * nesting deeper than 100; with the first issue only for a message without JSON: a Timestamp after the year 9999, a Value without a kind.
 * With `types`, the errors of their `decode`.
 */
export function messageToJson(table: MessageTable, message: object, options: ToJsonOptions = {}): JsonValue {
  const issues = shapeIssues(table, message);
  if (issues.length > 0) throw invalidMessage(issues, table.name);
  const context = { unknownFields: options.unknownFields === true, types: typesByName(options.types), write };
  return context.write(table, message as Message, Place.root(table));
}

function write(this: ToJsonContext, table: MessageTable, message: Message, at: Place): JsonValue {
  checkDepth(at);
  const special = wellKnown(table.name);
  if (special !== undefined) return special.toJson(table, message, at, this);
  const json: JsonObject = {};
  for (const field of table.fields) {
    // "Default values are left out."
    const value = setValue(field, message);
    if (value !== undefined) setKey(json, jsonName(field), writeField(field, value, at.field(field), this));
  }
  return { ...json, ...unknownToJson(message, this) };
}

function writeField(field: FieldTable, value: unknown, at: Place, context: ToJsonContext): JsonValue {
  if (field.kind === 'list') {
    return (value as readonly unknown[]).map((item, i) => writeValue(field, item, at.item(i), context));
  }
  if (field.kind !== 'map') return writeValue(field, value, at, context);
  const json: JsonObject = {};
  // Keys are strings in JSON, numbers and booleans too.
  for (const [key, item] of value as ReadonlyMap<unknown, unknown>) {
    setKey(json, String(key), writeValue(field, item, at.item(key), context));
  }
  return json;
}

function writeValue(
  { type, message, enum: enumTable }: FieldTable,
  value: unknown,
  at: Place,
  context: ToJsonContext,
): JsonValue {
  if (type === 'message') return context.write(message!(), value as Message, at);
  if (type === 'enum') return enumToJson(enumTable!(), value as number);
  return scalarToJson(type, value);
}
