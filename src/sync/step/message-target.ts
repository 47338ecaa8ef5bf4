// Edits, reactions and recalls: the message that they change, and which of several counts.
import type { Content, Push } from '../../../generated/models.js';
import { isRecalled } from '../../conversation/recalled.js';
import { contentOf, senderIdOf } from '../message-record.js';

/** The slot of a recall. */
export const RECALL_SLOT = 'r';

/** The message that an Edit, Reaction or Recall changes; undefined for what is a message itself. */
export function targetOf(content: Content): bigint | undefined {
  const { body } = content;
  switch (body?.$case) {
    case 'edit':
    case 'reaction':
      return body.value.messageId;
    case 'recall':
      return isRecalled(content) ? undefined : body.value.messageId;
    default:
      return undefined;
  }
}

/** Of the changes with one slot, that with the highest rank counts. */
export function slotOf(push: Push, userId: bigint): string {
  const body = contentOf(push)?.body;
  if (body?.$case !== 'reaction') return body?.$case === 'edit' ? 'e' : RECALL_SLOT;
  // Of each key the last one has the count, and the user's own one says whether it is theirs.
  const hex = Array.from(body.value.key, (char) => (char.codePointAt(0) as number).toString(16)).join('.');
  return `${senderIdOf(push) === userId ? 'o' : 'k'}${hex}`;
}

/** The revision of an edit, the seq of a reaction or a recall. */
export function rankOf(push: Push): bigint {
  const content = contentOf(push);
  return content?.body?.$case === 'edit' ? BigInt(content.body.value.revision) : (content?.seq ?? 0n);
}
