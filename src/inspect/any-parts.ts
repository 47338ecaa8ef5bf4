// google.protobuf.Any: "unknown types stay opaque"; one whose type was given is gone into.
import { anyTypeName } from '../codec/any.js';
import { MAX_DEPTH } from '../limits.js';
import type { MessageTable } from '../wire/table.js';
import { hideContents } from './hide-contents.js';
import { messageParts } from './message-parts.js';
import type { PartDraft } from './part.js';
import type { Scope, Span, Walk } from './walk.js';

/** Field numbers of Any. */
const TYPE_URL = 1;
const VALUE = 2;

export function isAny({ name }: MessageTable): boolean {
  return name === 'google.protobuf.Any';
}

/** The parts of an Any, in which the value, where its type is known, is replaced by its fields. */
export function anyParts(walk: Walk, scope: Scope, parts: PartDraft[], span: Span): PartDraft[] {
  const url = lastOf(parts, TYPE_URL)?.value;
  const field = lastOf(parts, VALUE);
  const value = field?.parts.at(-1) as PartDraft | undefined;
  const name = typeof url === 'string' ? anyTypeName(url) : undefined;
  const table = name === undefined ? undefined : walk.types.get(name);
  if (field === undefined || value === undefined || value.start === value.end) return parts;
  // The schema that says what is secret in it is not known.
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
  // The opaque bytes may have been marked for what they might hold; now the fields tell.
  value.secret = false;
  return parts;
}

function lastOf(parts: readonly PartDraft[], number: number): PartDraft | undefined {
  return parts.findLast(({ kind, parts: [tag] }) => kind === 'field' && tag?.value === number);
}
