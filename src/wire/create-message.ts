// Creates and copies messages, by their tables.
import { MAX_DEPTH } from '../limits.js';
import { isMap, isPlainObject } from './scalar.js';
import type { FieldTable, MessageTable } from './table.js';
import { UNKNOWN_FIELDS, type WithUnknownFields } from './unknown.js';

type Properties = Record<string, unknown>;

/** A message with every field: from `init`, or its default. Lists, maps and messages are copied, bytes are shared. */
export function createMessage(table: MessageTable, init: object): object {
  const from = init as Properties & WithUnknownFields;
  const message: Properties & WithUnknownFields = {};
  for (const field of table.fields) {
    if (field.oneof === undefined) message[field.name] = copyField(field, from[field.name]);
    else message[field.oneof] ??= copyMember(table, from[field.oneof] as Member | undefined);
  }
  const unknown = from[UNKNOWN_FIELDS];
  if (unknown !== undefined) message[UNKNOWN_FIELDS] = unknown;
  return message;
}

interface Member {
  $case: string;
  value: unknown;
}

function copyMember(table: MessageTable, member: Member | undefined): Member | undefined {
  const field = table.fields.find((candidate) => candidate.oneof !== undefined && candidate.name === member?.$case);
  return member && field && { $case: member.$case, value: copyValue(field, member.value) };
}

function copyField(field: FieldTable, value: unknown): unknown {
  // Not value.map: a subclass of Array, or one of another realm, would create its own kind.
  if (field.kind === 'list') return Array.from((value ?? []) as unknown[], (element) => copyValue(field, element));
  if (field.kind === 'map') {
    return new Map([...((value ?? []) as Map<unknown, unknown>)].map(([k, v]) => [k, copyValue(field, v)]));
  }
  return value === undefined ? defaultOf(field) : copyValue(field, value);
}

function copyValue({ message }: FieldTable, value: unknown): unknown {
  return message ? createMessage(message(), value as object) : value;
}

/** The default of a single field: undefined for a field with presence. */
export function defaultOf({ type, optional }: FieldTable): unknown {
  if (optional) return undefined;
  switch (type) {
    case 'message':
      return undefined;
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array(0);
    case 'bool':
      return false;
    case 'int64':
    case 'uint64':
    case 'sint64':
    case 'fixed64':
    case 'sfixed64':
      return 0n;
    default:
      return 0;
  }
}

/**
 * Copies any value as if it were a message: objects, lists and maps are new, bytes are shared, missing fields stay missing. Each property is
 * read once, so that a check of the copy holds. A value of a wrong type, or nested too deep, is not copied.
 */
export function copyMessage(table: MessageTable, value: unknown, depth = 0): unknown {
  if (!isPlainObject(value) || depth > MAX_DEPTH) return value;
  const copy: Record<PropertyKey, unknown> = {};
  // Inherited keys count, as in `for (const key in value)` of encoders.
  for (const key in value) setOwn(copy, key, copyProperty(table, key, value[key], depth));
  const unknown = (value as { [UNKNOWN_FIELDS]?: unknown })[UNKNOWN_FIELDS];
  if (unknown !== undefined) copy[UNKNOWN_FIELDS] = unknown;
  return copy;
}

/** Sets an own property. Assigning `__proto__` would set the prototype. */
function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function copyProperty({ fields }: MessageTable, key: string, value: unknown, depth: number): unknown {
  const field = fields.find(({ oneof, name }) => (oneof ?? name) === key);
  if (field === undefined) return value;
  if (field.oneof !== undefined) return copyAnyMember(fields, key, value, depth);
  if (field.kind === 'list') return Array.isArray(value) ? Array.from(value, (item) => copyAnyValue(field, item, depth)) : value;
  if (field.kind === 'map') return isMap(value) ? copyMap(field, value, depth) : value;
  return copyAnyValue(field, value, depth);
}

function copyMap(field: FieldTable, map: ReadonlyMap<unknown, unknown>, depth: number): Map<unknown, unknown> {
  const copy = new Map<unknown, unknown>();
  for (const [key, value] of map) copy.set(key, copyAnyValue(field, value, depth));
  return copy;
}

function copyAnyMember(fields: readonly FieldTable[], oneof: string, value: unknown, depth: number): unknown {
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const key in value) setOwn(copy, key, value[key]);
  const field = fields.find((candidate) => candidate.oneof === oneof && candidate.name === copy.$case);
  if (field !== undefined && copy.value !== undefined) copy.value = copyAnyValue(field, copy.value, depth);
  return copy;
}

function copyAnyValue({ message }: FieldTable, value: unknown, depth: number): unknown {
  return message === undefined ? value : copyMessage(message(), value, depth + 1);
}
