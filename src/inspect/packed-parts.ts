import { Fault } from '../wire/fault.js';
import type { FieldTable } from '../wire/table.js';
import { pos } from '../wire/varint.js';
import { FIXED64, VARINT, wireTypeOf } from '../wire/wire-type.js';
import { nextIndex } from './message-parts.js';
import type { PartDraft } from './part.js';
import { numberAt } from './value-at.js';
import { broken, scalarPart } from './value-part.js';
import { addFault, type Scope, type Span, unreadPart, type Walk } from './walk.js';

/** The elements of a packed list. */
export function packedParts(
  walk: Walk,
  scope: Scope,
  field: FieldTable,
  tagPart: PartDraft,
  start: number,
  span: Span,
): PartDraft[] {
  const { end, limit } = span;
  const size = sizeOf(field);
  if (size > 0 && limit === end && (end - start) % size !== 0) {
    addFault(walk, tagPart, new Fault(`packed list of ${end - start} bytes, elements have ${size}`, tagPart.start), scope.path);
    // The elements in front of the odd one can be read.
    return elements(walk, scope, field, size, start, { end: end + size, limit });
  }
  return elements(walk, scope, field, size, start, span);
}

function elements(walk: Walk, scope: Scope, field: FieldTable, size: number, start: number, span: Span): PartDraft[] {
  const parts: PartDraft[] = [];
  const name = scope.path.slice(scope.path.lastIndexOf('.') + 1);
  let p = start;
  while (p < span.limit && parts.at(-1)?.kind !== 'unread') {
    if (walk.room.parts <= 0) {
      parts.push(unreadPart(walk, scope, p, span.limit, 'not looked into: the inspection has too many parts'));
      break;
    }
    try {
      const value = numberAt(field.type, walk.b, p, span.limit);
      const end = size > 0 ? p + size : pos;
      const index = nextIndex(walk, scope.path);
      const place = { ...scope, path: `${scope.path}[${index}]` };
      const part = scalarPart(walk, place, field, `${name}[${index}]`, value, p, end);
      walk.byPath.set(place.path, part);
      parts.push(part);
      p = end;
    } catch (error) {
      parts.push(broken(walk, scope, p, span, error));
    }
  }
  return parts;
}

/** Bytes of an element; 0 = they differ. */
function sizeOf({ type }: FieldTable): number {
  const wireType = wireTypeOf(type);
  return wireType === VARINT ? 0 : wireType === FIXED64 ? 8 : 4;
}
