import type { ConversationRef } from '../../generated/im/protocol/v1/conversation_ref.js';
import type { MessageChunk, StreamControl } from '../../generated/im/protocol/v1/message_chunk.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import type { StreamContent } from '../../generated/im/protocol/v1/stream_content.js';
import { StreamState } from '../../generated/im/protocol/v1/stream_state.js';
import { conversationRefOf } from '../codec/conversation-ref.js';
import { MAX_OPEN_STREAMS, STREAM_RESUME_INTERVAL_MS, STREAM_SILENCE_MS } from '../limits.js';
import { OpenStream } from './open-stream.js';

/** The text of a streamed message as far as it is known. */
export interface StreamUpdate {
  readonly conversation: ConversationRef;
  readonly messageId: bigint;
  /** The text of the answer. */
  readonly text: string;
  /** All texts by lane; `''` is the answer, and is missing while it is empty. A copy. */
  readonly lanes: ReadonlyMap<string, string>;
  /** The lanes whose text has a gap. The stored message has the answer without one. */
  readonly incomplete: ReadonlySet<string>;
  /** A StreamState. */
  readonly state: number;
  /** The last chunk up to which all are in the text. */
  readonly index: number;
  /** `chunks`: the text so far. `stored`: of the stored message, final. `dropped`: a limit was exceeded, only the stored message follows. */
  readonly source: 'chunks' | 'stored' | 'dropped';
}

/** The ids of the streams that need no chunks any more: this many are remembered. */
const FINISHED_IDS = 1024;

/**
 * Assembles the texts of streamed messages on a client. Pass it all messages in the order of their arrival, and send the STREAM_CONTROL
 * requests that it asks for. Bounded: 64 streams, and for each 16 lanes, 1048576 bytes of text and 256 chunks that wait for an earlier one. A
 * stream that exceeds a limit is dropped: its text comes with the stored message.
 */
export class StreamAssembler {
  readonly #open = new Map<bigint, OpenStream>();
  /** Streams that have ended, or were dropped: their chunks are ignored. A Set iterates in insertion order. */
  readonly #finished = new Set<bigint>();

  /** Number of streams that are being assembled. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Takes a message of the server: a chunk, a message with the body `stream`, or any other.
   * @param nowMs of a monotonic clock, in milliseconds.
   * @returns the text if the message has changed it; undefined for every other message.
   */
  take({ data }: Pick<SendInfo, 'data'>, nowMs: number): StreamUpdate | undefined {
    if (data?.$case === 'chunk') return this.#takeChunk(data.value, nowMs);
    const content = data !== undefined && 'content' in data.value ? data.value.content : undefined;
    if (content === undefined) return undefined;
    const { messageId, body } = content;
    const conversation = conversationRefOf(data) as ConversationRef | undefined;
    if (body?.$case === 'stream' && conversation !== undefined)
      return this.#takeStored(conversation, messageId, body.value, nowMs);
    // Recalled, or replaced: what the message says now is all.
    if (this.#open.has(messageId)) this.#finish(messageId);
    return undefined;
  }

  /** The connection was lost: chunks may be missing in all streams. */
  reconnected(): void {
    for (const stream of this.#open.values()) {
      stream.isDoubtful = true;
      stream.requestedAtMs = Number.NEGATIVE_INFINITY;
    }
  }

  /** Stops assembling a message, because the server refused to resume it: its text comes with the stored message. */
  giveUp(messageId: bigint): void {
    if (this.#open.has(messageId)) this.#finish(messageId);
  }

  /** Removes and returns the data of the STREAM_CONTROL requests to send now: for a stream with missing chunks, at most one a second. */
  takeControls(nowMs: number): StreamControl[] {
    const controls: StreamControl[] = [];
    for (const stream of this.#open.values()) {
      if (!stream.hasGap || nowMs < stream.requestedAtMs + STREAM_RESUME_INTERVAL_MS) continue;
      stream.requestedAtMs = nowMs;
      // A gap asks again; a doubt is settled by the reply.
      stream.isDoubtful = false;
      const { conversation, messageId, index } = stream;
      controls.push({ conversation, messageId, afterIndex: index, resume: true });
    }
    return controls;
  }

  /** When to call `takeControls` next, on the clock of `nowMs`; Infinity while no chunk is missing. */
  get nextDeadlineMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const stream of this.#open.values())
      if (stream.hasGap) nextMs = Math.min(nextMs, stream.requestedAtMs + STREAM_RESUME_INTERVAL_MS);
    return nextMs;
  }

  #takeChunk(chunk: MessageChunk, nowMs: number): StreamUpdate | undefined {
    // The chunk may arrive before the message: they travel on different topics.
    const stream = this.#find(chunk.conversation!, chunk.messageId, nowMs);
    if (stream === undefined) return undefined;
    stream.heardAtMs = nowMs;
    return this.#updateAfter(stream, stream.add(chunk));
  }

  #takeStored(conversation: ConversationRef, messageId: bigint, content: StreamContent, nowMs: number): StreamUpdate | undefined {
    if (content.state !== StreamState.OPEN) {
      this.#finish(messageId);
      return storedUpdate(conversation, messageId, content);
    }
    const stream = this.#find(conversation, messageId, nowMs);
    return stream && this.#updateAfter(stream, stream.restart(content));
  }

  #updateAfter(stream: OpenStream, outcome: 'changed' | 'same' | 'exceeded'): StreamUpdate | undefined {
    if (outcome === 'same') return undefined;
    const isDropped = outcome === 'exceeded';
    // After the last chunk only the stored message follows.
    if (isDropped || stream.state !== StreamState.OPEN) this.#finish(stream.messageId);
    const { conversation, messageId, lanes, incomplete, state, index } = stream;
    return {
      conversation,
      messageId,
      text: lanes.get('') ?? '',
      lanes: new Map(lanes),
      incomplete: new Set(incomplete),
      state,
      index,
      source: isDropped ? 'dropped' : 'chunks',
    };
  }

  /** The stream of a message, opened if there is room. */
  #find(conversation: ConversationRef, messageId: bigint, nowMs: number): OpenStream | undefined {
    const known = this.#open.get(messageId);
    if (known !== undefined || this.#finished.has(messageId)) return known;
    if (this.#open.size >= MAX_OPEN_STREAMS && !this.#dropSilent(nowMs)) {
      this.#finish(messageId);
      return undefined;
    }
    const stream = new OpenStream(conversation, messageId, nowMs);
    this.#open.set(messageId, stream);
    return stream;
  }

  /** Makes room: drops the stream that has been silent for longest, if that is long enough. */
  #dropSilent(nowMs: number): boolean {
    let silent: OpenStream | undefined;
    for (const stream of this.#open.values()) if (silent === undefined || stream.heardAtMs < silent.heardAtMs) silent = stream;
    if (silent === undefined || nowMs - silent.heardAtMs < STREAM_SILENCE_MS) return false;
    this.#finish(silent.messageId);
    return true;
  }

  #finish(messageId: bigint): void {
    this.#open.delete(messageId);
    if (this.#finished.has(messageId)) return;
    if (this.#finished.size >= FINISHED_IDS) this.#finished.delete(this.#finished.values().next().value as bigint);
    this.#finished.add(messageId);
  }
}

function storedUpdate(conversation: ConversationRef, messageId: bigint, { text, state, index }: StreamContent): StreamUpdate {
  const lanes = new Map(text === '' ? [] : [['', text]]);
  return { conversation, messageId, text, lanes, incomplete: new Set(), state, index, source: 'stored' };
}
