// Where it is not certain what the bytes are, they may be secrets: their ranges are shown, and what is in them is not.
import { isWireTypeText } from '../wire/wire-type.js';
import type { Part, PartDraft, Problem } from './part.js';

/**
 * Hides all texts and bytes in a part, at any depth, and in what the schema does not have what may be a piece of a text: numbers of four and
 * eight bytes. Varints are left.
 */
export function hideContents(part: PartDraft): void {
  hideLeaves(part, false);
}

/** The same in what is broken: there a varint of a field that the schema does not have, or not so, may be a piece of a text too. */
export function hideDoubtful(part: PartDraft): void {
  hideLeaves(part, true);
}

function hideLeaves(part: PartDraft, isDoubtful: boolean, isMisfit = false): void {
  const { kind, type, value, parts, inflated } = part;
  const isHidden = isMisfit || (kind === 'field' && isWireTypeText(type) && (isDoubtful || type !== 'varint'));
  for (const child of [...parts, ...(inflated?.parts ?? [])])
    hideLeaves(child as PartDraft, isDoubtful, isHidden && isLeaf(child));
  const isContent = typeof value === 'string' || typeof value === 'object';
  if ((!isHidden && !isContent) || (kind !== 'value' && kind !== 'field')) return;
  if (isLeaf(part)) part.secret = true;
  if (value === undefined) return;
  part.value = undefined;
  part.text = '[redacted]';
}

function isLeaf({ kind, parts }: Part): boolean {
  return kind === 'value' && parts.length === 0;
}

/** What is wrong is not a rule of the schema: the bytes may not be what they are taken for. */
export function isStructural({ code }: Problem): boolean {
  return code !== 'INVALID_MESSAGE' && code !== 'COMMAND_DATA_MISMATCH';
}
