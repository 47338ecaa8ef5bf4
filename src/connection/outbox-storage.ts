/** A message as a storage keeps it. */
export interface StoredOutboxMessage {
  /** Its client_message_id: printable ASCII, at most 64 characters. Unique in the storage. */
  readonly id: string;
  /** Messages are sent in ascending order of their positions. */
  readonly position: number;
  /** The user who has written it; 0 if no user was authenticated yet. */
  readonly userId: bigint;
  /** When it was written: Unix time in milliseconds, by the clock of the device. */
  readonly createdAtMs: number;
  /** The message: an encoded SendInfo. */
  readonly bytes: Uint8Array;
}

/**
 * Where an Outbox keeps messages over restarts of the application. Methods may return promises; they are called one after the other. If one
 * fails, `onError` of the client gets the error, and the message is kept in memory only.
 */
export interface OutboxStorage {
  /** All messages that were put and not removed, in any order. Called once, before the other methods. */
  load(): PromiseLike<readonly StoredOutboxMessage[]> | readonly StoredOutboxMessage[];
  /** Keeps a message. Its id is new, or it replaces the message with the same id. */
  put(message: StoredOutboxMessage): unknown;
  /** Removes a message. Does nothing for an id that it does not have. */
  remove(id: string): unknown;
}
