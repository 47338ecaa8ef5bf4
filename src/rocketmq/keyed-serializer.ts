import { requireMemory } from './broker-errors.js';
import type { ReceivedMessage } from './client-consumer.js';

/** So many things happen at the same time, and the others wait in order. */
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
      // The place goes to the next one, or is free.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

/** Messages in order of arrival, by message group; what has none is alone. */
export function inLanes(received: readonly ReceivedMessage[]): ReceivedMessage[][] {
  const lanes = new Map<unknown, ReceivedMessage[]>();
  for (const message of received) {
    const key = message.view.messageGroup ?? message;
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, [message]);
    else lane.push(message);
  }
  return [...lanes.values()];
}

/**
 * Sends in order where order counts, and never too many at a time: "unawaited sends of one message group are not in order", and "more than
 * a few hundred unawaited sends run into the deadline".
 */
export class KeyedSerializer {
  readonly #tails = new Map<string, Promise<unknown>>();
  readonly #slots: Semaphore;
  readonly #maxBytes: number;
  #bytes = 0;

  /**
   * @param maxInFlight so many sends run at the same time.
   * @param maxBytes the most bytes of messages that wait or are being sent.
   */
  constructor(maxInFlight: number, maxBytes = Number.POSITIVE_INFINITY) {
    this.#slots = new Semaphore(maxInFlight);
    this.#maxBytes = maxBytes;
  }

  /** How many lanes have something to send. */
  get size(): number {
    return this.#tails.size;
  }

  /**
   * @param lane sends with the same name come one after the other, whether or not the one before went well; undefined = no order.
   * @param bytes what the message counts.
   * @throws ProtocolError (as a rejection) OVERLOADED where that would be more than `maxBytes` with what is there already.
   */
  async run<T>(lane: string | undefined, send: () => Promise<T>, bytes = 0): Promise<T> {
    requireMemory(this.#bytes + bytes, this.#maxBytes, 'to be sent');
    this.#bytes += bytes;
    try {
      return await this.#inLane(lane, send);
    } finally {
      this.#bytes -= bytes;
    }
  }

  #inLane<T>(lane: string | undefined, send: () => Promise<T>): Promise<T> {
    if (lane === undefined) return this.#slots.run(send);
    const before = this.#tails.get(lane) ?? Promise.resolve();
    const result = before.then(() => this.#slots.run(send));
    const tail = result.then(
      () => {},
      () => {},
    );
    this.#tails.set(lane, tail);
    void tail.then(() => {
      if (this.#tails.get(lane) === tail) this.#tails.delete(lane);
    });
    return result;
  }
}
