// Who is in a conversation. "Before anything else": who is not in it learns nothing, not even whether it exists.
import { type ConversationRef, type ForwardOriginInit, ProtocolError } from '@im/protocol';
import { conversationKey, isKnownConversation, peerOf } from '@im/protocol/conversation';
import type { Member, Storage } from '../storage/storage.js';

export class Membership {
  readonly #storage: Storage;
  readonly #isUser: (userId: bigint) => boolean;

  constructor(storage: Storage, isUser: (userId: bigint) => boolean) {
    this.#storage = storage;
    this.#isUser = isUser;
  }

  /**
   * The user as a member of the conversation.
   * @throws ProtocolError NOT_A_MEMBER; INVALID_MESSAGE for a room, which has no members and stores nothing.
   */
  async require(conversation: ConversationRef | undefined, userId: bigint): Promise<Member> {
    if (conversation?.kind?.$case === 'roomId')
      throw new ProtocolError('INVALID_MESSAGE', 'conversation: expected one that is stored, got a room', {
        path: 'conversation',
      });
    const member = conversation && (await this.#find(conversation, userId));
    if (member === undefined) throw new ProtocolError('NOT_A_MEMBER', 'the user is not in this conversation');
    return member;
  }

  /** The other users in the conversation of a member. */
  async others({ conversation, userId }: Member): Promise<bigint[]> {
    const peerId = peerOf(conversation, userId);
    const members = peerId === undefined ? await this.#storage.membersOf(conversationKey(conversation)) : [peerId];
    return members.filter((member) => member !== userId);
  }

  /** All users in the conversation of a member. */
  async all(member: Member): Promise<bigint[]> {
    return [member.userId, ...(await this.others(member))];
  }

  /** Whether a user may see where a forwarded message comes from. */
  async maySee(userId: bigint, { conversation, messageId = 0n }: ForwardOriginInit): Promise<boolean> {
    const message = messageId === 0n ? undefined : await this.#storage.message(messageId);
    const key = conversation?.kind === undefined ? message?.conversation : conversationKey(conversation);
    if (key === undefined || (message !== undefined && message.conversation !== key)) return false;
    const member = await this.#storage.member(key, userId);
    return member !== undefined && (message === undefined || message.seq >= member.firstSeq);
  }

  async #find(conversation: ConversationRef, userId: bigint): Promise<Member | undefined> {
    if (!isKnownConversation(conversation)) return undefined;
    const peerId = peerOf(conversation, userId);
    if (peerId !== undefined && this.#isUser(peerId)) return this.#storage.addMember(conversation, userId);
    return this.#storage.member(conversationKey(conversation), userId);
  }
}
