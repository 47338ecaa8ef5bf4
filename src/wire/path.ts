// Where in a message a byte lies, by field names. Found out only when there is an error to tell: the hot path keeps no path.
import type { FieldTable, MessageTable } from './table.js';
import { skipField } from './unknown.js';
import { lengthAt, pos, tagAt } from './varint.js';

/** Path of the field that holds the byte at `at` of the message in b[p, e): `receivers[3].userIds`; empty = none. */
export function pathAt(table: MessageTable, b: Uint8Array, p: number, e: number, at: number): string {
  const seen = new Map<FieldTable, number>();
  try {
    while (p < e && p <= at) {
      const start = p;
      const tag = tagAt(b, p, e);
      p = pos;
      const field = table.fields.find((candidate) => candidate.number === tag >>> 3);
      if (field) {
        const index = seen.get(field) ?? 0;
        seen.set(field, index + 1);
        const end = endOf(b, start, tag, p, e);
        if (at < end) return nameOf(field, index) + inside(field, b, tag, p, end, at);
        p = end;
      } else {
        p = skipField(b, start, tag, p, e, 0);
      }
    }
  } catch {
    // The bytes before the error are sound, so this is an unknown field that holds it.
  }
  return '';
}

/** End of a field that may itself be what is broken: then it reaches to the end of its parent. */
function endOf(b: Uint8Array, start: number, tag: number, p: number, e: number): number {
  try {
    return skipField(b, start, tag, p, e, 0);
  } catch {
    return e + 1;
  }
}

/** The rest of the path, within a message. */
function inside(field: FieldTable, b: Uint8Array, tag: number, p: number, end: number, at: number): string {
  if (field.message === undefined || field.kind === 'map' || (tag & 7) !== 2 || at <= p) return '';
  const length = lengthAt(b, p, end);
  const path = pathAt(field.message(), b, pos, pos + length, at);
  return path === '' ? '' : `.${path}`;
}

function nameOf(field: FieldTable, index: number): string {
  // A packed list is one item of the wire: its index is not that of an element.
  return field.kind === 'list' && (field.type === 'message' || field.type === 'string' || field.type === 'bytes')
    ? `${field.name}[${index}]`
    : field.name;
}
