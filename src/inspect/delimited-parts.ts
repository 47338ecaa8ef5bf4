// Parts of length-delimited values: strings, bytes, messages, map entries, packed lists.
import { anyTypeName } from '../codec/any.js';
import { MAX_DEPTH } from '../limits.js';
import { CodecError } from '../wire/codec-error.js';
import { entryPath } from '../wire/issues.js';
import { lastOf } from '../wire/older-engines.js';
import type { FieldTable, MessageTable } from '../wire/table.js';
import { tooDeep } from '../wire/unknown.js';
import { pos, varintUint64 } from '../wire/varint.js';
import { DELIMITED, FIXED64, VARINT, wireTypeOf } from '../wire/wire-type.js';
import { hideContents } from './hide-contents.js';
import { messageParts, nextIndex } from './message-parts.js';
import type { PartDraft } from './part.js';
import { contentAt, numberAt } from './value-at.js';
import { bytesText, scalarPart, unreadableRest } from './value-text.js';
import { addError, hide, partOf, type Scope, type Span, unreadPart, type Walk } from './walk.js';

/** The parts for the length and the content. */
export function delimitedParts(walk: Walk, scope: Scope, field: FieldTable, tagPart: PartDraft, span: Span): PartDraft[] {
  const at = tagPart.end;
  let length: bigint;
  try {
    length = varintUint64(walk.b, at, span.limit);
  } catch (error) {
    return [unreadableRest(walk, scope, at, span, error)];
  }
  const start = pos;
  const lengthPart = partOf(walk, scope, 'length', 'length', at, start, length === 1n ? '1 byte' : `${length} bytes`);
  // A length beyond 2^53 is rounded, but exceeds the end anyway.
  lengthPart.value = Number(length);
  const end = start + Number(length);
  if (end > span.end) {
    const shown = length > 0xffff_ffffn ? 'above 4294967295' : length;
    addError(
      walk,
      lengthPart,
      new CodecError(`length ${shown}, but its parent ends after ${span.end - start} bytes`, at),
      scope.path,
    );
  }
  const content: Span = { end, limit: Math.min(end, span.limit) };
  return [lengthPart, ...contentParts(walk, scope, field, tagPart, start, content)];
}

function contentParts(walk: Walk, scope: Scope, field: FieldTable, tagPart: PartDraft, start: number, span: Span): PartDraft[] {
  if (field.kind === 'map') return entryParts(walk, scope, field, start, span);
  if (field.message !== undefined) return nestedParts(walk, scope, field.message(), tagPart, start, span);
  if (field.kind === 'list' && wireTypeOf(field.type) !== DELIMITED) return packedParts(walk, scope, field, tagPart, start, span);
  return [textPart(walk, scope, field, start, span)];
}

function textPart(walk: Walk, scope: Scope, field: FieldTable, start: number, span: Span): PartDraft {
  const { end, limit } = span;
  if (limit < end) {
    return unreadPart(walk, scope, start, limit, `the rest of ${bytesText(end - start)} is missing`);
  }
  try {
    return scalarPart(walk, scope, field, 'value', contentAt(field.type, walk.b, start, end), start, end);
  } catch (error) {
    return unreadableRest(walk, scope, start, span, error);
  }
}

function nestedParts(
  walk: Walk,
  { path, secret, depth, fixedPath }: Scope,
  table: MessageTable,
  tagPart: PartDraft,
  start: number,
  span: Span,
): PartDraft[] {
  const inner: Scope = { table, path, depth: depth + 1, secret, fixedPath, isEntry: false };
  if (depth + 1 > MAX_DEPTH) {
    addError(walk, tagPart, tooDeep(tagPart.start), path);
    return [unreadPart(walk, inner, start, span.limit, 'nested too deep')];
  }
  if (secret && !walk.secrets) return [secretPart(walk, inner, start, span)];
  const parts = messageParts(walk, inner, start, span);
  return isAny(table) ? anyParts(walk, inner, parts, span) : parts;
}

/** A map entry is a message on the wire, but not a level of depth; its path contains its key. */
function entryParts(walk: Walk, scope: Scope, field: FieldTable, start: number, span: Span): PartDraft[] {
  const { path, depth, secret } = scope;
  const inner: Scope = { table: entryTable(field), path, depth, secret, fixedPath: true, isEntry: true };
  if (secret && !walk.secrets) return [secretPart(walk, inner, start, span)];
  const parts = messageParts(walk, inner, start, span);
  const key = lastOf(parts.filter(({ kind, name }) => kind === 'field' && name === 'key'))?.value;
  const entry = walk.byPath.get(path);
  if (entry !== undefined && key !== undefined) walk.byPath.set(entryPath(path, key), entry);
  return parts;
}

