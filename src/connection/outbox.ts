import { Command } from '../../generated/im/protocol/v1/command.js';
import type { SendResult } from '../../generated/im/protocol/v1/send_result.js';
import { printError, run } from '../callbacks.js';
import { ProtocolError } from '../errors.js';
import { withClientMessageId, withSentAt } from './complete-message.js';
import { OutboxCalls } from './outbox-calls.js';
import { bytesToStore, idOf, type OutboxCommand, OutboxEntry, type OutboxMessage } from './outbox-entry.js';
import type { OutboxLink, OutboxPart } from './outbox-part.js';
import { OutboxSender, type SenderOwner } from './outbox-sender.js';
import type { OutboxStorage, StoredOutboxMessage } from './outbox-storage.js';
import { type RequestData, requestMessage } from './request-types.js';
import { Store } from './store.js';

/** Options of an Outbox. All optional. */
export interface OutboxOptions {
  /** Where messages are kept over restarts. Use one storage for each user. Default: in memory. */
  readonly storage?: OutboxStorage | undefined;
  /** Maximum number of messages that wait: 1 or more. Default 1000. */
  readonly maxMessages?: number | undefined;
  /** Maximum size of the messages that wait, encoded, in bytes: 1 or more. Default 4194304. */
  readonly maxBytes?: number | undefined;
  /** The server has answered a message, which has left the outbox. Called for messages of an earlier run too. */
  readonly onAnswered?: ((message: OutboxMessage, result: SendResult) => unknown) | undefined;
  /** The server has refused a message, which has left the outbox. Called for messages of an earlier run too. */
  readonly onRefused?: ((message: OutboxMessage, error: ProtocolError) => unknown) | undefined;
}

const DEFAULT_MAX_MESSAGES = 1000;
const DEFAULT_MAX_BYTES = 4_194_304;

/**
 * Messages that are kept until the server has answered them: over lost connections and, with a storage, over restarts. Pass it to a client as
 * the option `outbox`.
 *
 * Messages of a conversation are sent one after the other, in the order of `add`. A message that was sent and not answered is sent again, with
 * the same client_message_id: "if a message is sent again with the same id, it gets the same `message_id` and SendResult, and is delivered
 * once". Messages of one user are never sent as another.
 */
export class Outbox implements OutboxPart {
  readonly #options: OutboxOptions;
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  readonly #waiting = new Store<readonly OutboxMessage[]>([], (error) => this.#failed(error, 'outbox.subscribe'));
  /** By id, in the order of sending. */
  #entries = new Map<string, OutboxEntry>();
  #bytes = 0;
  #position = 0;
  #link: OutboxLink | undefined;
  #sender: OutboxSender | undefined;
  /** The user of the present connection; undefined without one. */
  #userId: bigint | undefined;
  /** The user of the last connection of the client; 0 before the first. */
  #lastUserId = 0n;
  readonly #storage: OutboxCalls;
  #loading: 'no' | 'running' | 'done' = 'no';

  /** @throws RangeError for a limit below 1. */
  constructor(options: OutboxOptions = {}) {
    const { maxMessages = DEFAULT_MAX_MESSAGES, maxBytes = DEFAULT_MAX_BYTES } = options;
    if (!(maxMessages >= 1)) throw new RangeError(`maxMessages: expected 1 or more, got ${maxMessages}`);
    if (!(maxBytes >= 1)) throw new RangeError(`maxBytes: expected 1 or more, got ${maxBytes}`);
    this.#options = options;
    this.#storage = new OutboxCalls(options.storage, (error, callback) => this.#failed(error, callback));
    this.#maxMessages = maxMessages;
    this.#maxBytes = maxBytes;
  }

  /** Number of messages that wait for their answer. */
  get size(): number {
    return this.#entries.size;
  }

  /** Size of the messages that wait, encoded, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Calls a listener after each change of `getSnapshot`. Returns a function that removes it. Bound. */
  readonly subscribe: (listener: () => void) => () => void = this.#waiting.subscribe;

  /** The messages that wait, in the order of sending. The same array until it changes, as `useSyncExternalStore` expects. Bound. */
  readonly getSnapshot: () => readonly OutboxMessage[] = this.#waiting.getSnapshot;

