// Recall, Edit and Reaction change an earlier message of the conversation. Who may do so, until when, and what the platform adds.
import { type ContentInit, type Edit, ProtocolError, type Reaction, type Recall } from '@im/protocol';
import { isRecalled } from '@im/protocol/conversation';
import type { Context } from '../context.js';
import type { Member, StoredMessage } from '../storage/storage.js';
import { contentOf } from './message-data.js';

/** Bodies that stay as they are: changes of other messages, and what the platform writes. */
const NOT_EDITED = ['recall', 'edit', 'reaction', 'read', 'stream', 'notice', 'call'];
const NOT_RECALLED = ['recall', 'edit', 'reaction', 'read'];

type Body = NonNullable<ContentInit['body']>;

export class ChangeRules {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * The body as the platform stores it: with the revision of an edit and the count of a reaction. Other bodies are returned as they are.
   * @throws ProtocolError PERMISSION_DENIED if there is no such message for the user, or it is not theirs; TOO_LATE.
   */
  async complete(body: Body, member: Member, conversation: string): Promise<Body> {
    switch (body.$case) {
      case 'recall':
        await this.#recall(body.value as Recall, member, conversation);
        return body;
      case 'edit':
        return { $case: 'edit', value: await this.#edit(body.value as Edit, member, conversation) };
      case 'reaction':
        return { $case: 'reaction', value: await this.#reaction(body.value as Reaction, member, conversation) };
      default:
        return body;
    }
  }

  async #recall({ messageId }: Recall, member: Member, conversation: string): Promise<void> {
    const message = await this.#changeable(messageId, member, conversation, NOT_RECALLED);
    this.#requireOwn(message, member, 'recalls');
    this.#requireInTime(message, this.#context.limits.recallMs, 'recalled');
  }

  async #edit(edit: Edit, member: Member, conversation: string): Promise<Edit> {
    const message = await this.#changeable(edit.messageId, member, conversation, NOT_EDITED);
    this.#requireOwn(message, member, 'edits');
    this.#requireInTime(message, this.#context.limits.editMs, 'edited');
    const changes = await this.#context.storage.changesOf(edit.messageId);
    const edits = changes.filter(({ data }) => contentOf(data).body?.$case === 'edit');
    return { ...edit, revision: edits.length + 1 };
  }

  async #reaction(reaction: Reaction, member: Member, conversation: string): Promise<Reaction> {
    await this.#changeable(reaction.messageId, member, conversation, NOT_RECALLED);
    const userIds = new Set<bigint>();
    // "For each user, message and key the last one counts."
    for (const { senderId, data } of await this.#context.storage.changesOf(reaction.messageId)) {
      const { body } = contentOf(data);
      if (body?.$case === 'reaction' && body.value.key === reaction.key) {
        if (body.value.removed) userIds.delete(senderId);
        else userIds.add(senderId);
      }
    }
    if (reaction.removed) userIds.delete(member.userId);
    else userIds.add(member.userId);
    return { ...reaction, count: userIds.size };
  }

  async #changeable(messageId: bigint, member: Member, conversation: string, fixed: readonly string[]): Promise<StoredMessage> {
    const message = await this.#context.storage.message(messageId);
    if (message === undefined || message.conversation !== conversation || message.seq < member.firstSeq)
      throw new ProtocolError('PERMISSION_DENIED', 'the conversation has no such message');
    const { body } = contentOf(message.data);
    if (body !== undefined && fixed.includes(body.$case))
      throw new ProtocolError('PERMISSION_DENIED', `a message with the body ${body.$case} cannot be changed in this way`);
    if (isRecalled(contentOf(await this.#context.presentForm.of(message))))
      throw new ProtocolError('TOO_LATE', 'the message was recalled');
    return message;
  }

  #requireOwn({ senderId }: StoredMessage, { userId }: Member, verb: string): void {
    if (senderId !== userId) throw new ProtocolError('PERMISSION_DENIED', `only the sender ${verb} a message`);
  }

  #requireInTime({ sentAtMs }: StoredMessage, limitMs: number, done: string): void {
    const ageMs = this.#context.nowMs() - Number(sentAtMs);
    if (ageMs <= limitMs) return;
    const text = `a message can be ${done} for ${limitMs} ms, this one is ${ageMs} ms old`;
    throw new ProtocolError('TOO_LATE', text, { limit: limitMs, actual: ageMs });
  }
}
