// What the device lacks, and when to ask the server for it: holes, ends of streams, unread counts.
import type { ConversationRecord } from './conversation-record.js';

/** Messages that are missing between those that the device has. */
export interface Hole {
  readonly firstSeq: bigint;
  lastSeq: bigint;
  isAsked: boolean;
  /** Not before then. */
  atMs: number;
  /** Pages without messages in a row. */
  barren: number;
}

/** A stream that was open when a SYNC left messages out: its end may be missing. */
export interface UnsureStream {
  readonly seq: bigint;
  isAsked: boolean;
  atMs: number;
}

/** Maximum number of conversations on each list. The storage marks all of them: the others follow. */
const MAX_WATCHED = 1024;

export class WatchList {
  readonly #gapDelayMs: number;
  readonly #holes = new Map<string, Hole>();
  readonly #streams = new Map<string, UnsureStream>();
  /** Conversations whose unread counts wait for the platform, and from when on to ask. */
  readonly #counts = new Map<string, number>();
  #hasMoreHoles = false;

  constructor(gapDelayMs: number) {
    this.#gapDelayMs = gapDelayMs;
  }

  /** Notes what a conversation lacks now. */
  watch(record: ConversationRecord, nowMs: number): void {
    this.#watchHole(record, nowMs);
    const { key, at } = record;
    const [seq] = at.unsure;
    if (seq === undefined) this.#streams.delete(key);
    else if (this.#streams.get(key)?.seq !== seq && this.#streams.size < MAX_WATCHED)
      this.#streams.set(key, { seq, isAsked: false, atMs: nowMs });
    if (!at.isStale) this.#counts.delete(key);
    else if (!this.#counts.has(key) && this.#counts.size < MAX_WATCHED) this.#counts.set(key, nowMs);
  }

  #watchHole(record: ConversationRecord, nowMs: number): void {
    const { key, hole } = record;
    const before = this.#holes.get(key);
    if (hole === undefined || !record.isKnown) this.#holes.delete(key);
    else if (before === undefined || before.firstSeq !== hole.firstSeq) {
      if (before === undefined && this.#holes.size >= MAX_WATCHED) this.#hasMoreHoles = true;
      else this.#holes.set(key, { ...hole, isAsked: false, atMs: nowMs + this.#gapDelayMs, barren: before?.barren ?? 0 });
    } else if (!before.isAsked) before.lastSeq = hole.lastSeq;
  }

  hole(key: string): Hole | undefined {
    return this.#holes.get(key);
  }

  stream(key: string): UnsureStream | undefined {
    return this.#streams.get(key);
  }

  /** Asks for the counts of a conversation at `atMs`; undefined: not again. */
  askCounts(key: string, atMs: number | undefined): void {
    if (atMs === undefined) this.#counts.delete(key);
    else this.#counts.set(key, atMs);
  }

  /** The holes to ask for now. */
  *dueHoles(nowMs: number): Generator<readonly [key: string, hole: Hole]> {
    for (const entry of this.#holes) if (!entry[1].isAsked && entry[1].atMs <= nowMs) yield entry;
  }

  /** The streams to ask for now. */
  *dueStreams(nowMs: number): Generator<readonly [key: string, stream: UnsureStream]> {
    for (const entry of this.#streams) if (!entry[1].isAsked && entry[1].atMs <= nowMs) yield entry;
  }

  /** A conversation whose counts to ask for now. */
  dueCounts(nowMs: number): string | undefined {
    for (const [key, atMs] of this.#counts) if (atMs <= nowMs) return key;
    return undefined;
  }

  /** All holes of the list are filled, and the storage has more: returns true once. */
  takeMoreHoles(): boolean {
    if (this.#holes.size > 0 || !this.#hasMoreHoles) return false;
    this.#hasMoreHoles = false;
    return true;
  }

  /** When the next request is due; Infinity: none. @param mayAskHistory more requests for HISTORY may be open. */
  deadlineMs(mayAskHistory: boolean): number {
    let next = Number.POSITIVE_INFINITY;
    const waiting = mayAskHistory ? [...this.#holes.values(), ...this.#streams.values()] : [];
    for (const { isAsked, atMs } of waiting) if (!isAsked) next = Math.min(next, atMs);
    for (const atMs of this.#counts.values()) next = Math.min(next, atMs);
    return next;
  }

  /** The requests that were open are void. */
  disconnected(): void {
    for (const waiting of [...this.#holes.values(), ...this.#streams.values()]) waiting.isAsked = false;
  }

  /** The list of conversations was dropped. */
  clear(): void {
    this.#holes.clear();
    this.#streams.clear();
    this.#counts.clear();
  }
}
