// Hides values of uncertain meaning, which may be secrets: only their ranges are shown.
import { isWireTypeText } from '../wire/wire-type.js';
import type { Part, PartDraft, Problem } from './part.js';

/**
 * Hides all texts and bytes in a part, at any depth; in unknown fields also fixed-size numbers, which may be parts of a text. Varints are
 * shown.
 */
export function hideContents(part: PartDraft): void {
  hideLeaves(part, false);
}

/** The same for invalid parts, where varints of unknown fields may be parts of a text, too. */
export function hideInvalid(part: PartDraft): void {
  hideLeaves(part, true);
}

function hideLeaves(part: PartDraft, isInvalid: boolean, isUnknown = false): void {
  const { kind, type, value, parts, inflated } = part;
  const isHidden = isUnknown || (kind === 'field' && isWireTypeText(type) && (isInvalid || type !== 'varint'));
  for (const child of [...parts, ...(inflated?.parts ?? [])])
    hideLeaves(child as PartDraft, isInvalid, isHidden && isLeaf(child));
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

/** True unless the problem is a broken rule of the schema: the bytes may not be what they seem. */
export function isStructural({ code }: Problem): boolean {
  return code !== 'INVALID_MESSAGE' && code !== 'COMMAND_DATA_MISMATCH';
}
