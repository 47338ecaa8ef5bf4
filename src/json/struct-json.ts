// Struct, Value and ListValue: any JSON, as messages.
import { isPlainObject, wrongType } from '../wire/scalar.js';
import { type JsonObject, type JsonValue, type Message, setKey, type WellKnown } from './json-options.js';
import { checkDepth, invalid, type Place } from './place.js';
import { scalarFromJson } from './scalar-from-json.js';

/** Struct: an object. */
export const structJson: WellKnown = {
  toJson: (_table, message, at) => structToJson(message, at),
  fromJson: (_table, value, at) => structFromJson(value, at),
};

/** Value: anything, including null. */
export const valueJson: WellKnown = {
  toJson: (_table, message, at) => valueToJson(message, at),
  fromJson: (_table, value, at) => valueFromJson(value, at),
};

/** ListValue: a list. */
export const listValueJson: WellKnown = {
  toJson: (_table, message, at) => listToJson(message, at),
  fromJson: (_table, value, at) => listFromJson(value, at),
};

function structToJson({ fields }: { fields?: ReadonlyMap<string, Message> }, at: Place): JsonObject {
  const json: JsonObject = {};
  for (const [key, value] of fields ?? []) setKey(json, key, valueToJson(value, at.item(key, 1)));
  return json;
}

function listToJson({ values = [] }: { values?: readonly Message[] }, at: Place): JsonValue[] {
  return values.map((value, i) => valueToJson(value, at.item(i, 1)));
}

function valueToJson({ kind }: { kind?: unknown }, at: Place): JsonValue {
  checkDepth(at);
  const { $case, value } = (kind ?? {}) as { $case?: string; value?: unknown };
  switch ($case) {
    case undefined:
      throw invalid(at, 'required', 'a Value without a kind has no JSON');
    case 'nullValue':
      return null;
    case 'structValue':
      return structToJson(value as Message, at.nested());
    case 'listValue':
      return listToJson(value as Message, at.nested());
    default:
      // A string would be another Value, so "NaN" and "Infinity" cannot be used here.
      if (typeof value === 'number' && !Number.isFinite(value)) throw invalid(at, 'range', `a Value of ${value} has no JSON`);
      return value as JsonValue;
  }
}

function structFromJson(value: unknown, at: Place): Message {
  checkDepth(at);
  if (!isPlainObject(value)) throw invalid(at, 'type', wrongType('object', value).message);
  const fields = new Map<string, Message>();
  for (const key of Object.keys(value)) {
    const place = at.item(key, 1);
    fields.set(scalarFromJson('string', key, place) as string, valueFromJson(value[key], place));
  }
  return { fields };
}

function listFromJson(value: unknown, at: Place): Message {
  checkDepth(at);
  if (!Array.isArray(value)) throw invalid(at, 'type', wrongType('array', value).message);
  return { values: Array.from(value, (item, i) => valueFromJson(item, at.item(i, 1))) };
}

function valueFromJson(value: unknown, at: Place): Message {
  checkDepth(at);
  if (value === null) return kind('nullValue', 0);
  if (typeof value === 'boolean') return kind('boolValue', value);
  if (typeof value === 'string') return kind('stringValue', scalarFromJson('string', value, at));
  if (Array.isArray(value)) return kind('listValue', listFromJson(value, at.nested()));
  if (isPlainObject(value)) return kind('structValue', structFromJson(value, at.nested()));
  // The number of a Value is a double: an integer beyond 2^53 becomes the nearest one.
  return kind('numberValue', scalarFromJson('double', value, at));
}

function kind($case: string, value: unknown): Message {
  return { kind: { $case, value } };
}
