// A client must not speak for the platform: what only the platform sets is cleared in what a client sends.
import { SendInfoTable } from '../../generated/im/protocol/v1/send_info.codec.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { ProtocolError } from '../errors.js';
import { defaultOf } from '../wire/create-message.js';
import type { FieldTable, MessageTable } from '../wire/table.js';
import { setValue } from './lossy-downgrade.js';

type Properties = Record<PropertyKey, unknown>;

/**
 * A message of a client with every field at its default that the schema marks `platform`, at any depth. A member of a oneof cannot be
 * cleared: nothing would be left of the message. The input is not changed; what has nothing to clear is shared with it, up to the whole
 * message.
 * @throws ProtocolError PERMISSION_DENIED, with the path, for a member of a oneof that is marked `platform`.
 */
export function clearPlatformFields(message: SendInfo): SendInfo {
  return cleared(SendInfoTable, message as unknown as Properties, '') as unknown as SendInfo;
}

function cleared(table: MessageTable, message: Properties, path: string): Properties {
  let copy: Properties | undefined;
  for (const field of concernedFields(table)) {
    const value = setValue(field, message);
    if (value === undefined) continue;
    const result = field.platform ? clearedField(field, path) : clearedWithin(field, value, joined(path, field));
    if (result === value) continue;
    copy ??= { ...message };
    copy[field.oneof ?? field.name] = field.oneof === undefined ? result : { $case: field.name, value: result };
  }
  return copy ?? message;
}

function clearedField(field: FieldTable, path: string): unknown {
  if (field.oneof !== undefined) {
    const at = joined(path, field);
    throw new ProtocolError('PERMISSION_DENIED', `${at} is set by the platform only`, { path: at });
  }
  if (field.kind === undefined) return defaultOf(field);
  return field.kind === 'list' ? [] : new Map();
}

/** What is inside of a message, or of each message of a list or map. */
function clearedWithin(field: FieldTable, value: unknown, path: string): unknown {
  const table = field.message!();
  if (field.kind === undefined) return cleared(table, value as Properties, path);
  if (field.kind === 'map') {
    const entries = value as Map<unknown, Properties>;
    return new Map([...entries].map(([key, entry]) => [key, cleared(table, entry, `${path}[${JSON.stringify(key)}]`)]));
  }
  const items = value as Properties[];
  const results = items.map((item, i) => cleared(table, item, `${path}[${i}]`));
  return results.every((item, i) => item === items[i]) ? items : results;
}

function joined(path: string, { json, name }: FieldTable): string {
  return path === '' ? (json ?? name) : `${path}.${json ?? name}`;
}

const concerned = /* @__PURE__ */ new Map<MessageTable, readonly FieldTable[]>();

/** The fields of a message that are marked, or that hold a marked one at any depth: found once, so that other fields cost nothing. */
function concernedFields(table: MessageTable): readonly FieldTable[] {
  let fields = concerned.get(table);
  if (fields === undefined) {
    fields = table.fields.filter((field) => field.platform || (field.message !== undefined && isConcerned(field.message())));
    concerned.set(table, fields);
  }
  return fields;
}

function isConcerned(table: MessageTable, seen = new Set<MessageTable>()): boolean {
  if (seen.has(table)) return false;
  seen.add(table);
  return table.fields.some((field) => field.platform || (field.message !== undefined && isConcerned(field.message(), seen)));
}
