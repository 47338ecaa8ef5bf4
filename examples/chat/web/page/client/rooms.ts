// The room: its messages are not kept, and one is in it as long as one is connected.
import { Command, type RoomMessage, type SendInfo } from '@im/protocol';
import { conversationKey, roomRef } from '@im/protocol/conversation';
import type { Client } from '@im/protocol/web';
import { personOf, ROOM } from '../../users.js';
import type { Person } from '../model/chat-model.js';
import type { MessageView } from '../model/message-view.js';
import { bodyOf } from './body-of.js';
import { type Outgoing, outgoingContent, outgoingView } from './outbox.js';

/** Older ones go. */
const MAX_MESSAGES = 500;

export const ROOM_KEY = conversationKey(roomRef(ROOM.roomId));

export class Room {
  readonly #client: () => Client | undefined;
  readonly #me: Person;
  readonly #changed: () => void;
  messages: readonly MessageView[] = [];
  isJoined = false;

  constructor(client: () => Client | undefined, me: Person, changed: () => void) {
    this.#client = client;
    this.#me = me;
    this.#changed = changed;
  }

  /** @throws ProtocolError as Client.request */
  async set(join: boolean): Promise<void> {
    await this.#client()?.request(Command.ROOM, { roomId: ROOM.roomId, join });
    this.isJoined = join;
    this.#changed();
  }

  /** "The membership belongs to the connection and ends with it." */
  async loggedIn(): Promise<void> {
    if (this.isJoined) await this.set(true);
  }

  take({ data }: Pick<SendInfo, 'data'>): void {
    if (data?.$case === 'roomMessage') this.#add(this.#view(data.value));
  }

  async send(message: Outgoing): Promise<void> {
    this.#add(outgoingView(message, this.#me));
    try {
      const content = outgoingContent(message);
      const { messageId } = await this.#client()!.request(Command.ROOM_MESSAGE, { roomId: ROOM.roomId, content });
      this.#change(message.key, { messageId, delivery: 'sent' });
    } catch (error) {
      this.#change(message.key, { delivery: 'failed', failure: (error as Error).message });
    }
  }

  #view({ sender, content }: RoomMessage): MessageView {
    const { messageId, sentAtMs } = content!;
    const { userId } = sender!;
    const key = String(messageId);
    const isOwn = userId === this.#me.userId;
    const person = personOf(userId);
    const body = bodyOf(content!);
    return { key, messageId, seq: 0n, sender: person, isOwn, sentAtMs: Number(sentAtMs), body, isEdited: false, reactions: [] };
  }

  #add(message: MessageView): void {
    this.messages = [...this.messages, message].slice(-MAX_MESSAGES);
    this.#changed();
  }

  #change(key: string, change: Partial<MessageView>): void {
    this.messages = this.messages.map((one) => (one.key === key ? { ...one, ...change } : one));
    this.#changed();
  }
}
