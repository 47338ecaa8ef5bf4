import type { Queue } from './queue.js';

type Consume = (frame: Uint8Array) => void | Promise<void>;

/** A queue in memory. Consumers run later than `publish`, as they would in another process. */
export class EmbeddedQueue implements Queue {
  readonly #consumers = new Map<string, Consume>();
  #work: Promise<void> = Promise.resolve();
  #open = true;

  publish(topic: string, frame: Uint8Array): void {
    const consume = this.#consumers.get(topic);
    if (!this.#open) throw new Error(`${topic}: the queue is closed`);
    if (consume === undefined) throw new Error(`${topic}: nobody consumes it`);
    // What encodeFrame returns may be a view of a larger buffer; a copy keeps no more alive than itself.
    const copy = frame.slice();
    this.#work = this.#work.then(() => consume(copy));
    // Reported by close.
    this.#work.catch(() => {});
  }

  subscribe(topic: string, consume: Consume): void {
    if (this.#consumers.has(topic)) throw new Error(`${topic}: has a consumer already`);
    this.#consumers.set(topic, consume);
  }

  async close(): Promise<void> {
    // What is consumed may publish.
    for (let work: Promise<void> | undefined; work !== this.#work; ) {
      work = this.#work;
      await work;
    }
    this.#open = false;
  }
}
