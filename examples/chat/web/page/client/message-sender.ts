// Sends what the user writes: from the outbox, until the platform has it or refuses it.
import { type Command, type ContentInit, isProtocolError, ProtocolError, type SendResult, type UserInfoInit } from '@im/protocol';
import { messageTo, parseConversationKey } from '@im/protocol/conversation';
import type { Client } from '@im/protocol/web';
import { type Outbox, type Outgoing, outgoingContent } from './outbox.js';
import { reasonOf } from './reason-of.js';

export class MessageSender {
  readonly #sender: UserInfoInit;
  readonly #client: () => Client | undefined;
  readonly #outbox: Outbox;
  readonly #lastSeq: (conversationKey: string) => bigint;
  readonly #changed: (conversationKey: string) => void;
  /** Keys of messages that are on their way. */
  readonly #sending = new Set<string>();

  /** @param lastSeq The seq of the last stored message of a conversation; 0n = none. */
  constructor(
    sender: UserInfoInit,
    client: () => Client | undefined,
    outbox: Outbox,
    lastSeq: (conversationKey: string) => bigint,
    changed: (conversationKey: string) => void,
  ) {
    this.#sender = sender;
    this.#client = client;
    this.#outbox = outbox;
    this.#lastSeq = lastSeq;
    this.#changed = changed;
  }

  /** Sends a message of the outbox, unless it is on its way. */
  async send(message: Outgoing): Promise<void> {
    const { key, conversationKey } = message;
    if (this.#client() === undefined || this.#sending.has(key)) return;
    this.#sending.add(key);
    try {
      const { seq } = await this.request(conversationKey, outgoingContent(message));
      // The message itself comes as a change, and takes the place of this one.
      this.#outbox.sent(key, seq);
      this.#outbox.stored(conversationKey, this.#lastSeq(conversationKey));
    } catch (error) {
      // Without a connection it waits for the next one, or for a reload.
      if (!isProtocolError(error) || !error.properties.local) this.#outbox.fail(key, reasonOf(error));
    }
    this.#sending.delete(key);
    this.#changed(conversationKey);
  }

  /** Sends content without an entry in the outbox, so a reload does not repeat it. @throws ProtocolError as Client.request */
  async request(conversationKey: string, content: ContentInit): Promise<SendResult> {
    const { cmd, data } = messageTo(parseConversationKey(conversationKey)!, this.#sender, content)!;
    const client = this.#client();
    if (client === undefined) throw new ProtocolError('CLOSED', 'there was no connection yet');
    return client.request(cmd as typeof Command.PRIVATE_MESSAGE, data.value as never);
  }
}
