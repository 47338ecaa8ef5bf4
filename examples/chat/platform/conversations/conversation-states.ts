// CONVERSATION: where a conversation stands for a user, and what the user sets: muted, pinned, hidden.
import { Command, ConversationState, type UserInfo } from '@im/protocol';
import { conversationKey, updateConversationState } from '@im/protocol/conversation';
import type { Context } from '../context.js';
import type { Member } from '../storage/storage.js';
import { UnreadCounter } from './unread-counter.js';

export class ConversationStates {
  readonly #context: Context;
  readonly #unread: UnreadCounter;

  constructor(context: Context) {
    this.#context = context;
    this.#unread = new UnreadCounter(context.storage, context.presentForm);
  }

  async of(member: Member): Promise<ConversationState> {
    const { conversation, revision, firstSeq, read, mutedUntilMs, pinnedAtMs, hidden } = member;
    const last = await this.#context.storage.lastMessage(conversationKey(conversation));
    return ConversationState.create({
      conversation,
      revision,
      lastSeq: last?.seq ?? 0n,
      firstSeq,
      readSeq: read?.upToSeq ?? 0n,
      ...(await this.#unread.of(member)),
      mutedUntilMs,
      pinnedAtMs,
      hidden,
      activeAtMs: last?.sentAtMs ?? 0n,
    });
  }

  /**
   * The user changes the conversation for themselves. If another device was faster, nothing changes, and the reply has the present state.
   * @throws ProtocolError NOT_A_MEMBER
   */
  async update(update: ConversationState, user: UserInfo): Promise<ConversationState> {
    const member = await this.#context.membership.require(update.conversation, user.userId);
    const present = await this.of(member);
    const state = updateConversationState(present, update);
    if (state !== present) {
      const { revision, mutedUntilMs, pinnedAtMs, hidden } = state;
      await this.save({ ...member, revision, mutedUntilMs, pinnedAtMs, hidden }, user);
    }
    return state;
  }

  /** Stores a changed member with its new revision, and sends the state to the user's terminals but the one that caused it. */
  async save(member: Member, by?: UserInfo): Promise<void> {
    const { storage, outbox } = this.#context;
    const { conversation, userId } = member;
    await storage.saveMember(member);
    const key = conversationKey(conversation);
    await storage.addToInbox(userId, `state ${key}`, { kind: 'state', conversation: key });
    const data = { $case: 'conversation', value: await this.of(member) } as const;
    await outbox.command({ cmd: Command.CONVERSATION, data, sender: by, receiverIds: [userId] });
  }

  /** "hidden: not in the user's list until its next message". */
  async show(conversation: string, memberIds: readonly bigint[]): Promise<void> {
    for (const userId of memberIds) {
      const member = await this.#context.storage.member(conversation, userId);
      if (member?.hidden) await this.save({ ...member, hidden: false, revision: member.revision + 1n });
    }
  }
}
