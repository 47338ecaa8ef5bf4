// DELETE_FOR_ME: a user deletes messages on all of their own terminals; the others keep them.
import { Command, type DeleteForMe, type UserInfo } from '@im/protocol';
import { conversationKey } from '@im/protocol/conversation';
import type { Context } from '../context.js';
import type { ConversationStates } from './conversation-states.js';

export class Deletions {
  readonly #context: Context;
  readonly #states: ConversationStates;

  constructor(context: Context, states: ConversationStates) {
    this.#context = context;
    this.#states = states;
  }

  /** @throws ProtocolError NOT_A_MEMBER */
  async delete(request: DeleteForMe, user: UserInfo): Promise<void> {
    const { storage, membership, outbox } = this.#context;
    const { conversation, messageIds, upToSeq } = request;
    const { userId } = user;
    const member = await membership.require(conversation, userId);
    const key = conversationKey(member.conversation);
    const messages = await Promise.all(messageIds.map((id) => storage.message(id)));
    const own = messages.filter((message) => message?.conversation === key).map((message) => message!.messageId);
    await storage.deleteFor(userId, own);
    const data = { $case: 'deleteForMe', value: request } as const;
    const push = { cmd: Command.DELETE_FOR_ME, data };
    // Each one counts: no later one replaces it.
    await storage.addToInbox(userId, `delete ${await storage.newMessageId()}`, { kind: 'push', push });
    await outbox.command({ ...push, sender: user, receiverIds: [userId] });
    const { seq: lastSeq = 0n } = (await storage.lastMessage(key)) ?? {};
    const firstSeq = (upToSeq < lastSeq ? upToSeq : lastSeq) + 1n;
    // "first_seq is higher for a user who cleared the conversation".
    if (upToSeq > 0n && firstSeq > member.firstSeq)
      await this.#states.save({ ...member, firstSeq, revision: member.revision + 1n });
  }
}
