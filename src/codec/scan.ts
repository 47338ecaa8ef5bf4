// Walks the fields of a payload without decoding them.
import type { FieldTable } from '../wire/table.js';
import { skipField } from '../wire/unknown.js';
import { pos, tagAt } from '../wire/varint.js';
import { fitsWireType, wrongWireType } from '../wire/wire-type.js';

/**
 * Calls `onField` for each of `fields` that occurs in the message in b[p, e): the field, where its tag begins, where its value begins,
 * where it ends. All others are skipped.
 * @throws Fault as decoding does: for the wire types of `fields`, and for the tags and ends of all outermost fields.
 */
export function scanFields(
  fields: readonly FieldTable[],
  b: Uint8Array,
  p: number,
  e: number,
  onField: (field: FieldTable, at: number, value: number, end: number) => void,
): void {
  while (p < e) {
    const at = p;
    const tag = tagAt(b, at, e);
    const value = pos;
    const number = tag >>> 3;
    const field = fields.find((candidate) => candidate.number === number);
    if (field !== undefined && !fitsWireType(field, tag & 7)) throw wrongWireType(tag & 7, `field ${number}`, at);
    p = skipField(b, at, tag, value, e, 0);
    if (field !== undefined) onField(field, at, value, p);
  }
}
