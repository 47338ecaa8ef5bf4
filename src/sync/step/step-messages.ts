// The messages of a step by their two names: conversation and seq, and message_id.
import type { ConversationRecord } from '../conversation-record.js';
import type { Draft, Reading } from '../draft.js';
import { idAt, messageAt, quoteAt } from '../keys.js';
import { MessageRecord } from '../message-record.js';
import { joinParts, jsonBytes, jsonOf, splitParts } from '../record-parts.js';

/** Where a message is. */
export interface Place {
  readonly key: string;
  readonly seq: bigint;
}

const NO_VALUE = new Uint8Array(0);

export class StepMessages {
  readonly #draft: Draft;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  *get({ key, seq }: Place): Reading<MessageRecord | undefined> {
    const bytes = yield* this.#draft.get(messageAt(key, seq));
    return bytes && MessageRecord.decode(bytes);
  }

  /** The message with an id, if it is in the conversation. */
  *ofId(key: string, messageId: bigint): Reading<MessageRecord | undefined> {
    const place = yield* this.placeOf(messageId);
    return place?.key === key ? yield* this.get(place) : undefined;
  }

  *placeOf(messageId: bigint): Reading<Place | undefined> {
    if (messageId === 0n) return undefined;
    const bytes = yield* this.#draft.get(idAt(messageId));
    return bytes && (jsonOf(splitParts(bytes)[0]) as Place);
  }

  /** Another message has the same id: a message_id is one message. */
  *isElsewhere({ key, seq }: Place, messageId: bigint): Reading<boolean> {
    const place = yield* this.placeOf(messageId);
    if (place === undefined || (place.key === key && place.seq === seq)) return false;
    return (yield* this.get(place)) !== undefined;
  }

  store(conversation: ConversationRecord, record: MessageRecord): void {
    const { key } = conversation;
    const { seq, messageId, quote, body } = record.content;
    this.replace(key, record);
    if (messageId !== 0n) this.#draft.put(idAt(messageId), joinParts([jsonBytes({ key, seq })]));
    if (quote !== undefined && !quote.recalled) this.#draft.put(quoteAt(quote.messageId, key, seq), NO_VALUE);
    if (body?.$case === 'stream' || conversation.at.openStreams.includes(seq)) {
      conversation.setStream(seq, body?.$case === 'stream' && body.value.state === 1);
    }
  }

  /** Stores a message again that keeps its id, its quote and its stream. */
  replace(key: string, record: MessageRecord): void {
    this.#draft.put(messageAt(key, record.content.seq), record.encode());
  }

  delete({ key, seq }: Place, messageId: bigint): void {
    this.#draft.delete(messageAt(key, seq));
    this.#draft.delete(idAt(messageId));
  }
}
