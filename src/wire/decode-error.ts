// From an error of a decoder to the error that users see: the position becomes a path. The hot path keeps no path.
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

/** Path of the field whose reading failed at the byte `at` of the message in b[p, e): `receivers[3].userIds`; empty = none. */
function pathAt(table: MessageTable, b: Uint8Array, p: number, e: number, at: number): string {
  return find(table.fields, b, p, e, at) ?? '';
}

/** Undefined if the bytes b[p, e) are sound and the byte at `at` is none of them. */
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
    // The bytes before the error are sound, so this is an unknown field that holds it.
    return '';
  }
}

/** End of a field that may itself be what is broken: then it reaches to the end of its parent, and what is missing there is its own. */
function endOf(b: Uint8Array, start: number, tag: number, p: number, e: number): number {
  try {
    return skipField(b, start, tag, p, e, 0);
  } catch {
    return e + 1;
  }
}

/** The rest of the path, within a message. What a message lacks at its end lies behind it: there the next field begins, too. */
function inside(field: FieldTable, b: Uint8Array, tag: number, p: number, end: number, at: number): string | undefined {
  const fields = field.kind === 'map' ? entryFields(field) : field.message?.().fields;
  if (fields === undefined || (tag & 7) !== 2) return undefined;
  const length = lengthAt(b, p, end);
  if (at < pos) return undefined;
  const path = find(fields, b, pos, pos + length, at);
  // Which entry it is cannot be said: its key is not read.
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
  // A packed list is one item of the wire: its index is not that of an element.
  const isCounted = field.kind === 'list' && (field.type === 'message' || field.type === 'string' || field.type === 'bytes');
  return isCounted ? `${name}[${index}]` : name;
}
