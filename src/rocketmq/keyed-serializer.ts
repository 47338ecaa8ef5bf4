// Limits concurrency, and runs work with the same key in order.
import { requireByteCapacity } from './broker-errors.js';

/** Limits how much work runs at the same time. The rest waits in order. */
export class Semaphore {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free--;
    try {
      return await work();
    } finally {
      // Pass the permit on, or free it.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

/**
 * Sends messages with the same key in order, with limited concurrency: the RocketMQ client does not keep the order of concurrent sends of a
 * message group, and with more than a few hundred concurrent sends they time out.
 */
export class KeyedSerializer {
  readonly #tails = new Map<string, Promise<unknown>>();
  readonly #semaphore: Semaphore;
  readonly #maxBytes: number;
  #bytes = 0;

  /**
   * @param maxInFlight maximum concurrent sends.
   * @param maxBytes maximum bytes of messages that wait or are being sent.
   */
  constructor(maxInFlight: number, maxBytes = Number.POSITIVE_INFINITY) {
    this.#semaphore = new Semaphore(maxInFlight);
    this.#maxBytes = maxBytes;
  }

  /** Number of keys with pending sends. */
  get size(): number {
    return this.#tails.size;
  }

  /**
   * @param key sends with the same key run one after the other, even after a failure; undefined = no order.
   * @param bytes size of the message.
   * @throws ProtocolError (as a rejection) OVERLOADED if the pending messages would have more than `maxBytes`.
   */
  async run<T>(key: string | undefined, send: () => Promise<T>, bytes = 0): Promise<T> {
    requireByteCapacity(this.#bytes + bytes, this.#maxBytes, 'to be sent');
    this.#bytes += bytes;
    try {
      return await this.#inOrder(key, send);
    } finally {
      this.#bytes -= bytes;
    }
  }

  #inOrder<T>(key: string | undefined, send: () => Promise<T>): Promise<T> {
    if (key === undefined) return this.#semaphore.run(send);
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(() => this.#semaphore.run(send));
    const tail = result.then(
      () => {},
      () => {},
    );
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    return result;
  }
}
