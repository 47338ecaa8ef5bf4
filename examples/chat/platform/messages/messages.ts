// PRIVATE_MESSAGE and GROUP_MESSAGE: stored once, in order, and sent to all who are in the conversation.
import { Command, forDelivery, SendCode, type SendResultInit, type UserInfo } from '@im/protocol';
import { conversationKey, conversationOf, type MessageData, peerOf, readPositionOf } from '@im/protocol/conversation';
import type { Context } from '../context.js';
import type { ConversationStates } from '../conversations/conversation-states.js';
import type { ReadPositions } from '../conversations/read-positions.js';
import type { SentFrom } from '../delivery/outbox.js';
import type { Member, NewMessage, StoredMessage } from '../storage/storage.js';
import { CompleteContent } from './complete-content.js';
import { changedMessageId, commandOf, contentOf, withContent } from './message-data.js';
import { isReader } from './readers.js';

export interface MessagesOptions {
  readonly readPositions: ReadPositions;
  readonly states: ConversationStates;
  /** Called with each new message, once it is sent. */
  readonly onMessage: (message: StoredMessage, memberIds: readonly bigint[]) => void;
}

export class Messages {
  readonly #context: Context;
  readonly #options: MessagesOptions;
  readonly #completeContent: CompleteContent;

  constructor(context: Context, options: MessagesOptions) {
    this.#context = context;
    this.#options = options;
    this.#completeContent = new CompleteContent(context);
  }

  /**
   * Accepts a message of a client. Returns the result for its sender.
   * @param from its connection, which gets no copy; other tabs do.
   * @throws ProtocolError NOT_A_MEMBER; as CompleteContent.
   */
  async accept(data: MessageData, sender: UserInfo, from?: SentFrom): Promise<SendResultInit> {
    const { storage, membership } = this.#context;
    const member = await membership.require(conversationOf(data) as Member['conversation'], sender.userId);
    const position = readPositionOf(data);
    if (position !== undefined) {
      // A client of version 1 has read: that is a position, not a message.
      await this.#options.readPositions.read(position, sender);
      return resultOf(data, 0n, 0n, member);
    }
    const { clientMessageId = '' } = contentOf(data);
    // "A message that is sent again with the same id is delivered once." It gets the same result, whatever holds by now.
    const known = clientMessageId === '' ? undefined : await storage.findSent(sender.userId, clientMessageId);
    if (known !== undefined) return resultOf(known.data, known.messageId, known.seq, member);

    const conversation = conversationKey(member.conversation);
    const content = await this.#completeContent.of(contentOf(data), member, conversation);
    const completed = withContent(data, content);
    const message = content.hints?.onlineOnly
      ? await this.#passOn(completed, conversation, member, from)
      : await this.#store(completed, conversation, member, clientMessageId, from);
    return resultOf(message.data, message.messageId, message.seq, member);
  }

  /** Stores a message of a user or of the platform, and sends it to all in the conversation. */
  async publish(message: NewMessage, memberIds: readonly bigint[], from?: SentFrom): Promise<StoredMessage> {
    const { storage, outbox } = this.#context;
    const stored = await storage.append(
      message,
      memberIds.filter((userId) => isReader(message, userId)),
    );
    await outbox.message(stored, memberIds, from);
    await this.#options.states.show(stored.conversation, memberIds);
    this.#options.onMessage(stored, memberIds);
    return stored;
  }

  async #store(
    data: MessageData,
    conversation: string,
    member: Member,
    clientMessageId: string,
    from: SentFrom | undefined,
  ): Promise<StoredMessage> {
    const { storage, membership } = this.#context;
    const memberIds = await membership.all(member);
    // The other user of a private conversation has it in their list from its first message on.
    const peerId = peerOf(member.conversation, member.userId);
    if (peerId !== undefined) await storage.addMember(member.conversation, peerId);
    const sentAtMs = contentOf(data).sentAtMs ?? 0n;
    const message = { conversation, senderId: member.userId, clientMessageId, sentAtMs, changes: changedMessageId(data), data };
    return this.publish(message, memberIds, from);
  }

  /** A message with the hint online_only takes no seq: a user who is offline never gets it. */
  async #passOn(data: MessageData, conversation: string, member: Member, from: SentFrom | undefined): Promise<StoredMessage> {
    const { storage, membership, outbox } = this.#context;
    const content = { ...contentOf(data), messageId: await storage.newMessageId() };
    const { messageId, sentAtMs = 0n } = content;
    const message = {
      messageId,
      conversation,
      seq: 0n,
      senderId: member.userId,
      sentAtMs,
      changes: 0n,
      data: withContent(data, content),
    };
    await outbox.message(message, await membership.all(member), from);
    return message;
  }
}

/** "SUCCESS = the server has taken it over, with message_id, nothing about delivery". */
function resultOf(data: MessageData, messageId: bigint, seq: bigint, { conversation }: Member): SendResultInit {
  const cmd = commandOf(data);
  const result = { code: SendCode.SUCCESS, cmd, messageId, seq, sentAtMs: contentOf(data).sentAtMs ?? 0n, conversation };
  // Its sender cannot know what the platform has set: the revision of an edit, the count of a reaction, what a quote says.
  const { quote, origin } = contentOf(data);
  const isCompleted = changedMessageId(data) !== 0n || quote !== undefined || origin !== undefined;
  return isCompleted ? { ...result, data: forDelivery(data) } : result;
}

/** The reply to a message. */
export function sendResultReply(value: SendResultInit) {
  return { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } } as const;
}
