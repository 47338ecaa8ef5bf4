// Which conversation a push belongs to, and whether it can be one of this user's.
import type { ConversationRef, PushInit } from '../../../generated/models.js';
import { conversationOf } from '../../conversation/conversation-of.js';
import { conversationKey, peerOf } from '../../conversation/ref.js';
import { MAX_CONVERSATION_KEY } from '../keys.js';

/** The key of the conversation of a message; undefined: it has none, or no valid one. */
export function keyOfPush(push: PushInit): string | undefined {
  try {
    const ref = conversationOf(push.data);
    return ref && keyOfRef(ref as ConversationRef);
  } catch {
    return undefined;
  }
}

/** The key of a conversation that can be the user's; undefined, with a notice, for any other. */
export function ownKey(ref: ConversationRef, userId: bigint, notice: (text: string) => void): string | undefined {
  if (ref.kind?.$case === 'private' && peerOf(ref, userId) === undefined) {
    notice('skipped a push of a conversation of other users');
    return undefined;
  }
  if (ref.kind?.$case === 'roomId') {
    notice('skipped a push of a room, which stores nothing');
    return undefined;
  }
  const key = keyOfRef(ref);
  if (key === undefined || key.length > MAX_CONVERSATION_KEY) {
    notice('skipped a push without a valid conversation');
    return undefined;
  }
  return key;
}

function keyOfRef(ref: ConversationRef): string | undefined {
  try {
    return conversationKey(ref);
  } catch {
    return undefined;
  }
}
