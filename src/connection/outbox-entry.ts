// A message of an Outbox, from `add` to its answer.

import type { Command } from '../../generated/im/protocol/v1/command.js';
import { SendInfo as SendInfoCodec } from '../../generated/im/protocol/v1/send_info.codec.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { SendResult } from '../../generated/im/protocol/v1/send_result.js';
import { encodeFrame } from '../codec/encode-frame.js';
import { ProtocolError } from '../errors.js';
import { withAuthor, withSentAt } from './complete-message.js';
import type { StoredOutboxMessage } from './outbox-storage.js';
import type { RequestData } from './request-types.js';

/** The commands of messages that an Outbox sends. */
export type OutboxCommand = typeof Command.PRIVATE_MESSAGE | typeof Command.GROUP_MESSAGE | typeof Command.ROOM_MESSAGE;

/** A message that waits in an Outbox for its answer. */
export interface OutboxMessage<C extends OutboxCommand = OutboxCommand> {
  /** Its client_message_id, by which the server recognizes it when it is sent again. */
  readonly id: string;
  /** Its command. */
  readonly command: C;
  /** Its data, with the `client_message_id`. The sender, and the time if the server's clock was not known yet, are set when it is sent. */
  readonly data: RequestData<C>;
  /** When it was written: Unix time in milliseconds, by the clock of the device. */
  readonly createdAtMs: number;
  /**
   * Resolves with the answer of the server: look at its `code`. Rejects with the ProtocolError with which the server refused the message, or
   * with CLOSED after `remove`. Stays open when the client ends: a later client with the same outbox sends the message.
   */
  readonly answered: Promise<SendResult>;
}

/** Stands for the author when a message is checked, and nobody is logged in. */
const ANYBODY = { userId: 1n, terminal: 1 };

export class OutboxEntry {
  stored: StoredOutboxMessage;
  readonly message: OutboxMessage;
  /** Messages to the same one are sent one after the other. */
  readonly conversation: string;
  /** It is in the storage, or the storage has failed. */
  isStored = false;
  isSending = false;
  /** Waits before it is sent again; undefined if it does not wait. */
  timer: unknown;
  /** How often it failed in a row. */
  failures = 0;
  resolve: (result: SendResult) => void = () => {};
  reject: (error: unknown) => void = () => {};
  readonly #data: NonNullable<SendInfo['data']>;

  /** @throws ProtocolError for bytes that are not a message of an Outbox. */
  constructor(stored: StoredOutboxMessage) {
    const message = SendInfoCodec.decode(stored.bytes);
    const { cmd, data } = message;
    const conversation = data && conversationOf(data);
    if (conversation === undefined || idOf(message) !== stored.id || !isSound(stored))
      throw new ProtocolError('INVALID_MESSAGE', 'this is no message of an outbox');
    this.stored = stored;
    this.#data = data!;
    this.conversation = conversation;
    const answered = new Promise<SendResult>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // The callbacks of the outbox report it too.
    answered.catch(() => {});
    this.message = { id: stored.id, command: cmd, data: data!.value, createdAtMs: stored.createdAtMs, answered } as OutboxMessage;
  }

  /** Changes what is stored with the message. */
  update(changes: Partial<Pick<StoredOutboxMessage, 'userId' | 'position'>>): void {
    this.stored = { ...this.stored, ...changes };
  }

  /** The data to send. @param sentAtMs by the server's clock; undefined = unknown. */
  data(sentAtMs: number | undefined): object {
    return withSentAt({ data: this.#data }, sentAtMs).data!.value;
  }
}

/**
 * The bytes of a message to keep.
 * @throws ProtocolError as `encodeFrame`, for data that breaks a rule.
 */
export function bytesToStore(message: SendInfoInit): Uint8Array {
  encodeFrame('SendInfo', withAuthor(message, ANYBODY), { maxFrameBytes: Number.MAX_SAFE_INTEGER });
  // A copy: the bytes may be a view of memory that is shared with other messages.
  return SendInfoCodec.encode(message).slice();
}

/** The client_message_id of a message; '' if it has none. */
export function idOf({ data }: SendInfoInit): string {
  const content = data !== undefined && 'content' in data.value ? data.value.content : undefined;
  return content?.clientMessageId ?? '';
}

/** A storage may return anything. */
function isSound({ position, userId, createdAtMs }: StoredOutboxMessage): boolean {
  return Number.isSafeInteger(position) && position >= 0 && typeof userId === 'bigint' && Number.isFinite(createdAtMs);
}

function conversationOf(data: NonNullable<SendInfo['data']>): string | undefined {
  switch (data.$case) {
    case 'privateMessage':
      return `p ${data.value.receiverId}`;
    case 'groupMessage':
      return `g ${data.value.groupId}`;
    case 'roomMessage':
      return `r ${data.value.roomId}`;
    default:
      return undefined;
  }
}
