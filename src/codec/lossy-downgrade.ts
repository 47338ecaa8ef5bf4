// Refuses to write to an older version what that version does not have, so that nothing is lost silently.

import { ProtocolError } from '../errors.js';
import { MAX_DEPTH } from '../limits.js';
import { quotedKey } from '../wire/issues.js';
import { inertText } from '../wire/quoted.js';
import { isMap } from '../wire/scalar.js';
import type { EnumTable, FieldTable, MessageTable } from '../wire/table.js';

/**
 * "a set field, list, map entry, oneof member or enum value, at any depth, whose `since` is above the version of the frame, is
 * LOSSY_DOWNGRADE, unless the schema marks it `ignorable`". Unknown fields are exempt. The content of an ignorable field is not
 * checked, because an older reader skips all of it. Version 0 has everything: "readers skip fields that they do not know" in the
 * handshake.
 * @param message must have the types of its table; other values are left to the encoder.
 * @param version of the frame, 0 to 127.
 * @throws ProtocolError LOSSY_DOWNGRADE with the path, `limit` = the version of the frame and `actual` = the required version.
 */
export function assertWritable(table: MessageTable, message: object, version: number): void {
  if (version === 0 || !isNewer(table.newest, version)) return;
  const newer = newerInMessage(table, message, version, 0);
  if (newer === undefined) return;
  const { path, what, since } = newer;
  const subject = inertText([path, what].filter(Boolean).join(': '));
  throw new ProtocolError('LOSSY_DOWNGRADE', `${subject} needs version ${since}, the frame has version ${version}`, {
    path,
    limit: version,
    actual: since,
  });
}

/** "the lowest version that has everything it writes": 1 unless something newer is set in the message. */
export function lowestVersion(table: MessageTable, message: object): number {
  const newest = table.newest ?? 1;
  for (let version = 1; version < newest; version++) if (newerInMessage(table, message, version, 0) === undefined) return version;
  return newest;
}

/** The first item of a message that a version cannot carry. */
interface Newer {
  readonly path: string;
  readonly what: string | undefined;
  readonly since: number;
}

/** Items without `since` exist since version 1. */
function isNewer(since: number | undefined, version: number): since is number {
  return (since ?? 1) > version;
}

// Only messages that are marked are searched (src/wire/newer.ts), so this is short rather than fast. It allocates nothing unless it finds something.

function newerInMessage(table: MessageTable, message: unknown, version: number, depth: number): Newer | undefined {
  // The encoder refuses deeper nesting, and values that are not messages.
  if (depth > MAX_DEPTH || typeof message !== 'object' || message === null) return undefined;
  if (isNewer(table.since, version)) return { path: '', what: table.name, since: table.since };
  for (const field of table.fields) {
    const newer = newerInField(field, setValue(field, message as Record<string, unknown>), version, depth);
    if (newer !== undefined) return newer;
  }
  return undefined;
}

function newerInField(field: FieldTable, value: unknown, version: number, depth: number): Newer | undefined {
  if (value === undefined) return undefined;
  if (isNewer(field.since, version)) {
    return field.ignorable ? undefined : under(field, { path: '', what: undefined, since: field.since });
  }
  if (field.kind === undefined) return under(field, newerInValue(field, value, version, depth));
  // The items of most lists cannot be newer.
  if (field.message === undefined && field.enum === undefined) return undefined;
  for (const [key, item] of (value as readonly unknown[] | ReadonlyMap<unknown, unknown>).entries()) {
    const newer = newerInValue(field, item, version, depth);
    if (newer !== undefined) return under(field, newer, `[${typeof key === 'string' ? quotedKey(key) : key}]`);
  }
  return undefined;
}

function newerInValue(field: FieldTable, value: unknown, version: number, depth: number): Newer | undefined {
  if (field.message !== undefined) {
    const table = field.message();
    return isNewer(table.newest, version) ? newerInMessage(table, value, version, depth + 1) : undefined;
  }
  return field.enum && newerInEnum(field.enum, value, version);
}

/** A number that the schema does not name has no `since`. */
function newerInEnum(table: () => EnumTable, value: unknown, version: number): Newer | undefined {
  if (typeof value !== 'number') return undefined;
  const { since, ignorable, values } = table();
  const sinceValue = since?.[value];
  if (!isNewer(sinceValue, version) || ignorable?.includes(value)) return undefined;
  return { path: '', what: `${values[value]} (${value})`, since: sinceValue };
}

function under({ json, name }: FieldTable, newer: Newer | undefined, key = ''): Newer | undefined {
  if (newer === undefined) return undefined;
  return { ...newer, path: `${json ?? name}${key}${newer.path === '' ? '' : '.'}${newer.path}` };
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
