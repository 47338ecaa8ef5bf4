import type { ConversationRef } from '../../generated/im/protocol/v1/conversation_ref.js';
import type { MessageChunk, StreamControlInit } from '../../generated/im/protocol/v1/message_chunk.js';
import type { StreamContent } from '../../generated/im/protocol/v1/stream_content.js';
import { StreamState } from '../../generated/im/protocol/v1/stream_state.js';
import { TextFormat } from '../../generated/im/protocol/v1/text_entity.js';
import { refText } from '../codec/conversation-ref.js';
import { ProtocolError } from '../errors.js';
import { STREAM_MAX_LANES, STREAM_MAX_TEXT_BYTES } from '../limits.js';
import { lastOf } from '../wire/older-engines.js';
import { byteLength } from '../wire/rules.js';
import { toWellFormed } from '../wire/well-formed.js';

/** Options of a StreamWriter. `conversation` and `messageId` are required. */
export interface StreamWriterOptions {
  /** The conversation of the message. */
  readonly conversation: ConversationRef;
  /** The id of the message, 1 or more. */
  readonly messageId: bigint;
  /** The format of the text. Default UNSPECIFIED: plain. */
  readonly format?: TextFormat | undefined;
  /** Minimum time between two chunks, in milliseconds: what is written in between is one chunk. 0 or more. Default 50. */
  readonly intervalMs?: number | undefined;
  /** Maximum size of the text of a chunk, in bytes of UTF-8: 4 to 65536. Default 16384. */
  readonly maxChunkBytes?: number | undefined;
}

const DEFAULT_INTERVAL_MS = 50;
const DEFAULT_CHUNK_BYTES = 16_384;
const LARGEST_CHUNK_BYTES = 65_536;
/** Bytes of a code point in UTF-8. */
const LARGEST_CODE_POINT_BYTES = 4;
/** Bytes of a UTF-16 unit in UTF-8. */
const LARGEST_UNIT_BYTES = 3;

/**
 * Turns a text that is written piece by piece into chunks, on the platform. It keeps all chunks, so that it can answer STREAM_CONTROL: at most
 * 1048576 bytes of text and 16 lanes.
 */
export class StreamWriter {
  /** Resolves at the end of the message. Never rejects. */
  readonly ended: Promise<void>;
  readonly #options: StreamWriterOptions;
  readonly #intervalMs: number;
  readonly #chunkUnits: number;
  readonly #chunks: MessageChunk[] = [];
  /** Number of chunks that `take` has returned. */
  #taken = 0;
  /** What was written since the last chunk, in order. */
  #pending: { readonly lane: string; text: string }[] = [];
  /** The length of the text of each lane in UTF-16 units, without what is pending. */
  readonly #lengths = new Map<string, number>();
  /** The first half of a surrogate pair at the end of a lane: its second half follows. */
  readonly #halves = new Map<string, string>();
  #text = '';
  #bytes = 0;
  #state: number = StreamState.OPEN;
  #error = '';
  #nextAtMs = Number.NEGATIVE_INFINITY;
  #resolveEnded: () => void = () => {};

  /** @throws RangeError for options out of range. */
  constructor(options: StreamWriterOptions) {
    const { intervalMs = DEFAULT_INTERVAL_MS, maxChunkBytes = DEFAULT_CHUNK_BYTES } = options;
    if (!(intervalMs >= 0)) throw new RangeError(`intervalMs: expected 0 or more, got ${intervalMs}`);
    if (!(maxChunkBytes >= LARGEST_CODE_POINT_BYTES && maxChunkBytes <= LARGEST_CHUNK_BYTES))
      throw new RangeError(`maxChunkBytes: expected 4 to 65536, got ${maxChunkBytes}`);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#options = options;
    this.#intervalMs = intervalMs;
    this.#chunkUnits = Math.floor(maxChunkBytes / LARGEST_UNIT_BYTES);
  }

  /** The StreamState: OPEN until `end`, or a client has stopped the message. */
  get state(): number {
    return this.#state;
  }

  /** Whether text waits for `take`. */
  get hasPending(): boolean {
    return this.#pending.length > 0 || this.#taken < this.#chunks.length;
  }

  /** When `take` returns the next chunk, on the clock of its `nowMs`; Infinity if nothing waits. */
  get nextDeadlineMs(): number {
    if (!this.hasPending) return Number.POSITIVE_INFINITY;
    return this.#state === StreamState.OPEN ? this.#nextAtMs : Number.NEGATIVE_INFINITY;
  }

