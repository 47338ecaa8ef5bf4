import { Slots } from './slots.js';

/**
 * Sends in order where order counts, and never too many at a time: "unawaited sends of one message group are not in order", and "more than
 * a few hundred unawaited sends run into the deadline".
 */
export class SendLanes {
  readonly #tails = new Map<string, Promise<unknown>>();
  readonly #slots: Slots;

  /** @param maxInFlight so many sends run at the same time. */
  constructor(maxInFlight: number) {
    this.#slots = new Slots(maxInFlight);
  }

  /** How many lanes have something to send. */
  get size(): number {
    return this.#tails.size;
  }

  /** @param lane sends with the same name come one after the other, whether or not the one before went well; undefined = no order. */
  run<T>(lane: string | undefined, send: () => Promise<T>): Promise<T> {
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
