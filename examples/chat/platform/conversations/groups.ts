// Who is in a group changes: the platform says so in the group, as a message with the next seq.
import { type ConversationRef, NoticeKind } from '@im/protocol';
import { conversationKey } from '@im/protocol/conversation';
import type { Context } from '../context.js';
import type { Messages } from '../messages/messages.js';

export class Groups {
  readonly #context: Context;
  readonly #messages: Pick<Messages, 'publish'>;

  constructor(context: Context, messages: Pick<Messages, 'publish'>) {
    this.#context = context;
    this.#messages = messages;
  }

  /** Adds users. The notice of it is the first message that they see. */
  async add(group: ConversationRef, userIds: readonly bigint[]): Promise<void> {
    for (const userId of userIds) await this.#context.storage.addMember(group, userId);
    await this.#notify(group, NoticeKind.MEMBERS_JOINED, userIds, 'joined');
  }

  /** Removes users, who do not get the notice of it. */
  async remove(group: ConversationRef, userIds: readonly bigint[]): Promise<void> {
    for (const userId of userIds) await this.#context.storage.removeMember(conversationKey(group), userId);
    await this.#notify(group, NoticeKind.MEMBERS_REMOVED, userIds, 'left');
  }

  async #notify(group: ConversationRef, kind: NoticeKind, userIds: readonly bigint[], verb: string): Promise<void> {
    const { storage, people, nowMs } = this.#context;
    const conversation = conversationKey(group);
    const names = userIds.map((userId) => people.users.get(userId) ?? String(userId));
    const sentAtMs = BigInt(nowMs());
    const body = { $case: 'notice', value: { kind, userIds: [...userIds] } } as const;
    const content = { sentAtMs, fallback: `${names.join(', ')} ${verb}`, hints: { uncounted: true }, body };
    const data = { $case: 'systemMessage', value: { conversation: group, content } } as const;
    const message = { conversation, senderId: 0n, clientMessageId: '', sentAtMs, changes: 0n, data };
    await this.#messages.publish(message, await storage.membersOf(conversation));
  }
}
