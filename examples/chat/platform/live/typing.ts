// TYPING: passed on to the others in the conversation while it is of use, and never stored.
import { Command, type Typing, type UserInfo } from '@im/protocol';
import type { Context } from '../context.js';

/** @throws ProtocolError NOT_A_MEMBER */
export async function passOnTyping({ membership, outbox, limits }: Context, value: Typing, sender: UserInfo): Promise<void> {
  const others = await membership.others(await membership.require(value.conversation, sender.userId));
  // "none above typing_group_size: the rest is dropped without an error"
  if (others.length + 1 > limits.typingGroupSize) return;
  await outbox.command({ cmd: Command.TYPING, data: { $case: 'typing', value }, sender, receiverIds: others });
}
