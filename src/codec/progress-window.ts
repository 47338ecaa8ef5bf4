// Which messages were delivered. A streamed message is delivered again with each step of its text.
import type { ContentInit } from '../../generated/im/protocol/v1/content.js';
import type { StreamContentInit } from '../../generated/im/protocol/v1/stream_content.js';

/** How far the text of a streamed message is: a StreamContent, of which state and index count. */
export type StreamProgress = Pick<StreamContentInit, 'state' | 'index'>;

/** One object for all messages that are not streamed. */
const NOT_STREAMED: StreamProgress = { state: 0, index: 0 };

/** The progress of a message. Any other body than a stream has none. */
export function progressOf(content: ContentInit | undefined): StreamProgress {
  const body = content?.body;
  return body?.$case === 'stream' ? body.value : NOT_STREAMED;
}

/** The newest keys of delivered messages, each with how far its text was. */
export class ProgressWindow<Key> {
  readonly #size: number;
  /** A Map iterates in insertion order: the first key is the oldest. */
  readonly #known = new Map<Key, StreamProgress>();

  /** @param size number of keys, 1 or more. */
  constructor(size: number) {
    this.#size = size;
  }

  /**
   * "When a stream ends its message is pushed again with the same message_id": "a stream body passes whose state or index is higher".
   * @returns true if the key is known, and neither state nor index is higher than before.
   */
  has(key: Key, { state = 0, index = 0 }: StreamProgress = NOT_STREAMED): boolean {
    const known = this.#known.get(key);
    return known !== undefined && state <= (known.state ?? 0) && index <= (known.index ?? 0);
  }

  /** Adds a key as the newest, with the highest state and index that it has had, and drops the oldest key if the window is full. */
  add(key: Key, { state = 0, index = 0 }: StreamProgress = NOT_STREAMED): void {
    const known = this.#known.get(key) ?? NOT_STREAMED;
    const progress = state > 0 || index > 0 ? furthest(known, state, index) : known;
    if (!this.#known.delete(key) && this.#known.size >= this.#size) this.#known.delete(this.#known.keys().next().value as Key);
    this.#known.set(key, progress);
  }
}

function furthest(known: StreamProgress, state: number, index: number): StreamProgress {
  return { state: Math.max(state, known.state ?? 0), index: Math.max(index, known.index ?? 0) };
}
