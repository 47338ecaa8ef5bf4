// Where two decoded messages differ. The tables say what is compared, so that what only one side has is not overlooked.
import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { FieldTable, MessageTable } from '../../src/wire/table.js';
import { UNKNOWN_FIELDS } from '../../src/wire/unknown.js';
import type { Message } from './peers.js';
import { varint } from './wire-tree.js';

/** Path of the first field that differs; undefined = the same values. */
export function difference(table: MessageTable, ours: Message, theirs: Message): string | undefined {
  const unknown = [ours[UNKNOWN_FIELDS], theirs[UNKNOWN_FIELDS]] as (Uint8Array | undefined)[];
  if (!sameUnknown(unknown[0], unknown[1])) return '(unknown fields)';
  for (const field of table.fields) {
    const inner = fieldDifference(field, ours, theirs);
    if (inner !== undefined) return inner === '' ? field.name : `${field.name}.${inner}`;
  }
  return undefined;
}

function fieldDifference(field: FieldTable, ours: Message, theirs: Message): string | undefined {
  if (field.oneof === undefined) return valueDifference(field, ours[field.name], theirs[field.name]);
  const [a, b] = [ours[field.oneof], theirs[field.oneof]] as ({ $case: string; value: unknown } | undefined)[];
  if (a?.$case !== b?.$case) return '';
  return a?.$case === field.name ? oneDifference(field, a.value, b?.value) : undefined;
}

function valueDifference(field: FieldTable, a: unknown, b: unknown): string | undefined {
  if (field.kind === 'list') {
    const [x, y] = [a as unknown[], b as unknown[]];
    if (x.length !== y.length) return `length ${x.length} and ${y.length}`;
    return firstDifference(x.map((item, i) => oneDifference(field, item, y[i])));
  }
  if (field.kind === 'map') {
    const [x, y] = [a as Map<unknown, unknown>, b as Map<unknown, unknown>];
    if (x.size !== y.size) return `size ${x.size} and ${y.size}`;
    return firstDifference([...x].map(([key, value]) => (y.has(key) ? oneDifference(field, value, y.get(key)) : `key ${key}`)));
  }
  return oneDifference(field, a, b);
}

const firstDifference = (all: (string | undefined)[]): string | undefined => all.find((one) => one !== undefined);

function oneDifference(field: FieldTable, a: unknown, b: unknown): string | undefined {
  if (Object.is(a, b)) return undefined;
  if (a === undefined || b === undefined) return '';
  if (field.message) return difference(field.message(), a as Message, b as Message);
  return field.type === 'bytes' && Buffer.compare(a as Uint8Array, b as Uint8Array) === 0 ? undefined : '';
}

/** We keep the bytes of an unknown field as they came; a peer may write its tag in fewer. */
function sameUnknown(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (!a || !b) return a === b;
  if (Buffer.compare(a, b) === 0) return true;
  try {
    return Buffer.compare(withShortTags(a), withShortTags(b)) === 0;
  } catch {
    // What we or the peer kept are no fields.
    return false;
  }
}

function withShortTags(bytes: Uint8Array): Uint8Array {
  const reader = new BinaryReader(bytes);
  const parts: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    parts.push(varint(number * 8 + wireType), reader.skip(wireType, number));
  }
  return Buffer.concat(parts);
}
