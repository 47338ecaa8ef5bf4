import { Queue } from '../session/queue.js';

/** Messages on their way to the one who iterates over them. */
export class Incoming<T> implements AsyncIterableIterator<T> {
  readonly #onTaken: (item: T) => void;
  readonly #items = new Queue<T>();
  readonly #readers: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }[] = [];
  #end: { readonly error: unknown } | undefined;

  /** @param onTaken is called when somebody has got an item. */
  constructor(onTaken: (item: T) => void) {
    this.#onTaken = onTaken;
  }

  add(item: T): void {
    const reader = this.#readers.shift();
    if (reader === undefined) {
      this.#items.add(item);
      return;
    }
    reader.resolve({ done: false, value: item });
    this.#onTaken(item);
  }

  /** Nothing more comes. What waits is still handed out; then the iteration ends, or throws the error. */
  end(error?: unknown): void {
    this.#end ??= { error };
    for (const reader of this.#readers.splice(0)) this.#finish(reader);
  }

  next(): Promise<IteratorResult<T>> {
    return new Promise((resolve, reject) => {
      if (this.#items.length > 0) {
        const item = this.#items.take()!;
        resolve({ done: false, value: item });
        this.#onTaken(item);
      } else if (this.#end !== undefined) this.#finish({ resolve, reject });
      else this.#readers.push({ resolve, reject });
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(reader: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }): void {
    if (this.#end?.error === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(this.#end.error);
  }
}
