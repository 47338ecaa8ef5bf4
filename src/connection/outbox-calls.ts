import { settle } from '../callbacks.js';
import type { OutboxStorage, StoredOutboxMessage } from './outbox-storage.js';

/** Calls the storage of an Outbox: one call after the other, and what fails is reported. */
export class OutboxCalls {
  readonly #storage: OutboxStorage | undefined;
  readonly #failed: (error: unknown, callback: string) => void;
  #last: Promise<void> = Promise.resolve();

  constructor(storage: OutboxStorage | undefined, failed: (error: unknown, callback: string) => void) {
    this.#storage = storage;
    this.#failed = failed;
  }

  /**
   * Loads the messages, in the order of their positions. A storage without promises is loaded at once.
   * @param done called once: with no messages if the storage has failed.
   */
  load(done: (messages: readonly StoredOutboxMessage[]) => void): void {
    const storage = this.#storage;
    if (storage === undefined) {
      done([]);
      return;
    }
    this.#last = new Promise((resolve) => {
      const loaded = (messages: readonly StoredOutboxMessage[]): void => {
        done(messages);
        resolve();
      };
      const failed = (error: unknown): void => {
        this.#failed(error, 'outbox.load');
        loaded([]);
      };
      settle(
        () => storage.load(),
        (messages) => {
          const sorted = inOrder(messages);
          if (sorted === undefined) failed(new TypeError('load: expected an array of messages'));
          else loaded(sorted);
        },
        failed,
      );
    });
  }

  /** @param done called afterwards, also if the storage has failed. Must not throw. */
  put(message: StoredOutboxMessage, done: () => void): void {
    this.#call('outbox.put', (storage) => storage.put(message), done);
  }

  remove(id: string): void {
    this.#call('outbox.remove', (storage) => storage.remove(id));
  }

  #call(callback: string, call: (storage: OutboxStorage) => unknown, done: () => void = () => {}): void {
    const storage = this.#storage;
    if (storage === undefined) {
      done();
      return;
    }
    const step = async (): Promise<void> => {
      try {
        await call(storage);
      } catch (error) {
        this.#failed(error, callback);
      }
      done();
    };
    this.#last = this.#last.then(step);
  }
}

/** The messages in the order of their positions; undefined if this is no array of messages. */
function inOrder(messages: readonly StoredOutboxMessage[]): StoredOutboxMessage[] | undefined {
  if (!Array.isArray(messages) || !messages.every((message) => typeof message?.id === 'string')) return undefined;
  return [...messages].sort((a, b) => a.position - b.position);
}
