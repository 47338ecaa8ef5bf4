// Turns errors of decoders into ProtocolErrors. The path is found from the position, so that decoders keep none.
import { ProtocolError } from '../errors.js';
import { CodecError } from './codec-error.js';
import type { FieldTable, MessageTable } from './table.js';
import { skipField } from './unknown.js';
import { lengthAt, pos, tagAt } from './varint.js';

/**
 * Turns an error of a decoder into a ProtocolError.
 * @param base index in `b` from which offsets count.
 */
export function toDecodeError(table: MessageTable, b: Uint8Array, p: number, e: number, base: number, error: unknown): unknown {
  if (!(error instanceof CodecError)) return error;
  const { text, at, code, limit, actual } = error;
  const item = pathAt(table, b, p, e, at);
  // A list that is too long is reported at the list, not at the element.
  const path = code === 'INVALID_MESSAGE' ? item.replace(/\[\d+\]$/, '') : item;
  const name = table.name.slice(table.name.lastIndexOf('.') + 1);
  const where = path === '' ? name : `${name}.${path}`;
  const issues = code === 'INVALID_MESSAGE' ? [{ path, rule: 'max_items', message: text }] : undefined;
  return new ProtocolError(code, `${where}: ${text}, at byte ${at - base}`, { offset: at - base, path, limit, actual, issues });
}

/** Path of the field that contains the byte `at` of the message in b[p, e): `receivers[3].userIds`; empty = no known field. */
function pathAt(table: MessageTable, b: Uint8Array, p: number, e: number, at: number): string {
  return find(table.fields, b, p, e, at) ?? '';
}

/** Undefined if b[p, e) is valid and does not contain the byte at `at`. */
function find(fields: readonly FieldTable[], b: Uint8Array, p: number, e: number, at: number): string | undefined {
  const seen = new Map<FieldTable, number>();
  try {
    while (p < e && p <= at) {
      const start = p;
      const tag = tagAt(b, p, e);
      p = pos;
      const field = fields.find((candidate) => candidate.number === tag >>> 3);
      if (field) {
        const index = seen.get(field) ?? 0;
        seen.set(field, index + 1);
        const end = endOf(b, start, tag, p, e);
        const rest = end <= e && at <= end ? inside(field, b, tag, p, end, at) : undefined;
        if (at < end || rest !== undefined) return nameOf(field, index) + (rest ? `.${rest}` : '');
        p = end;
      } else {
        p = skipField(b, start, tag, p, e, 0);
      }
    }
    return undefined;
  } catch {
    // The bytes before the error are valid, so an unknown field contains it.
    return '';
  }
}

/** End of a field. A malformed field extends to the end of its parent, so that the bytes missing there belong to it. */
function endOf(b: Uint8Array, start: number, tag: number, p: number, e: number): number {
  try {
    return skipField(b, start, tag, p, e, 0);
  } catch {
    return e + 1;
  }
}

/** The rest of the path, within a message. An error at the end of a message is at the position at which the next field begins. */
function inside(field: FieldTable, b: Uint8Array, tag: number, p: number, end: number, at: number): string | undefined {
  const fields = field.kind === 'map' ? entryFields(field) : field.message?.().fields;
  if (fields === undefined || (tag & 7) !== 2) return undefined;
  const length = lengthAt(b, p, end);
  if (at < pos) return undefined;
  const path = find(fields, b, pos, pos + length, at);
  // The key of the entry is not read, so the path ends at the map.
  return path !== undefined && field.kind === 'map' ? '' : path;
}

/** An entry of a map is a message on the wire. */
function entryFields({ key, kind, ...value }: FieldTable): readonly FieldTable[] {
  return [
    { number: 1, name: 'key', type: key! },
    { ...value, number: 2, name: 'value' },
  ];
}

function nameOf(field: FieldTable, index: number): string {
  const name = field.json ?? field.name;
  // A packed list is one item on the wire, which has no index.
  const isCounted = field.kind === 'list' && (field.type === 'message' || field.type === 'string' || field.type === 'bytes');
  return isCounted ? `${name}[${index}]` : name;
}
