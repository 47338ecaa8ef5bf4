// The fields of a message, one behind the other. After an error it goes on where that can be: behind the field, else behind the message.
import { joinPath } from '../wire/issues.js';
import type { FieldTable } from '../wire/table.js';
import { skipField } from '../wire/unknown.js';
import { pos, tagAt } from '../wire/varint.js';
import { DELIMITED, END_GROUP, FIXED32, FIXED64, START_GROUP, VARINT, wireTypeOf, wireTypeText } from '../wire/wire-type.js';
import { delimitedParts } from './delimited-parts.js';
import { endOfGroup, groupParts, isEnd, tagFault } from './group-parts.js';
import { hideContents } from './hide-contents.js';
import type { PartDraft } from './part.js';
import { numberAt, unknownField } from './value-at.js';
import { broken, bytesText, scalarPart, typeText } from './value-text.js';
import { addFault, hide, partOf, type Scope, type Span, unreadPart, type Walk } from './walk.js';

/** The parts of b[p, limit), without a gap. @param group the number of the group whose end is looked for; the last part is its end. */
export function messageParts(walk: Walk, scope: Scope, p: number, span: Span, group = 0): PartDraft[] {
  const parts: PartDraft[] = [];
  while (p < span.limit) {
    if (walk.room.parts <= 0) {
      parts.push(unreadPart(walk, scope, p, span.limit, 'not looked into: the inspection has too many parts'));
      break;
    }
    const part = fieldPart(walk, scope, p, span, group);
    parts.push(part);
    p = part.end;
    if (isEnd(part, group)) break;
  }
  return parts;
}

/** The field that begins at `at`, or what cannot be read from there on. */
function fieldPart(walk: Walk, scope: Scope, at: number, span: Span, group: number): PartDraft {
  let tag: number;
  try {
    tag = tagAt(walk.b, at, span.limit);
  } catch (error) {
    return broken(walk, scope, at, span, error);
  }
  const after = pos;
  const number = tag >>> 3;
  const wireType = tag & 7;
  if (wireType === END_GROUP) return endOfGroup(walk, scope, at, after, tag, group, span);
  const found = scope.table?.fields.find((field) => field.number === number);
  const fault = tagFault(scope, found, tag, at, () => skipField(walk.b, at, tag, after, span.limit, 0));
  const field = fault === undefined && found !== undefined ? found : unknownField(number, wireType);
  const part = openField(walk, scope, found, field, wireType, at);
  const tagPart = partOf(walk, part, 'tag', 'tag', at, after, `field ${number}, ${wireTypeText(wireType)}`);
  tagPart.value = number;
  if (fault !== undefined) addFault(walk, tagPart, fault, part.path);
  const inner = { ...scope, path: part.path, secret: part.secret };
  const rest = valueParts(walk, inner, field, tag, tagPart, span);
  part.parts = [tagPart, ...rest];
  part.end = rest.at(-1)?.end ?? after;
  // A newer peer may have put a secret there.
  if (found === undefined && !walk.secrets) hideContents(part);
  const value = rest.length === 1 || (rest.length === 2 && rest[0].kind === 'length') ? rest.at(-1) : undefined;
  if (value?.kind === 'value') {
    part.value = value.value;
    part.text = value.text;
  } else if (part.text === '') part.text = bytesText(part.end - (rest.find(({ kind }) => kind !== 'length')?.start ?? part.end));
  return part;
}

/** The part of a field, before it is known where it ends. */
function openField(
  walk: Walk,
  scope: Scope,
  found: FieldTable | undefined,
  field: FieldTable,
  wireType: number,
  at: number,
): PartDraft {
  const name = found === undefined ? `field ${field.number}` : counted(walk, scope, found);
  const path = found === undefined || scope.fixedPath ? scope.path : joinPath(scope.path, name);
  const part = partOf(walk, { ...scope, path }, 'field', name, at, at);
  part.type = field === found ? typeText(field) : wireTypeText(wireType);
  if (found !== undefined) {
    if (!scope.fixedPath) walk.byPath.set(path, part);
    if (found.oneof !== undefined) walk.byPath.set(joinPath(scope.path, found.oneof), part);
  }
  return hide(walk, part, scope.secret || found?.sensitive === true);
}

/** A text or message in a list is counted: `receivers[3]`. A number is not, as in the paths of decoders. */
export function counted(walk: Walk, scope: Scope, field: FieldTable): string {
  const name = field.json ?? field.name;
  const isCounted = field.kind === 'list' && wireTypeOf(field.type) === DELIMITED && !scope.fixedPath;
  return isCounted ? `${name}[${nextIndex(walk, joinPath(scope.path, name))}]` : name;
}

/** The index of the next element of a list. */
export function nextIndex(walk: Walk, list: string): number {
  const index = walk.counts.get(list) ?? 0;
  walk.counts.set(list, index + 1);
  return index;
}

/** What stands behind a tag. */
function valueParts(walk: Walk, scope: Scope, field: FieldTable, tag: number, tagPart: PartDraft, span: Span): PartDraft[] {
  const { end: at } = tagPart;
  switch (tag & 7) {
    case VARINT:
    case FIXED64:
    case FIXED32:
      try {
        const value = numberAt(field.type, walk.b, at, span.limit);
        const end = (tag & 7) === VARINT ? pos : at + ((tag & 7) === FIXED64 ? 8 : 4);
        const part = scalarPart(walk, scope, field, 'value', value, at, end);
        // An element of a list that is not packed.
        if (field.kind === 'list') walk.byPath.set(`${scope.path}[${nextIndex(walk, scope.path)}]`, part);
        return [part];
      } catch (error) {
        return [broken(walk, scope, at, span, error)];
      }
    case DELIMITED:
      return delimitedParts(walk, scope, field, tagPart, span);
    case START_GROUP:
      return groupParts(walk, scope, tag >>> 3, tagPart, span);
    default:
      return [unreadPart(walk, scope, at, span.limit)];
  }
}
