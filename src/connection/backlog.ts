import { Queue } from '../session/queue.js';
import type { SessionEvent } from '../session/session-event.js';

export type MessageEvent = Extract<SessionEvent, { type: 'message' }>;

/** The messages that wait for the application, in order, and the memory that they keep alive. */
export class Backlog {
  readonly #items = new Queue<MessageEvent>();
  #last: MessageEvent | undefined;
  #bytes = 0;

  get length(): number {
    return this.#items.length;
  }

  /** Bytes of the messages, and of the memory that they are views of. */
  get bytes(): number {
    return this.#bytes;
  }

  add(item: MessageEvent): void {
    this.#bytes += item.bytes + memoryBeside(item, this.#last);
    this.#last = item;
    this.#items.add(item);
  }

  /** Removes and returns the oldest message; undefined if there is none. */
  take(): MessageEvent | undefined {
    const item = this.#items.take();
    if (item === undefined) return undefined;
    const next = this.#items.first;
    this.#bytes -= item.bytes + memoryBeside(item, next);
    if (next === undefined) this.#last = undefined;
    return item;
  }
}

/** Messages of one chunk are neighbours: their memory counts once. */
function memoryBeside({ memory }: MessageEvent, neighbour: MessageEvent | undefined): number {
  return memory === undefined || memory === neighbour?.memory ? 0 : memory.byteLength;
}
