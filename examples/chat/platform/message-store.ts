import { type Content, ProtocolError, type UserInfo } from '@im/protocol';
import type { ChatData } from './application.js';

/** Odd and above 2^53, so that code that reads ids as doubles fails. */
const FIRST_MESSAGE_ID = 9_100_000_000_000_000_001n;
/** "message_id ... increases within a conversation, with gaps" */
const ID_STEP = 2n;

/** The messages that the platform has accepted, and their ids. In production this is a database. */
export class MessageStore {
  readonly #messages = new Map<bigint, ChatData>();
  readonly #idsByClient = new Map<string, bigint>();
  #nextId = FIRST_MESSAGE_ID;

  /**
   * Stores a message with a new id, which is set in it. Returns the stored message if it is repeated: "If a message is sent again with the
   * same id, it gets the same message_id and SendResult, and is delivered once."
   */
  store(data: ChatData): { readonly stored: ChatData; readonly messageId: bigint; readonly isNew: boolean } {
    // The server refuses messages without sender and content: both are required.
    const { sender, content } = data.value as { sender: UserInfo; content: Content };
    const key = `${sender.userId}/${content.clientMessageId}`;
    const known = content.clientMessageId === '' ? undefined : this.#idsByClient.get(key);
    if (known !== undefined) return { stored: this.get(known), messageId: known, isNew: false };
    const messageId = this.nextId();
    const stored = withContent(data, { ...content, messageId, sentAtMs: BigInt(Date.now()) });
    this.#messages.set(messageId, stored);
    this.#idsByClient.set(key, messageId);
    return { stored, messageId, isNew: true };
  }

  /** @throws ProtocolError PERMISSION_DENIED for an id that no message has. */
  get(messageId: bigint): ChatData {
    const data = this.#messages.get(messageId);
    if (data === undefined) throw new ProtocolError('PERMISSION_DENIED', `there is no message ${messageId}`);
    return data;
  }

  /** The messages with a greater id, in their order. */
  after(messageId: bigint): ChatData[] {
    return [...this.#messages].filter(([id]) => id > messageId).map(([, data]) => data);
  }

  /** The greatest id that was given; 0 = none was. */
  get lastId(): bigint {
    return this.#nextId === FIRST_MESSAGE_ID ? 0n : this.#nextId - ID_STEP;
  }

  nextId(): bigint {
    const id = this.#nextId;
    this.#nextId += ID_STEP;
    return id;
  }
}

function withContent(data: ChatData, content: Content): ChatData {
  if (data.$case === 'privateMessage') return { $case: data.$case, value: { ...data.value, content } };
  return { $case: data.$case, value: { ...data.value, content } };
}
