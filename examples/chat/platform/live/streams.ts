// Messages that are written piece by piece: the message at once, then CHUNKs, in the end the message again with its whole text.
import {
  Command,
  type ContentInit,
  type MessageChunkInit,
  ProtocolError,
  type StreamContentInit,
  type StreamControl,
  StreamState,
  Terminal,
  type UserInfo,
} from '@im/protocol';
import { conversationKey, type MessageData, messageTo, parseConversationKey } from '@im/protocol/conversation';
import type { Context } from '../context.js';
import { commandOf, contentOf, withContent } from '../messages/message-data.js';
import type { Messages } from '../messages/messages.js';
import type { StoredMessage } from '../storage/storage.js';

/** Writes the text of a message. Ends when the signal is aborted. */
export type Writer = (signal: AbortSignal) => AsyncIterable<string>;

/** A message that is being written. */
interface OpenStream {
  readonly message: StoredMessage;
  readonly memberIds: readonly bigint[];
  readonly stop: AbortController;
  readonly chunks: MessageChunkInit[];
  text: string;
}

export class Streams {
  readonly #context: Context;
  readonly #messages: Pick<Messages, 'publish'>;
  readonly #open = new Map<bigint, OpenStream>();

  constructor(context: Context, messages: Pick<Messages, 'publish'>) {
    this.#context = context;
    this.#messages = messages;
  }

  /** Sends a message of `authorId` to a conversation, and its text as it is written. Resolves when it is complete. */
  async write(conversation: string, authorId: bigint, memberIds: readonly bigint[], writer: Writer): Promise<void> {
    const sentAtMs = BigInt(this.#context.nowMs());
    const senderName = this.#context.people.users.get(authorId) ?? '';
    const content: ContentInit = { sentAtMs, hints: { senderName }, body: streamBody('', 0, StreamState.OPEN) };
    const author = { userId: authorId, terminal: Terminal.BOT };
    const data = messageTo(parseConversationKey(conversation)!, author, content)!.data as MessageData;
    const newMessage = { conversation, senderId: authorId, clientMessageId: '', sentAtMs, changes: 0n, data };
    const message = await this.#messages.publish(newMessage, memberIds);
    const stream: OpenStream = { message, memberIds, stop: new AbortController(), chunks: [], text: '' };
    this.#open.set(message.messageId, stream);
    const state = await this.#writeChunks(stream, writer);
    this.#open.delete(message.messageId);
    await this.#finish(stream, state);
  }

  /**
   * Stops a stream, or sends its chunks again to a client that misses some. The reply echoes the request.
   * @throws ProtocolError NOT_A_MEMBER; PERMISSION_DENIED for what is no streamed message of the conversation.
   */
  async control(request: StreamControl, user: UserInfo): Promise<StreamControl> {
    const { storage, membership } = this.#context;
    const member = await membership.require(request.conversation, user.userId);
    const message = await storage.message(request.messageId);
    const isHere = message?.conversation === conversationKey(member.conversation) && message.seq >= member.firstSeq;
    if (message === undefined || !isHere) throw new ProtocolError('PERMISSION_DENIED', 'the conversation has no such message');
    if (request.resume) await this.#resume(message, request.afterIndex, user);
    else this.#open.get(message.messageId)?.stop.abort();
    return request;
  }

  /** Sends the chunks that a terminal misses; once the message is complete, the message. */
  async #resume(message: StoredMessage, afterIndex: number, user: UserInfo): Promise<void> {
    const { outbox, presentForm } = this.#context;
    const stream = this.#open.get(message.messageId);
    for (const value of stream?.chunks.slice(afterIndex) ?? [])
      await outbox.terminal(user, Command.CHUNK, { $case: 'chunk', value });
    if (stream !== undefined) return;
    const push = await presentForm.for(user, message);
    if (push?.data !== undefined) await outbox.terminal(user, commandOf(message.data), push.data);
  }

  /** Ends all streams. */
  stopAll(): void {
    for (const { stop } of this.#open.values()) stop.abort();
  }

  async #writeChunks(stream: OpenStream, writer: Writer): Promise<StreamState> {
    const { signal } = stream.stop;
    try {
      for await (const text of writer(signal)) {
        if (signal.aborted) break;
        await this.#sendChunk(stream, text, StreamState.OPEN);
      }
      return signal.aborted ? StreamState.CANCELLED : StreamState.DONE;
    } catch {
      return StreamState.FAILED;
    }
  }

  async #sendChunk(stream: OpenStream, text: string, state: StreamState): Promise<void> {
    const { message, memberIds, chunks } = stream;
    const conversation = parseConversationKey(message.conversation);
    const { messageId, senderId } = message;
    const chunk = { conversation, messageId, index: chunks.length + 1, offset: stream.text.length, text, state };
    chunks.push(chunk);
    stream.text += text;
    const receiverIds = memberIds.filter((userId) => userId !== senderId);
    await this.#context.outbox.command({ cmd: Command.CHUNK, data: { $case: 'chunk', value: chunk }, receiverIds });
  }

  /** "When a stream ends its message is pushed again, with the same message_id and seq." SYNC repeats it too. */
  async #finish(stream: OpenStream, state: StreamState): Promise<void> {
    const { storage, outbox } = this.#context;
    await this.#sendChunk(stream, '', state);
    const { message, memberIds, text, chunks } = stream;
    const { messageId } = message;
    const data = withContent(message.data, { ...contentOf(message.data), body: streamBody(text, chunks.length, state) });
    await storage.replace(messageId, data);
    for (const userId of memberIds) await storage.addToInbox(userId, `ended ${messageId}`, { kind: 'ended', messageId });
    await outbox.message({ ...message, data }, memberIds);
  }
}

function streamBody(text: string, index: number, state: StreamState): { $case: 'stream'; value: StreamContentInit } {
  return { $case: 'stream', value: { text, index, state } };
}
