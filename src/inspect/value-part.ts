import { Fault } from '../wire/fault.js';
import type { FieldTable } from '../wire/table.js';
import type { PartDraft, PartValue } from './part.js';
import { valueText } from './value-text.js';
import { addFault, hide, partOf, type Scope, type Span, unreadPart, type Walk } from './walk.js';

/** A value that was read. */
export function scalarPart(
  walk: Walk,
  scope: Scope,
  field: FieldTable,
  name: string,
  value: PartValue,
  at: number,
  end: number,
): PartDraft {
  const part = partOf(walk, scope, 'value', name, at, end);
  hide(walk, part, scope.secret);
  part.text = part.secret ? '[redacted]' : valueText(field, value);
  if (!part.secret) part.value = value;
  return part;
}

/** What cannot be read, up to the end of the message. Where it is cut off before its end, that is all that is wrong with it. */
export function broken(walk: Walk, scope: Scope, at: number, { end, limit }: Span, error: unknown): PartDraft {
  if (!(error instanceof Fault)) throw error;
  const isCut = limit < end && error.text.startsWith('truncated');
  const part = unreadPart(walk, scope, at, limit, isCut ? 'the rest is missing' : 'cannot be read');
  if (!isCut) addFault(walk, part, error, scope.path);
  return part;
}