  /**
   * Adds a message, and sends it as soon as it is stored, the client is authenticated, and the earlier messages of its conversation are
   * answered. If they are left out, it gets a `client_message_id`, the `sender` of the session, and as `sent_at_ms` the time of this call by the
   * server's clock. A message is not added again while one with the same `client_message_id` waits.
   * @returns the message that waits.
   * @throws ProtocolError QUOTA_EXCEEDED if the outbox is full; as `encodeFrame` for `data` that breaks a rule.
   * @throws ProtocolError CLOSED if the outbox belongs to no client: before the client is created, and after its end.
   * @throws TypeError for another command.
   */
  add<C extends OutboxCommand>(command: C, data: RequestData<C>): OutboxMessage<C> {
    if (!isMessage(command)) throw new TypeError(`an outbox sends messages only, got command ${String(command)}`);
    const platform = this.#link?.platform;
    if (platform === undefined) throw new ProtocolError('CLOSED', 'the outbox belongs to no client');
    const complete = withClientMessageId(requestMessage(command, data as object | undefined), () => platform.createId());
    const message = withSentAt(complete, this.#link?.serverTimeMs());
    const id = idOf(message);
    const known = this.#entries.get(id);
    if (known !== undefined) return known.message as unknown as OutboxMessage<C>;
    const bytes = bytesToStore(message);
    this.#requireRoom(bytes.length);
    // What is stored already comes first: see `#restore`.
    if (this.#loading === 'done') this.#position += 1;
    const [position, userId, createdAtMs] = [this.#position, this.#lastUserId, platform.wallMs()];
    const entry = new OutboxEntry({ id, position, userId, createdAtMs, bytes });
    this.#insert(entry);
    this.#changed();
    if (this.#loading === 'done') this.#store(entry);
    return entry.message as unknown as OutboxMessage<C>;
  }

  /** Removes a message that waits. If it was sent already, the server may have it. Returns false if no such message waits. */
  remove(id: string): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    this.#delete(entry);
    entry.reject(new ProtocolError('CLOSED', 'the message was removed from the outbox'));
    this.#pump();
    return true;
  }

  /** @internal */
  attach(link: OutboxLink): void {
    if (this.#link !== undefined) throw new TypeError('the outbox belongs to another client');
    this.#link = link;
    this.#sender = new OutboxSender(this.#forSender(), link);
    if (this.#loading !== 'no') return;
    this.#loading = 'running';
    this.#storage.load((messages) => {
      this.#loading = 'done';
      this.#restore(messages);
      this.#pump();
    });
  }

  /** @internal */
  loggedIn(userId: bigint): void {
    this.#userId = userId;
    if (this.#lastUserId !== userId) this.#claim(userId);
    this.#lastUserId = userId;
    this.#noticeOthers();
    this.#sender?.loggedIn(userId);
    this.#pump();
  }

  /** @internal */
  lost(): void {
    this.#userId = undefined;
    this.#sender?.lost();
  }

  /** @internal */
  ended(): void {
    this.#sender?.end();
    this.#sender = undefined;
    this.#link = undefined;
    this.#userId = undefined;
    this.#lastUserId = 0n;
  }

  #forSender(): SenderOwner {
    const all = (): Iterable<OutboxEntry> => this.#entries.values();
    return {
      get entries() {
        return all();
      },
      has: (entry) => this.#entries.get(entry.stored.id) === entry,
      answered: (entry, result) => {
        entry.resolve(result);
        this.#left(entry, 'onAnswered', () => this.#options.onAnswered?.(entry.message, result));
      },
      refused: (entry, error) => {
        entry.reject(error);
        this.#left(entry, 'onRefused', () => this.#options.onRefused?.(entry.message, error));
      },
    };
  }

  #requireRoom(size: number): void {
    const count = this.#entries.size;
    if (count + 1 > this.#maxMessages) throw full(`${count} messages wait`, this.#maxMessages, count + 1);
    if (this.#bytes + size > this.#maxBytes)
      throw full(`${this.#bytes} bytes of messages wait`, this.#maxBytes, this.#bytes + size);
  }

  #insert(entry: OutboxEntry): void {
    const { id, bytes } = entry.stored;
    this.#bytes += bytes.length - (this.#entries.get(id)?.stored.bytes.length ?? 0);
    this.#entries.set(id, entry);
  }

  #delete(entry: OutboxEntry): void {
    const { stored } = entry;
    this.#entries.delete(stored.id);
    this.#bytes -= stored.bytes.length;
    this.#sender?.forget(entry);
    this.#changed();
    this.#storage.remove(stored.id);
  }

  /** The messages of an earlier run come before those that were added since. */
  #restore(messages: readonly StoredOutboxMessage[]): void {
    const later = this.#entries;
    this.#entries = new Map();
    this.#bytes = 0;
    for (const stored of messages) {
      try {
        const entry = new OutboxEntry(stored);
        entry.isStored = true;
        this.#insert(entry);
        this.#position = stored.position;
      } catch (error) {
        this.#failed(error, 'outbox.load');
        this.#storage.remove(stored.id);
      }
    }
    for (const entry of later.values()) {
      // A message of the earlier run that was added again keeps its place.
      const before = this.#entries.get(entry.stored.id)?.stored;
      if (before === undefined) this.#position += 1;
      entry.update({ position: before?.position ?? this.#position });
      this.#insert(entry);
      this.#store(entry);
    }
    if (this.#lastUserId !== 0n) this.#claim(this.#lastUserId);
    this.#changed();
    this.#noticeOthers();
  }

  #noticeOthers(): void {
    const userId = this.#userId;
    if (this.#loading !== 'done' || userId === undefined) return;
    const others = [...this.#entries.values()].filter(({ stored }) => stored.userId !== userId).length;
    if (others === 0) return;
    const text = `${others} messages of another user wait in the outbox`;
    this.#link?.notice(new ProtocolError('PERMISSION_DENIED', text, { actual: others }));
  }

  /** Messages that were written before anyone was authenticated belong to the first user. */
  #claim(userId: bigint): void {
    for (const entry of this.#entries.values()) {
      if (entry.stored.userId !== 0n) continue;
      entry.update({ userId });
      if (this.#loading === 'done') this.#store(entry);
    }
  }

  #store(entry: OutboxEntry): void {
    this.#storage.put(entry.stored, () => {
      entry.isStored = true;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#loading === 'done') this.#sender?.pump();
  }

  #left(entry: OutboxEntry, callback: string, call: () => unknown): void {
    this.#delete(entry);
    run(call, (error) => this.#failed(error, `outbox.${callback}`));
    this.#pump();
  }

  #changed(): void {
    this.#waiting.set([...this.#entries.values()].map(({ message }) => message));
  }

  #failed(error: unknown, callback: string): void {
    if (this.#link === undefined) printError(error, { callback });
    else this.#link.failed(error, callback);
  }
}

function isMessage(command: number): boolean {
  return command === Command.PRIVATE_MESSAGE || command === Command.GROUP_MESSAGE || command === Command.ROOM_MESSAGE;
}

function full(text: string, limit: number, actual: number): ProtocolError {
  return new ProtocolError('QUOTA_EXCEEDED', `${text} in the outbox, limit ${limit}`, { limit, actual });
}
