// The queue of a consumer group in memory.
import { delayAfter, type RetryPolicy } from './broker.js';
import { type Clock, Timers } from './clock.js';
import type { Outcome } from './run-handler.js';

/** A message in the queue. */
export interface Queued {
  /** Messages with the same key are delivered in order; undefined = no order. */
  readonly key: string | undefined;
  /** Size for memory limits. */
  readonly bytes: number;
  /** Number of deliveries. */
  attempts: number;
}

/** Messages with the same key: the first one blocks the others until it is settled. */
interface KeyedQueue<T> {
  readonly key: string | undefined;
  readonly entries: Fifo<T>;
}

/**
 * The unacknowledged messages of a consumer group. Messages with the same key are delivered one at a time and in order; a retry only blocks
 * its key.
 */
export class DeliveryQueue<T extends Queued> {
  readonly #queues = new Map<string, KeyedQueue<T>>();
  readonly #ready = new Fifo<KeyedQueue<T>>();
  /** Taken and not settled yet. */
  readonly #taken = new Map<T, KeyedQueue<T>>();
  readonly #timers: Timers;
  readonly #onReady: () => void;
  readonly #onDead: (entry: T) => void;
  #size = 0;
  #bytes = 0;

  /**
   * @param onReady called when an entry can be taken.
   * @param onDead called with an entry that was given up.
   */
  constructor(clock: Clock, onReady: () => void, onDead: (entry: T) => void) {
    this.#timers = new Timers(clock);
    this.#onReady = onReady;
    this.#onDead = onDead;
  }

  /** Unacknowledged messages. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of unacknowledged messages. */
  get bytes(): number {
    return this.#bytes;
  }

  push(entry: T): void {
    this.#size++;
    this.#bytes += entry.bytes;
    const queue = entry.key === undefined ? undefined : this.#queues.get(entry.key);
    if (queue !== undefined) {
      queue.entries.push(entry);
      return;
    }
    const created: KeyedQueue<T> = { key: entry.key, entries: new Fifo() };
    created.entries.push(entry);
    if (entry.key !== undefined) this.#queues.set(entry.key, created);
    this.#makeReady(created);
  }

  /** Takes the next entry; undefined if none is ready. */
  take(): T | undefined {
    const queue = this.#ready.shift();
    const entry = queue?.entries.peek();
    if (queue === undefined || entry === undefined) return undefined;
    entry.attempts++;
    this.#taken.set(entry, queue);
    return entry;
  }

  /** Settles a taken entry. Ignored if it was put back in the meantime. */
  settle(entry: T, outcome: Outcome, retry: RetryPolicy): void {
    const queue = this.#taken.get(entry);
    if (queue === undefined) return;
    this.#taken.delete(entry);
    if (outcome.kind === 'nack' && entry.attempts < retry.maxAttempts) {
      this.#timers.set(() => this.#makeReady(queue), outcome.afterMs ?? delayAfter(retry, entry.attempts));
      return;
    }
    this.#size--;
    this.#bytes -= entry.bytes;
    queue.entries.shift();
    if (queue.entries.size > 0) this.#makeReady(queue);
    else if (queue.key !== undefined) this.#queues.delete(queue.key);
    if (outcome.kind !== 'ack') this.#onDead(entry);
  }

  /** Puts back a taken entry: it is delivered again, before all others. */
  putBack(entry: T): void {
    const queue = this.#taken.get(entry);
    if (queue === undefined) return;
    this.#taken.delete(entry);
    this.#ready.unshift(queue);
    this.#onReady();
  }

  /** Clears all timers. */
  close(): void {
    this.#timers.clear();
  }

  #makeReady(queue: KeyedQueue<T>): void {
    this.#ready.push(queue);
    this.#onReady();
  }
}

/** A FIFO queue with constant-time operations. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Adds an item at the front. */
  unshift(item: T): void {
    if (this.#head > 0) this.#items[--this.#head] = item;
    else this.#items.unshift(item);
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    // Compact when half of the array is unused: amortized constant time.
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let i = this.#head; i < this.#items.length; i++) yield this.#items[i] as T;
  }
}
