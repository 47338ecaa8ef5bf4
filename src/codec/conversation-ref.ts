// The conversation that the data of a message names, and its text. Data that keeps the rules of the schema always names a valid one.
import type { ConversationRefInit } from '../../generated/im/protocol/v1/conversation_ref.js';
import type { SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';

/**
 * The ref of the conversation that the data names, not checked; undefined without one. A ref of a kind that this release does not know has
 * no `kind`.
 */
export function conversationRefOf(data: SendInfoInit['data']): ConversationRefInit | undefined {
  if (data === undefined) return undefined;
  switch (data.$case) {
    case 'privateMessage': {
      const [lowerId, higherId] = ordered(data.value.sender?.userId ?? 0n, data.value.receiverId ?? 0n);
      return { kind: { $case: 'private', value: { lowerId, higherId } } };
    }
    case 'groupMessage':
      return { kind: { $case: 'groupId', value: data.value.groupId ?? 0n } };
    case 'room':
    case 'roomMessage':
      return { kind: { $case: 'roomId', value: data.value.roomId ?? 0n } };
    default:
      return 'conversation' in data.value ? data.value.conversation : undefined;
  }
}

/** The key of a ref of a known kind, whatever its ids are; undefined for an unknown kind. */
export function refText({ kind }: ConversationRefInit): string | undefined {
  switch (kind?.$case) {
    case 'private':
      return pairText(kind.value.lowerId ?? 0n, kind.value.higherId ?? 0n);
    case 'groupId':
      return `g_${kind.value}`;
    case 'roomId':
      return `r_${kind.value}`;
    default:
      return undefined;
  }
}

/** The key of a private conversation, whatever the ids are. */
export function pairText(userId: bigint, otherId: bigint): string {
  const [lowerId, higherId] = ordered(userId, otherId);
  return `p_${lowerId}_${higherId}`;
}

/** Two ids, the lower one first. */
export function ordered(a: bigint, b: bigint): [bigint, bigint] {
  return a < b ? [a, b] : [b, a];
}
