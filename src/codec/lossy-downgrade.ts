// Refuses to write to an older version what that version does not have, so that nothing is lost silently.

import { isProtocolError, ProtocolError } from '../errors.js';
import { MAX_DEPTH } from '../limits.js';
import { quotedKey } from '../wire/issues.js';
import { inertText } from '../wire/quoted.js';
import { isMap } from '../wire/scalar.js';
import type { EnumTable, FieldTable, MessageTable } from '../wire/table.js';

/**
 * "a set field, list, map entry, oneof member or enum value, at any depth, whose `since` is above the version of the frame, is
 * LOSSY_DOWNGRADE, unless the schema marks it `ignorable`". Unknown fields are exempt. The content of an ignorable field is not
 * checked, because an older reader skips all of it. Costs nothing if the schema of the message has nothing newer than the version. Version 0 has
 * everything: "readers skip fields that they do not know" in the handshake.
 * @param message of the types of its table; the encoder refuses others.
 * @param version of the frame, 0 to 127.
 * @throws ProtocolError LOSSY_DOWNGRADE with the path, `limit` = the version of the frame and `actual` = the required version.
 */
export function assertWritable(table: MessageTable, message: object, version: number): void {
  if (version > 0 && isNewer(table.newest, version)) checkMessage(table, message, { path: '', depth: 0, version });
}

/** Position of the check, and the version. */
interface Position {
  readonly path: string;
  readonly depth: number;
  readonly version: number;
}

/** The default of `since`. */
function isNewer(since: number | undefined, version: number): since is number {
  return (since ?? 1) > version;
}

function checkMessage(table: MessageTable, message: unknown, at: Position): void {
  // The encoder refuses deeper nesting and other values.
  if (at.depth > MAX_DEPTH || typeof message !== 'object' || message === null) return;
  if (isNewer(table.since, at.version)) throw lossy(at, table.name, table.since);
  for (const field of table.fields) {
    const value = setValue(field, message as Record<string, unknown>);
    if (value !== undefined) checkField(field, value, { ...at, path: joined(at.path, field.json ?? field.name) });
  }
}

function checkField(field: FieldTable, value: unknown, at: Position): void {
  if (isNewer(field.since, at.version)) {
    if (field.ignorable) return;
    throw lossy(at, undefined, field.since);
  }
  if (!mayHoldNewer(field, at.version)) return;
  if (field.kind === undefined) {
    checkValue(field, value, at);
  } else {
    for (const [key, item] of (value as readonly unknown[] | ReadonlyMap<unknown, unknown>).entries()) {
      checkValue(field, item, { ...at, path: `${at.path}[${typeof key === 'string' ? quotedKey(key) : key}]` });
    }
  }
}

function checkValue(field: FieldTable, value: unknown, at: Position): void {
  if (field.message !== undefined) checkMessage(field.message(), value, { ...at, depth: at.depth + 1 });
  else if (field.enum !== undefined && typeof value === 'number') checkEnum(field.enum(), value, at);
}

/** A number that the schema does not name has no `since`. */
function checkEnum(table: EnumTable, value: number, at: Position): void {
  const since = table.since?.[value];
  if (isNewer(since, at.version) && !table.ignorable?.includes(value))
    throw lossy(at, `${table.values[value]} (${value})`, since);
}

function mayHoldNewer({ message, enum: enumTable }: FieldTable, version: number): boolean {
  if (message !== undefined) return isNewer(message().newest, version);
  return enumTable?.().since !== undefined;
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function lossy(at: Position, what: string | undefined, since: number): ProtocolError {
  const subject = [at.path, what].filter(Boolean).join(': ');
  return new ProtocolError(
    'LOSSY_DOWNGRADE',
    `${inertText(subject)} needs version ${since}, the frame has version ${at.version}`,
    {
      path: at.path,
      limit: at.version,
      actual: since,
    },
  );
}

/** "the lowest version that has everything it writes": 1 unless something newer is set in the message. */
export function lowestVersion(table: MessageTable, message: object): number {
  const newest = table.newest ?? 1;
  for (let version = 1; version < newest; version++) if (isWritable(table, message, version)) return version;
  return newest;
}

function isWritable(table: MessageTable, message: object, version: number): boolean {
  try {
    assertWritable(table, message, version);
    return true;
  } catch (error) {
    if (isProtocolError(error, 'LOSSY_DOWNGRADE')) return false;
    throw error;
  }
}

/**
 * The value of a field that an encoder would write; undefined if the field is not set or has its default.
 * @param message of its types; a value of another type may be returned as it is.
 */
export function setValue(field: FieldTable, message: Readonly<Record<PropertyKey, unknown>>): unknown {
  if (field.oneof !== undefined) {
    const member = message[field.oneof] as { $case?: unknown; value?: unknown } | null | undefined;
    return member?.$case === field.name ? member.value : undefined;
  }
  const value = message[field.name];
  if (field.kind === 'list') return Array.isArray(value) && value.length > 0 ? value : undefined;
  if (field.kind === 'map') return isMap(value) && value.size > 0 ? value : undefined;
  return field.optional || field.type === 'message' || !isDefault(field, value) ? value : undefined;
}

/** -0 is not the default of a float, because its bits are not all zero. */
function isDefault({ type }: FieldTable, value: unknown): boolean {
  if (ArrayBuffer.isView(value)) return value.byteLength === 0;
  if (value === 0) return (type !== 'double' && type !== 'float') || Object.is(value, 0);
  return value === 0n || value === '' || value === false;
}
