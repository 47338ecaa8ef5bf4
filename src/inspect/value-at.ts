// Reads single values of fields.
import { doubleAt, fixed32At, fixed64At, floatAt, sfixed64At } from '../wire/fixed.js';
import { bytesAt } from '../wire/lists.js';
import type { FieldTable } from '../wire/table.js';
import { textAt } from '../wire/text.js';
import { varint32, varintBool, varintInt64, varintSint32, varintSint64, varintUint64 } from '../wire/varint.js';
import { DELIMITED, FIXED32, FIXED64 } from '../wire/wire-type.js';
import type { PartValue } from './part.js';

/** The number in b[p, e). @throws CodecError */
export function numberAt(type: FieldTable['type'], b: Uint8Array, p: number, e: number): number | bigint | boolean {
  switch (type) {
    case 'double':
      return doubleAt(b, p, e);
    case 'float':
      return floatAt(b, p, e);
    case 'fixed64':
      return fixed64At(b, p, e);
    case 'sfixed64':
      return sfixed64At(b, p, e);
    case 'fixed32':
      return fixed32At(b, p, e) >>> 0;
    case 'sfixed32':
      return fixed32At(b, p, e);
    case 'bool':
      return varintBool(b, p, e);
    case 'int64':
      return varintInt64(b, p, e);
    case 'uint64':
      return varintUint64(b, p, e);
    case 'sint64':
      return varintSint64(b, p, e);
    case 'sint32':
      return varintSint32(b, p, e);
    case 'uint32':
      return varint32(b, p, e) >>> 0;
    default:
      return varint32(b, p, e);
  }
}

/** The string or bytes in b[p, e). @throws CodecError for invalid UTF-8. */
export function contentAt(type: FieldTable['type'], b: Uint8Array, p: number, e: number): PartValue {
  return type === 'string' ? textAt(b, p, e) : bytesAt(b, p, e);
}

/** A field for an unknown number: an unsigned number or bytes, by its wire type. */
export function unknownField(number: number, wireType: number): FieldTable {
  const type = wireType === DELIMITED ? 'bytes' : wireType === FIXED32 ? 'fixed32' : wireType === FIXED64 ? 'fixed64' : 'uint64';
  return { number, name: String(number), type };
}
