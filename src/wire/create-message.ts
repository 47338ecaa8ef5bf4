// Whole messages from parts of them, by the table.
import type { FieldTable, MessageTable } from './table.js';
import { UNKNOWN_FIELDS, type WithUnknownFields } from './unknown.js';

type Properties = Record<string, unknown>;

/** A message of `table` with what `init` says and defaults for the rest. Lists, maps and messages are copied, bytes are shared. */
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
  // Not value.map: an array of another class or realm would make one of its kind.
  if (field.kind === 'list') return Array.from((value ?? []) as unknown[], (element) => copyValue(field, element));
  if (field.kind === 'map') {
    return new Map([...((value ?? []) as Map<unknown, unknown>)].map(([k, v]) => [k, copyValue(field, v)]));
  }
  return value === undefined ? defaultOf(field) : copyValue(field, value);
}

function copyValue({ message }: FieldTable, value: unknown): unknown {
  return message ? createMessage(message(), value as object) : value;
}

/** The default of a single field: undefined where the field tells "not set" from it. */
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
