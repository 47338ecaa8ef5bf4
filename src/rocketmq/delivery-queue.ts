import { delayAfter, type RetryPolicy } from './broker.js';
import { type Clock, Timers } from './clock.js';
import type { Outcome } from './run-handler.js';

/** Something that waits to be delivered. */
export interface Queued {
  /** What has to stay in order with it; undefined = nothing. */
  readonly lane: string | undefined;
  /** What it counts against a limit of memory. */
  readonly bytes: number;
  /** How often it was delivered. */
  attempts: number;
}

/** Those that stay in order: the first is delivered, and holds up the others until it is settled. */
interface Lane<T> {
  readonly name: string | undefined;
  readonly entries: Fifo<T>;
}

/**
 * The messages of a consumer group that are not acknowledged. Messages of one lane are delivered strictly one at a time and in order;
 * one that comes again holds up its lane, and nothing else.
 */
export class DeliveryQueue<T extends Queued> {
  readonly #lanes = new Map<string, Lane<T>>();
  readonly #ready = new Fifo<Lane<T>>();
  /** Those that were taken and not settled yet. */
  readonly #taken = new Map<T, Lane<T>>();
  readonly #timers: Timers;
  readonly #onReady: () => void;
  readonly #onDead: (entry: T) => void;
  #size = 0;
  #bytes = 0;

  /**
   * @param onReady there is something to take.
   * @param onDead an entry was given up.
   */
  constructor(clock: Clock, onReady: () => void, onDead: (entry: T) => void) {
    this.#timers = new Timers(clock);
    this.#onReady = onReady;
    this.#onDead = onDead;
  }

  /** How many are not acknowledged. */
  get size(): number {
    return this.#size;
  }

  /** The bytes of those that are not acknowledged. */
  get bytes(): number {
    return this.#bytes;
  }

  push(entry: T): void {
    this.#size++;
    this.#bytes += entry.bytes;
    const lane = entry.lane === undefined ? undefined : this.#lanes.get(entry.lane);
    if (lane !== undefined) {
      lane.entries.push(entry);
      return;
    }
    const own: Lane<T> = { name: entry.lane, entries: new Fifo() };
    own.entries.push(entry);
    if (entry.lane !== undefined) this.#lanes.set(entry.lane, own);
    this.#makeReady(own);
  }

  /** The next one to deliver; undefined where all that is there has to wait. */
  take(): T | undefined {
    const lane = this.#ready.shift();
    const entry = lane?.entries.peek();
    if (lane === undefined || entry === undefined) return undefined;
    entry.attempts++;
    this.#taken.set(entry, lane);
    return entry;
  }

  /** Says what becomes of an entry that was taken. One that was put back in the meantime stays as it is: its outcome came too late. */
  settle(entry: T, outcome: Outcome, retry: RetryPolicy): void {
    const lane = this.#taken.get(entry);
    if (lane === undefined) return;
    this.#taken.delete(entry);
    if (outcome.kind === 'nack' && entry.attempts < retry.maxAttempts) {
      this.#timers.set(() => this.#makeReady(lane), outcome.afterMs ?? delayAfter(retry, entry.attempts));
      return;
    }
    this.#size--;
    this.#bytes -= entry.bytes;
    lane.entries.shift();
    if (lane.entries.size > 0) this.#makeReady(lane);
    else if (lane.name !== undefined) this.#lanes.delete(lane.name);
    if (outcome.kind !== 'ack') this.#onDead(entry);
  }

  /** Puts back what was taken and not settled: it is delivered again, before anything else. */
  putBack(entry: T): void {
    const lane = this.#taken.get(entry);
    if (lane === undefined) return;
    this.#taken.delete(entry);
    this.#ready.unshift(lane);
    this.#onReady();
  }

  /** Gives all timers up. */
  close(): void {
    this.#timers.clear();
  }

  #makeReady(lane: Lane<T>): void {
    this.#ready.push(lane);
    this.#onReady();
  }
}

/** A queue in memory: both ends in constant time. */
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

  /** Puts an item in front of all others. */
  unshift(item: T): void {
    if (this.#head > 0) this.#items[--this.#head] = item;
    else this.#items.unshift(item);
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    // Half of the array is used up: moving the rest costs less than a step for each item so far.
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
