// Messages that are written piece by piece: the message at once, then CHUNKs, in the end the message again with its whole text.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Command,
  type ContentInit,
  type MessageChunk,
  ProtocolError,
  type StreamContentInit,
  type StreamControl,
  StreamState,
  Terminal,
  type UserInfo,
} from '@im/protocol';
import { conversationKey, type MessageData, messageTo, parseConversationKey } from '@im/protocol/conversation';
import { StreamWriter, writeStream } from '@im/protocol/live';
import type { Context } from '../context.js';
import { commandOf, contentOf, withContent, withoutResults } from '../messages/message-data.js';
import type { Messages } from '../messages/messages.js';
import type { StoredMessage } from '../storage/storage.js';

/** Writes the text of a message. Ends when the signal is aborted. */
export type Source = (signal: AbortSignal) => AsyncIterable<string>;

const CLOCK = { nowMs: () => performance.now(), wait: (ms: number) => sleep(ms) };

export class Streams {
  readonly #context: Context;
  readonly #messages: Pick<Messages, 'publish'>;
  readonly #intervalMs: number | undefined;
  readonly #open = new Map<bigint, StreamWriter>();

  /** @param intervalMs between two chunks of a message. Default: that of StreamWriter. */
  constructor(context: Context, messages: Pick<Messages, 'publish'>, intervalMs?: number) {
    this.#context = context;
    this.#messages = messages;
    this.#intervalMs = intervalMs;
  }

  /** Sends a message of `authorId` to a conversation, and its text as it is written. Resolves when it is complete. */
  async write(key: string, authorId: bigint, memberIds: readonly bigint[], source: Source): Promise<void> {
    const conversation = parseConversationKey(key)!;
    const sentAtMs = BigInt(this.#context.nowMs());
    const senderName = this.#context.people.users.get(authorId) ?? '';
    const body = { $case: 'stream', value: { state: StreamState.OPEN } } as const;
    const content: ContentInit = { sentAtMs, hints: { senderName }, body };
    const author = { userId: authorId, terminal: Terminal.BOT };
    const data = messageTo(conversation, author, content)!.data as MessageData;
    const newMessage = {
      conversation: key,
      senderId: authorId,
      clientMessageId: '',
      sentAtMs,
      changes: 0n,
      data: withoutResults(data),
    };
    const message = await this.#messages.publish(newMessage, memberIds);
    const { messageId } = message;
    const writer = new StreamWriter({ conversation, messageId, intervalMs: this.#intervalMs });
    const stop = new AbortController();
    void writer.ended.then(() => stop.abort());
    this.#open.set(messageId, writer);
    const readerIds = memberIds.filter((userId) => userId !== authorId);
    // One after the other: the queue keeps the order in which it gets them.
    let sent: Promise<unknown> = Promise.resolve();
    const send = (value: MessageChunk): void => {
      const command = { cmd: Command.CHUNK, data: { $case: 'chunk', value }, receiverIds: readerIds } as const;
      sent = sent.then(() => this.#context.outbox.command(command));
    };
    try {
      await writeStream(source(stop.signal), writer, send, CLOCK);
    } finally {
      await sent;
      this.#open.delete(messageId);
      await this.#finish(message, memberIds, writer.content());
    }
  }

  /**
   * Stops a stream, or sends its chunks again to a client that misses some. The reply echoes the request.
   * @throws ProtocolError NOT_A_MEMBER; PERMISSION_DENIED for what is no message of the conversation.
   */
  async control(request: StreamControl, user: UserInfo): Promise<StreamControl> {
    const { storage, membership } = this.#context;
    const member = await membership.require(request.conversation, user.userId);
    const message = await storage.message(request.messageId);
    const isHere = message?.conversation === conversationKey(member.conversation) && message.seq >= member.firstSeq;
    if (message === undefined || !isHere) throw new ProtocolError('PERMISSION_DENIED', 'the conversation has no such message');
    if (request.resume) await this.#resume(message, request, user);
    else this.#open.get(message.messageId)?.end(StreamState.CANCELLED);
    return request;
  }

  /** Ends all streams. */
  stopAll(): void {
    for (const writer of this.#open.values()) writer.end(StreamState.CANCELLED);
  }

  /** Sends the chunks that a terminal misses; once the message is complete, the message. */
  async #resume(message: StoredMessage, request: StreamControl, user: UserInfo): Promise<void> {
    const { outbox, presentForm } = this.#context;
    const writer = this.#open.get(message.messageId);
    for (const value of writer?.answer(request) ?? []) await outbox.terminal(user, Command.CHUNK, { $case: 'chunk', value });
    if (writer !== undefined) return;
    const push = await presentForm.for(user, message);
    if (push?.data !== undefined) await outbox.terminal(user, commandOf(message.data), push.data);
  }

  /** "When a stream ends its message is pushed again, with the same message_id and seq." SYNC repeats it too. */
  async #finish(message: StoredMessage, memberIds: readonly bigint[], value: StreamContentInit): Promise<void> {
    const { storage, outbox } = this.#context;
    const { messageId } = message;
    const data = withContent(message.data, { ...contentOf(message.data), body: { $case: 'stream', value } });
    await storage.replace(messageId, data);
    for (const userId of memberIds) await storage.addToInbox(userId, `ended ${messageId}`, { kind: 'ended', messageId });
    await outbox.message({ ...message, data }, memberIds);
  }
}
