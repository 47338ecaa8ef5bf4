// The text of one message, assembled from its chunks.
import type { ConversationRef } from '../../generated/im/protocol/v1/conversation_ref.js';
import type { MessageChunk } from '../../generated/im/protocol/v1/message_chunk.js';
import type { StreamContent } from '../../generated/im/protocol/v1/stream_content.js';
import { StreamState } from '../../generated/im/protocol/v1/stream_state.js';
import { STREAM_MAX_LANES, STREAM_MAX_TEXT_BYTES, STREAM_MAX_WAITING_CHUNKS } from '../limits.js';
import { byteLength } from '../wire/rules.js';

/** What a chunk led to: the text has changed, it has not, or the message exceeds a limit. */
export type Outcome = 'changed' | 'same' | 'exceeded';

export class OpenStream {
  readonly conversation: ConversationRef;
  readonly messageId: bigint;
  readonly lanes = new Map<string, string>();
  /** The lanes whose text has a gap. */
  readonly incomplete = new Set<string>();
  /** The last chunk up to which all are in the text. */
  index = 0;
  state: number = StreamState.OPEN;
  /** When the missing chunks were requested last. */
  requestedAtMs = Number.NEGATIVE_INFINITY;
  heardAtMs: number;
  /** Chunks may be missing without another one that shows it. */
  isDoubtful = false;
  readonly #waiting = new Map<number, MessageChunk>();
  /** Size of all texts in UTF-8, of the chunks that wait too. */
  #bytes = 0;

  constructor(conversation: ConversationRef, messageId: bigint, nowMs: number) {
    this.conversation = conversation;
    this.messageId = messageId;
    this.heardAtMs = nowMs;
  }

  get hasGap(): boolean {
    return this.isDoubtful || this.#waiting.size > 0;
  }

  /** The message as it was pushed or stored: the text of the answer up to its index. */
  restart({ text, index }: StreamContent): Outcome {
    const isNew = index > this.index || (index === 0 && this.index === 0 && this.lanes.size === 0);
    if (!isNew) return 'same';
    this.index = index;
    for (const [waiting, chunk] of this.#waiting) {
      if (waiting > index) continue;
      this.#waiting.delete(waiting);
      this.#bytes -= byteLength(chunk.text);
    }
    if (text === '' && !this.lanes.has('')) return this.#applyWaiting('same');
    this.incomplete.delete('');
    if (!this.#replace('', 0, text)) return 'exceeded';
    return this.#applyWaiting('changed');
  }

  /** "order and duplicates by index" */
  add(chunk: MessageChunk): Outcome {
    const { index } = chunk;
    if (index <= this.index || this.#waiting.has(index)) return 'same';
    if (index === this.index + 1) return this.#apply(chunk) ? this.#applyWaiting('changed') : 'exceeded';
    this.#bytes += byteLength(chunk.text);
    this.#waiting.set(index, chunk);
    return this.#waiting.size > STREAM_MAX_WAITING_CHUNKS || this.#bytes > STREAM_MAX_TEXT_BYTES ? 'exceeded' : 'same';
  }

  #applyWaiting(outcome: Outcome): Outcome {
    let changed = outcome;
    while (this.state === StreamState.OPEN) {
      const chunk = this.#waiting.get(this.index + 1);
      if (chunk === undefined) break;
      this.#waiting.delete(chunk.index);
      this.#bytes -= byteLength(chunk.text);
      if (!this.#apply(chunk)) return 'exceeded';
      changed = 'changed';
    }
    return changed;
  }

  /** Returns false above a limit. */
  #apply({ index, lane, offset, text, state }: MessageChunk): boolean {
    this.index = index;
    this.state = state;
    this.isDoubtful = false;
    return this.#replace(lane, offset, text);
  }

  /** "The piece replaces what the text has from there on. An offset beyond the end of the text is a gap, which a reader never fills." */
  #replace(lane: string, offset: number, piece: string): boolean {
    const text = this.lanes.get(lane) ?? '';
    if (offset > text.length || isInsidePair(text, offset)) {
      this.incomplete.add(lane);
      return this.incomplete.size <= STREAM_MAX_LANES;
    }
    if (piece === '' && offset === text.length) return true;
    if (offset === 0) this.incomplete.delete(lane);
    if (!this.lanes.has(lane) && this.lanes.size >= STREAM_MAX_LANES) return false;
    const isAppended = offset === text.length;
    this.#bytes += byteLength(piece) - (isAppended ? 0 : byteLength(text.slice(offset)));
    if (this.#bytes > STREAM_MAX_TEXT_BYTES) return false;
    this.lanes.set(lane, isAppended ? text + piece : text.slice(0, offset) + piece);
    return true;
  }
}

/** Cutting here would leave half of a surrogate pair. */
function isInsidePair(text: string, offset: number): boolean {
  if (offset === 0 || offset >= text.length) return false;
  return isBetween(text.charCodeAt(offset - 1), 0xd800, 0xdbff) && isBetween(text.charCodeAt(offset), 0xdc00, 0xdfff);
}

function isBetween(unit: number, first: number, last: number): boolean {
  return unit >= first && unit <= last;
}