function secretPart(walk: Walk, scope: Scope, start: number, span: Span): PartDraft {
  return hide(walk, partOf(walk, scope, 'value', 'value', start, span.limit, '[redacted]'), true);
}

const entryTables = new WeakMap<FieldTable, MessageTable>();

function entryTable(field: FieldTable): MessageTable {
  let table = entryTables.get(field);
  if (table === undefined) {
    const { key, kind: _kind, oneof: _oneof, json: _json, ...value } = field;
    table = {
      name: `${field.name} entry`,
      fields: [
        { number: 1, name: 'key', type: key! },
        { ...value, number: 2, name: 'value' },
      ],
    };
    entryTables.set(field, table);
  }
  return table;
}

// google.protobuf.Any: opaque unless its type is known.

/** Field numbers of Any. */
const TYPE_URL = 1;
const VALUE = 2;

function isAny({ name }: MessageTable): boolean {
  return name === 'google.protobuf.Any';
}

/** The parts of an Any. If its type is known, the value has parts for the fields of the message. */
function anyParts(walk: Walk, scope: Scope, parts: PartDraft[], span: Span): PartDraft[] {
  const url = lastField(parts, TYPE_URL)?.value;
  const field = lastField(parts, VALUE);
  const value = lastOf(field?.parts ?? []) as PartDraft | undefined;
  const name = typeof url === 'string' ? anyTypeName(url) : undefined;
  const table = name === undefined ? undefined : walk.types.get(name);
  if (field === undefined || value === undefined || value.start === value.end) return parts;
  // Without a schema, any part may be secret.
  if (table === undefined && !walk.secrets) hideContents(field);
  if (table === undefined) return parts;
  if (scope.depth + 1 > MAX_DEPTH || (value.kind !== 'value' && value.kind !== 'unread')) return parts;
  const end = value.kind === 'value' ? value.end : span.end;
  const inner: Scope = { ...scope, table, depth: scope.depth + 1 };
  if (scope.secret) return parts;
  value.parts = messageParts(walk, inner, value.start, { end, limit: value.end });
  value.kind = 'value';
  value.type = table.name;
  value.text = table.name;
  value.value = undefined;
  field.value = undefined;
  field.text = table.name;
  // The opaque bytes may have been marked as secret; now the fields decide.
  value.secret = false;
  return parts;
}

function lastField(parts: readonly PartDraft[], number: number): PartDraft | undefined {
  return lastOf(parts.filter(({ kind, parts: [tag] }) => kind === 'field' && tag?.value === number));
}

/** The parts of a packed list. */
function packedParts(walk: Walk, scope: Scope, field: FieldTable, tagPart: PartDraft, start: number, span: Span): PartDraft[] {
  const { end, limit } = span;
  const size = sizeOf(field);
  if (size > 0 && limit === end && (end - start) % size !== 0) {
    addError(
      walk,
      tagPart,
      new CodecError(`packed list of ${end - start} bytes, expected a multiple of ${size}`, tagPart.start),
      scope.path,
    );
    // The complete elements can be read.
    return elements(walk, scope, field, size, start, { end: end + size, limit });
  }
  return elements(walk, scope, field, size, start, span);
}

function elements(walk: Walk, scope: Scope, field: FieldTable, size: number, start: number, span: Span): PartDraft[] {
  const parts: PartDraft[] = [];
  const name = scope.path.slice(scope.path.lastIndexOf('.') + 1);
  let p = start;
  while (p < span.limit && lastOf(parts)?.kind !== 'unread') {
    if (walk.budget.parts <= 0) {
      parts.push(unreadPart(walk, scope, p, span.limit, 'not inspected: too many parts'));
      break;
    }
    try {
      const value = numberAt(field.type, walk.b, p, span.limit);
      const end = size > 0 ? p + size : pos;
      const index = nextIndex(walk, scope.path);
      const element = { ...scope, path: `${scope.path}[${index}]` };
      const part = scalarPart(walk, element, field, `${name}[${index}]`, value, p, end);
      walk.byPath.set(element.path, part);
      parts.push(part);
      p = end;
    } catch (error) {
      parts.push(unreadableRest(walk, scope, p, span, error));
    }
  }
  return parts;
}

/** Bytes of an element; 0 = variable. */
function sizeOf({ type }: FieldTable): number {
  const wireType = wireTypeOf(type);
  return wireType === VARINT ? 0 : wireType === FIXED64 ? 8 : 4;
}
