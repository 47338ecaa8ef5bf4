// A user that is a program: it answers each text in its private conversations, and each that mentions it in a group.

import { contentOf } from '../messages/message-data.js';
import type { StoredMessage } from '../storage/storage.js';
import type { Streams } from './streams.js';

/** Writes an answer, piece by piece. Ends when the signal is aborted. */
export type Model = (question: string, signal: AbortSignal) => AsyncIterable<string>;

export class Assistant {
  readonly #userId: bigint;
  readonly #model: Model;
  readonly #streams: Streams;

  constructor(userId: bigint, model: Model, streams: Streams) {
    this.#userId = userId;
    this.#model = model;
    this.#streams = streams;
  }

  /** Answers a new message, if it is for the assistant. */
  async take({ conversation, senderId, data }: StoredMessage, memberIds: readonly bigint[]): Promise<void> {
    const { body } = contentOf(data);
    if (body?.$case !== 'text' || senderId === this.#userId || !this.#isAsked(data)) return;
    const question = body.value.text ?? '';
    await this.#streams.write(conversation, this.#userId, memberIds, (signal) => this.#model(question, signal));
  }

  #isAsked(data: StoredMessage['data']): boolean {
    if (data.$case === 'privateMessage') return data.value.receiverId === this.#userId;
    return data.$case === 'groupMessage' && (data.value.mentionedIds ?? []).includes(this.#userId);
  }
}
