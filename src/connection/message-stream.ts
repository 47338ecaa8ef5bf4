import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { Backlog, type MessageEvent } from './backlog.js';

interface Reader {
  resolve(result: IteratorResult<SendInfo>): void;
  reject(error: unknown): void;
}

/** Messages that are read by iteration. All iterators share them. */
export class MessageStream {
  /** The messages that wait for an iterator. */
  readonly waiting = new Backlog();
  readonly #onDelivered: (message: SendInfo) => void;
  readonly #readers: Reader[] = [];
  #end: { readonly error: unknown } | undefined;
  /** Number of iterators that have not ended. */
  #iterators = 0;

  /** @param onDelivered called when an iterator has received a message. */
  constructor(onDelivered: (message: SendInfo) => void) {
    this.#onDelivered = onDelivered;
  }

  /** Whether a loop runs. */
  get isRead(): boolean {
    return this.#iterators > 0;
  }

  add(arrival: MessageEvent): void {
    const reader = this.#readers.shift();
    if (reader === undefined) this.waiting.add(arrival);
    else this.#deliver(reader, arrival);
  }

  /** Ends the stream: after the messages that wait, the iteration ends, or throws the error. */
  end(error?: unknown): void {
    this.#end ??= { error };
    for (const reader of this.#readers.splice(0)) this.#finish(reader);
  }

  /** A new iterator. It ends with `return`, which a loop calls when it is left. */
  iterator(): AsyncIterator<SendInfo> {
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

  #next(): Promise<IteratorResult<SendInfo>> {
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject };
      const arrival = this.waiting.take();
      if (arrival !== undefined) this.#deliver(reader, arrival);
      else if (this.#end !== undefined) this.#finish(reader);
      else this.#readers.push(reader);
    });
  }

  #deliver(reader: Reader, { message }: MessageEvent): void {
    reader.resolve({ done: false, value: message });
    this.#onDelivered(message);
  }

  #finish(reader: Reader): void {
    if (this.#end?.error === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(this.#end.error);
  }
}
