// Groups, which no schema of proto3 has: their fields are shown by their numbers.

import { MAX_DEPTH } from '../limits.js';
import { CodecError } from '../wire/codec-error.js';
import { joinPath } from '../wire/issues.js';
import type { FieldTable } from '../wire/table.js';
import { skipField, tooDeep } from '../wire/unknown.js';
import { fitsWireType, START_GROUP, wrongWireType } from '../wire/wire-type.js';
import { counted, messageParts } from './message-parts.js';
import type { PartDraft } from './part.js';
import { addFault, partOf, type Scope, type Span, unreadPart, type Walk } from './walk.js';

/** The part is the end of this group. */
export function isEnd(part: PartDraft | undefined, group: number): boolean {
  return group !== 0 && part !== undefined && part.kind === 'tag' && part.value === group;
}

/** What stands behind the tag that opens a group: its fields, and the tag that ends it. */
export function groupParts(walk: Walk, scope: Scope, number: number, tagPart: PartDraft, span: Span): PartDraft[] {
  const { start, end } = tagPart;
  if (scope.depth + 1 > MAX_DEPTH) {
    addFault(walk, tagPart, tooDeep(start), scope.path);
    return [unreadPart(walk, scope, end, span.limit, 'nested too deep')];
  }
  const parts = messageParts(walk, { ...scope, table: undefined, depth: scope.depth + 1, isEntry: false }, end, span, number);
  // What is missing because the bytes were cut off is no fault of the group.
  if (!isEnd(parts.at(-1), number) && span.limit === span.end && walk.room.parts > 0 && parts.at(-1)?.kind !== 'unread') {
    addFault(walk, tagPart, new CodecError(`group ${number} does not end`, start), scope.path);
  }
  return parts;
}

/** The tag that ends a group; one that ends nothing is an error. */
export function endOfGroup(walk: Walk, scope: Scope, at: number, end: number, tag: number, group: number, span: Span): PartDraft {
  const number = tag >>> 3;
  const part = partOf(walk, scope, 'tag', 'tag', at, end, `end of group ${number}`);
  if (number === group && number !== 0) {
    part.value = number;
    return part;
  }
  // Such an end ends nothing.
  const found = scope.table?.fields.find((field) => field.number === number);
  const path = found === undefined || scope.fixedPath ? scope.path : joinPath(scope.path, counted(walk, scope, found));
  const fault = tagFault(scope, found, tag, at, () => skipField(walk.b, at, tag, end, span.limit, 0));
  if (fault !== undefined) addFault(walk, part, fault, path);
  return part;
}

/**
 * What is wrong with a tag. "A known field with another wire type, field number 0": errors, although what follows can be read.
 * @param skip skips the field as a decoder does, and throws what it throws: that says what is wrong with a tag of an unknown field.
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
  // The inside of a group is gone through anyway.
  if (number !== 0 && wireType <= START_GROUP) return undefined;
  try {
    skip();
  } catch (error) {
    // Anything else lies behind the tag, and is found there.
    if (error instanceof CodecError && error.at === at) return error;
  }
  return undefined;
}
