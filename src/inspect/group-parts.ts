// Parts of groups, which proto3 schemas do not have: their fields are shown by number.
import { MAX_DEPTH } from '../limits.js';
import { CodecError } from '../wire/codec-error.js';
import { joinPath } from '../wire/issues.js';
import { lastOf } from '../wire/older-engines.js';
import type { FieldTable } from '../wire/table.js';
import { skipField, tooDeep } from '../wire/unknown.js';
import { fitsWireType, START_GROUP, wrongWireType } from '../wire/wire-type.js';
import { elementName, messageParts } from './message-parts.js';
import type { PartDraft } from './part.js';
import { addError, partOf, type Scope, type Span, unreadPart, type Walk } from './walk.js';

/** True if the part is the end of this group. */
export function isEnd(part: PartDraft | undefined, group: number): boolean {
  return group !== 0 && part !== undefined && part.kind === 'tag' && part.value === group;
}

/** The parts after a start-group tag: the fields, and the end-group tag. */
export function groupParts(walk: Walk, scope: Scope, number: number, tagPart: PartDraft, span: Span): PartDraft[] {
  const { start, end } = tagPart;
  if (scope.depth + 1 > MAX_DEPTH) {
    addError(walk, tagPart, tooDeep(start), scope.path);
    return [unreadPart(walk, scope, end, span.limit, 'nested too deep')];
  }
  const parts = messageParts(walk, { ...scope, table: undefined, depth: scope.depth + 1, isEntry: false }, end, span, number);
  // A missing end is not an error if the bytes were cut off.
  if (!isEnd(lastOf(parts), number) && span.limit === span.end && walk.budget.parts > 0 && lastOf(parts)?.kind !== 'unread') {
    addError(walk, tagPart, new CodecError(`group ${number} does not end`, start), scope.path);
  }
  return parts;
}

/** The part of an end-group tag. It is an error if it does not match the group. */
export function endOfGroup(walk: Walk, scope: Scope, at: number, end: number, tag: number, group: number, span: Span): PartDraft {
  const number = tag >>> 3;
  const part = partOf(walk, scope, 'tag', 'tag', at, end, `end of group ${number}`);
  if (number === group && number !== 0) {
    part.value = number;
    return part;
  }
  const found = scope.table?.fields.find((field) => field.number === number);
  const path = found === undefined || scope.fixedPath ? scope.path : joinPath(scope.path, elementName(walk, scope, found));
  const fault = tagFault(scope, found, tag, at, () => skipField(walk.b, at, tag, end, span.limit, 0));
  if (fault !== undefined) addError(walk, part, fault, path);
  return part;
}

/**
 * The error of a tag: a known field with another wire type, or an invalid unknown field such as number 0.
 * @param skip skips the field as a decoder does, and throws its errors.
 */
export function tagFault(
  scope: Scope,
  field: FieldTable | undefined,
  tag: number,
  at: number,
  skip: () => void,
): CodecError | undefined {
  const number = tag >>> 3;
  const wireType = tag & 7;
  if (field !== undefined) {
    if (fitsWireType(field, wireType)) return undefined;
    const what = scope.isEntry ? `the ${number === 1 ? 'key' : 'value'} of a map` : `field ${number}`;
    return wrongWireType(wireType, what, at);
  }
  // The content of a group is inspected anyway.
  if (number !== 0 && wireType <= START_GROUP) return undefined;
  try {
    skip();
  } catch (error) {
    // Other errors are after the tag and are found there.
    if (error instanceof CodecError && error.at === at) return error;
  }
  return undefined;
}
