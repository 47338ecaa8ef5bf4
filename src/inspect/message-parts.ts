// The parts of a message. After an error, inspection continues after the field if possible, else after the message.
import { joinPath } from '../wire/issues.js';
import { lastOf } from '../wire/older-engines.js';
import type { FieldTable } from '../wire/table.js';
import { skipField } from '../wire/unknown.js';
import { pos, tagAt } from '../wire/varint.js';
import { DELIMITED, END_GROUP, FIXED32, FIXED64, START_GROUP, VARINT, wireTypeOf, wireTypeText } from '../wire/wire-type.js';
import { delimitedParts } from './delimited-parts.js';
import { endOfGroup, groupParts, isEnd, tagFault } from './group-parts.js';
import { hideContents } from './hide-contents.js';
import type { PartDraft } from './part.js';
import { numberAt, unknownField } from './value-at.js';
import { bytesText, scalarPart, typeText, unreadableRest } from './value-text.js';
import { addError, hide, partOf, type Scope, type Span, unreadPart, type Walk } from './walk.js';

/** The parts of b[p, limit), without gaps. @param group the group whose end-group tag ends the parts; 0 = none. */
export function messageParts(walk: Walk, scope: Scope, p: number, span: Span, group = 0): PartDraft[] {
  const parts: PartDraft[] = [];
  while (p < span.limit) {
    if (walk.budget.parts <= 0) {
      parts.push(unreadPart(walk, scope, p, span.limit, 'not inspected: too many parts'));
      break;
    }
    const part = fieldPart(walk, scope, p, span, group);
    parts.push(part);
    p = part.end;
    if (isEnd(part, group)) break;
  }
  return parts;
}

/** The field at `at`, or an unread part for the rest. */
function fieldPart(walk: Walk, scope: Scope, at: number, span: Span, group: number): PartDraft {
  let tag: number;
  try {
    tag = tagAt(walk.b, at, span.limit);
  } catch (error) {
    return unreadableRest(walk, scope, at, span, error);
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
  if (fault !== undefined) addError(walk, tagPart, fault, part.path);
  const inner = { ...scope, path: part.path, secret: part.secret };
  const rest = valueParts(walk, inner, field, tag, tagPart, span);
  part.parts = [tagPart, ...rest];
  part.end = lastOf(rest)?.end ?? after;
  // It may be a secret of a newer version.
  if (found === undefined && !walk.secrets) hideContents(part);
  const value = rest.length === 1 || (rest.length === 2 && rest[0].kind === 'length') ? lastOf(rest) : undefined;
  if (value?.kind === 'value') {
    part.value = value.value;
    part.text = value.text;
  } else if (part.text === '') part.text = bytesText(part.end - (rest.find(({ kind }) => kind !== 'length')?.start ?? part.end));
  return part;
}

/** The part of a field whose end is not known yet. */
function openField(
  walk: Walk,
  scope: Scope,
  found: FieldTable | undefined,
  field: FieldTable,
  wireType: number,
  at: number,
): PartDraft {
  const name = found === undefined ? `field ${field.number}` : elementName(walk, scope, found);
  const path = found === undefined || scope.fixedPath ? scope.path : joinPath(scope.path, name);
  const part = partOf(walk, { ...scope, path }, 'field', name, at, at);
  part.type = field === found ? typeText(field) : wireTypeText(wireType);
  if (found !== undefined) {
    if (!scope.fixedPath) walk.byPath.set(path, part);
    if (found.oneof !== undefined) walk.byPath.set(joinPath(scope.path, found.oneof), part);
  }
  return hide(walk, part, scope.secret || found?.sensitive === true);
}

/** The name of a field; for a string or message in a list with its index: `receivers[3]`. As in the paths of decoders, numbers have none. */
export function elementName(walk: Walk, scope: Scope, field: FieldTable): string {
  const name = field.json ?? field.name;
  const isCounted = field.kind === 'list' && wireTypeOf(field.type) === DELIMITED && !scope.fixedPath;
  return isCounted ? `${name}[${nextIndex(walk, joinPath(scope.path, name))}]` : name;
}

/** The index of the next list element. */
export function nextIndex(walk: Walk, list: string): number {
  const index = walk.counts.get(list) ?? 0;
  walk.counts.set(list, index + 1);
  return index;
}

/** The parts after a tag. */
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
        // An unpacked list element.
        if (field.kind === 'list') walk.byPath.set(`${scope.path}[${nextIndex(walk, scope.path)}]`, part);
        return [part];
      } catch (error) {
        return [unreadableRest(walk, scope, at, span, error)];
      }
    case DELIMITED:
      return delimitedParts(walk, scope, field, tagPart, span);
    case START_GROUP:
      return groupParts(walk, scope, tag >>> 3, tagPart, span);
    default:
      return [unreadPart(walk, scope, at, span.limit)];
  }
}
