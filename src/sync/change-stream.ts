import type { SyncChange } from './types.js';

const MAX_WAITING = 4096;

/** Changes for one loop, read by iteration. */
export class ChangeStream implements AsyncIterableIterator<SyncChange> {
  readonly #onEnd: () => void;
  #waiting: SyncChange[] = [];
  #readers: ((result: IteratorResult<SyncChange>) => void)[] = [];
  #hasEnded = false;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  add(change: SyncChange): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) reader({ done: false, value: change });
    // Nobody reads: the storage has everything.
    else if (this.#waiting.length >= MAX_WAITING) this.#waiting = [{ type: 'reload' }];
    else this.#waiting.push(change);
  }

  end(): void {
    this.#hasEnded = true;
    for (const reader of this.#readers.splice(0)) reader({ done: true, value: undefined });
    this.#onEnd();
  }

  next(): Promise<IteratorResult<SyncChange>> {
    const value = this.#waiting.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#hasEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  return(): Promise<IteratorResult<SyncChange>> {
    this.#waiting = [];
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