  /**
   * Appends to the text. Does nothing after the end. Half of a surrogate pair waits for the other half, and is U+FFFD without it.
   * @param lane which text of the message: at most 64 printable ASCII characters; `''` (the default) is the answer.
   * @throws ProtocolError INVALID_MESSAGE above 1048576 bytes of text or 16 lanes. Nothing was appended then.
   */
  write(text: string, lane = ''): void {
    if (this.#state !== StreamState.OPEN) return;
    const whole = (this.#halves.get(lane) ?? '') + text;
    const hasHalf = /[\ud800-\udbff]$/.test(whole);
    const piece = toWellFormed(hasHalf ? whole.slice(0, -1) : whole);
    this.#reserve(piece, lane);
    if (hasHalf) this.#halves.set(lane, whole.slice(-1));
    else this.#halves.delete(lane);
    this.#append(piece, lane);
  }

  /**
   * Ends the message. The last chunk has the state. Does nothing after the end.
   * @param state DONE (the default), CANCELLED or FAILED.
   * @param error why it failed, for people: at most 512 bytes.
   */
  end(state: number = StreamState.DONE, error = ''): void {
    if (this.#state !== StreamState.OPEN) return;
    for (const lane of this.#halves.keys()) this.#append('\ufffd', lane);
    this.#halves.clear();
    this.#flush();
    this.#state = state;
    this.#error = error;
    this.#resolveEnded();
    // A chunk that nobody has seen yet can say it too.
    const last = this.#taken < this.#chunks.length ? this.#chunks.pop() : undefined;
    this.#chunks.push(last === undefined ? this.#chunk('', '', this.#lengths.get('') ?? 0, state) : { ...last, state });
  }

  /** Removes and returns the chunks to send now. After the end, all that are left. */
  take(nowMs: number): MessageChunk[] {
    if (this.nextDeadlineMs > nowMs) return [];
    if (this.#state === StreamState.OPEN) this.#flush();
    this.#nextAtMs = nowMs + this.#intervalMs;
    const chunks = this.#chunks.slice(this.#taken);
    this.#taken = this.#chunks.length;
    return chunks;
  }

  /**
   * The chunks with which a STREAM_CONTROL of a client is answered, besides its reply: for `resume` all after `after_index` that `take` has
   * returned, only to this client; otherwise the message ends as CANCELLED, and its last chunks go to everybody.
   * @param control of a user who is a member of `control.conversation`. Pass it whole, so that it reaches no message of another conversation.
   * @throws ProtocolError PERMISSION_DENIED if it names another conversation or message than this one.
   */
  answer(control: StreamControlInit): MessageChunk[] {
    this.#requireOwn(control);
    const { resume = false, afterIndex = 0 } = control;
    if (resume) return this.#chunks.slice(Math.min(afterIndex, this.#taken), this.#taken);
    this.end(StreamState.CANCELLED);
    return this.take(Number.POSITIVE_INFINITY);
  }

  /** The body of the message as it is now, with all chunks that `take` has returned: to store it and to push it again after the end. */
  content(): StreamContent {
    const { format = TextFormat.UNSPECIFIED } = this.#options;
    // After `end`, the last chunks may not be taken yet.
    const next = this.#chunks.slice(this.#taken).find(({ lane }) => lane === '');
    const text = next === undefined ? this.#text : this.#text.slice(0, next.offset);
    const state = this.#taken === this.#chunks.length ? this.#state : StreamState.OPEN;
    return { text, format, state, index: this.#taken, error: state === StreamState.OPEN ? '' : this.#error };
  }

  #requireOwn({ conversation: own, messageId: ownId }: StreamControlInit): void {
    const { conversation, messageId } = this.#options;
    const isElsewhere = own !== undefined && refText(own) !== refText(conversation);
    if (!isElsewhere && (ownId === undefined || ownId === messageId)) return;
    throw new ProtocolError('PERMISSION_DENIED', 'the conversation has no such message');
  }

  #reserve(piece: string, lane: string): void {
    const isNewLane = !this.#lengths.has(lane);
    if (isNewLane && this.#lengths.size >= STREAM_MAX_LANES) throw exceeded('lanes', this.#lengths.size + 1, STREAM_MAX_LANES);
    const bytes = this.#bytes + byteLength(piece);
    // Three bytes for each half that may still become U+FFFD.
    const actual = bytes + LARGEST_UNIT_BYTES * STREAM_MAX_LANES;
    if (actual > STREAM_MAX_TEXT_BYTES) throw exceeded('bytes of text', bytes, STREAM_MAX_TEXT_BYTES);
    this.#bytes = bytes;
    if (isNewLane) this.#lengths.set(lane, 0);
  }

  #append(piece: string, lane: string): void {
    if (piece === '') return;
    const last = lastOf(this.#pending);
    if (last?.lane === lane) last.text += piece;
    else this.#pending.push({ lane, text: piece });
  }

  /** Makes chunks of what is pending. */
  #flush(): void {
    for (const { lane, text } of this.#pending) {
      let offset = this.#lengths.get(lane) ?? 0;
      for (const piece of piecesOf(text, this.#chunkUnits)) {
        this.#chunks.push(this.#chunk(lane, piece, offset, StreamState.OPEN));
        offset += piece.length;
      }
      this.#lengths.set(lane, offset);
      if (lane === '') this.#text += text;
    }
    this.#pending = [];
  }

  #chunk(lane: string, text: string, offset: number, state: number): MessageChunk {
    const { conversation, messageId } = this.#options;
    return { conversation, messageId, index: this.#chunks.length + 1, offset, text, lane, state: state as StreamState };
  }
}

/** Pieces of at most so many UTF-16 units, without cutting a surrogate pair. */
function* piecesOf(text: string, units: number): Generator<string> {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + units, text.length);
    // The pair of a piece of one unit: four bytes, which every chunk has room for.
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1])) end += end - start > 1 ? -1 : 1;
    yield text.slice(start, end);
    start = end;
  }
}

function exceeded(what: string, actual: number, limit: number): ProtocolError {
  return new ProtocolError('INVALID_MESSAGE', `${actual} ${what}, limit ${limit}`, { limit, actual });
}
