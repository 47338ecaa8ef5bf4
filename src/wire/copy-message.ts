import { MAX_DEPTH } from '../limits.js';
import { isMap, isPlainObject } from './scalar-fault.js';
import type { FieldTable, MessageTable } from './table.js';
import { UNKNOWN_FIELDS } from './unknown.js';

/**
 * A copy of what is to be a message: objects, lists and maps are new, bytes are shared, what is left out stays out. It takes any value, and
 * each property is read once: what is judged is the copy. What is not of its type is shared, and so is what is nested too deep.
 */
export function copyMessage(table: MessageTable, value: unknown, depth = 0): unknown {
  if (!isPlainObject(value) || depth > MAX_DEPTH) return value;
  const copy: Record<PropertyKey, unknown> = {};
  // Inherited keys count as its own.
  for (const key in value) setOwn(copy, key, copyProperty(table, key, value[key], depth));
  const unknown = (value as { [UNKNOWN_FIELDS]?: unknown })[UNKNOWN_FIELDS];
  if (unknown !== undefined) copy[UNKNOWN_FIELDS] = unknown;
  return copy;
}

/** As an own property: assigning `__proto__` would lose it. */
function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function copyProperty({ fields }: MessageTable, key: string, value: unknown, depth: number): unknown {
  const field = fields.find(({ oneof, name }) => (oneof ?? name) === key);
  if (field === undefined) return value;
  if (field.oneof !== undefined) return copyMember(fields, key, value, depth);
  if (field.kind === 'list') return Array.isArray(value) ? Array.from(value, (item) => copyValue(field, item, depth)) : value;
  if (field.kind === 'map') return isMap(value) ? copyMap(field, value, depth) : value;
  return copyValue(field, value, depth);
}

function copyMap(field: FieldTable, map: ReadonlyMap<unknown, unknown>, depth: number): Map<unknown, unknown> {
  const copy = new Map<unknown, unknown>();
  for (const [key, value] of map) copy.set(key, copyValue(field, value, depth));
  return copy;
}

function copyMember(fields: readonly FieldTable[], oneof: string, value: unknown, depth: number): unknown {
  if (!isPlainObject(value)) return value;
  const copy: Record<string, unknown> = {};
  for (const key in value) setOwn(copy, key, value[key]);
  const field = fields.find((candidate) => candidate.oneof === oneof && candidate.name === copy.$case);
  if (field !== undefined && copy.value !== undefined) copy.value = copyValue(field, copy.value, depth);
  return copy;
}

function copyValue({ message }: FieldTable, value: unknown, depth: number): unknown {
  return message === undefined ? value : copyMessage(message(), value, depth + 1);
}
