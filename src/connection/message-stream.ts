import { Queue } from '../session/queue.js';

/** A queue that is read by iteration. All iterators share it. */
export class MessageStream<T> {
  readonly #onDelivered: (item: T) => void;
  readonly #items = new Queue<T>();
  readonly #readers: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }[] = [];
  #end: { readonly error: unknown } | undefined;
  /** Number of iterators that have not ended. */
  #iterators = 0;

  /** @param onDelivered called when an iterator has received an item. */
  constructor(onDelivered: (item: T) => void) {
    this.#onDelivered = onDelivered;
  }

  /** Whether a loop runs. */
  get isRead(): boolean {
    return this.#iterators > 0;
  }

  add(item: T): void {
    const reader = this.#readers.shift();
    if (reader === undefined) {
      this.#items.add(item);
      return;
    }
    reader.resolve({ done: false, value: item });
    this.#onDelivered(item);
  }

  /** Removes and returns the oldest item; undefined if there is none. */
  take(): T | undefined {
    return this.#items.take();
  }

  /** Ends the stream: after the items that wait, the iteration ends, or throws the error. */
  end(error?: unknown): void {
    this.#end ??= { error };
    for (const reader of this.#readers.splice(0)) this.#finish(reader);
  }

  /** A new iterator. It ends with `return`, which a loop calls when it is left. */
  iterator(): AsyncIterator<T> {
    let isOpen = true;
    this.#iterators += 1;
    return {
      next: () => this.#next(),
      return: async () => {
        if (isOpen) this.#iterators -= 1;
        isOpen = false;
        return { done: true, value: undefined };
      },
    };
  }

  #next(): Promise<IteratorResult<T>> {
    return new Promise((resolve, reject) => {
      if (this.#items.length > 0) {
        const item = this.#items.take()!;
        resolve({ done: false, value: item });
        this.#onDelivered(item);
      } else if (this.#end !== undefined) this.#finish({ resolve, reject });
      else this.#readers.push({ resolve, reject });
    });
  }

  #finish(reader: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }): void {
    if (this.#end?.error === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(this.#end.error);
  }
}
