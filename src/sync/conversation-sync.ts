// ConversationSync: what a device does with pushes and pages, as a state machine without socket, clock, timer or storage.
import {
  type ConversationStateInit,
  type HistoryPage,
  type HistoryRequestInit,
  KnownConversation,
  type KnownConversationInit,
  Push,
  type PushInit,
  type SyncPage,
  type SyncRequestInit,
} from '../../generated/models.js';
import { conversationOf } from '../conversation/conversation-of.js';
import { conversationKey, parseConversationKey } from '../conversation/ref.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { DEFAULT_GAP_DELAY_MS, MAX_OPEN_HISTORIES, SYNC_HELD_BYTES, SYNC_HELD_PUSHES } from '../limits.js';
import { ConversationRecord } from './conversation-record.js';
import type { Reading, StorageResult, StorageTask } from './draft.js';
import { conversationAt, META, startingWith } from './keys.js';
import { contentOf } from './message-record.js';
import { RecordCache } from './record-cache.js';
import { joinParts, jsonBytes, jsonOf, splitParts } from './record-parts.js';
import { Step } from './sync-step.js';
import type { SyncChange, SyncState, SyncStatus } from './types.js';

/** Options of a ConversationSync. All but `userId` are optional. */
export interface ConversationSyncOptions {
  /** The user of the device. */
  readonly userId: bigint;
  /** How long a hole must last before its messages are requested, in milliseconds. Default 1000. */
  readonly gapDelayMs?: number | undefined;
  /** Maximum number of live pushes that wait in memory. Default 4096. */
  readonly heldPushes?: number | undefined;
  /** Maximum bytes of live pushes that wait in memory. Default 4194304. */
  readonly heldBytes?: number | undefined;
  /** `limit` of SYNC: the maximum number of pushes in a page, 0 to 1000. Default 0 = the server chooses. */
  readonly limit?: number | undefined;
  /** `per_conversation` of SYNC: the maximum number of messages of a conversation, 0 to 1000. Default 100; 0 = the server chooses. */
  readonly perConversation?: number | undefined;
}

/** What ConversationSync asks of its owner: send it, and call `reply` or `fail` with its id. */
export type SyncRequestEvent =
  | { readonly type: 'request'; readonly id: number; readonly kind: 'sync'; readonly data: SyncRequestInit }
  | { readonly type: 'request'; readonly id: number; readonly kind: 'history'; readonly data: HistoryRequestInit }
  | { readonly type: 'request'; readonly id: number; readonly kind: 'state'; readonly data: ConversationStateInit };

/** An event of a ConversationSync, in order. */
export type SyncEvent =
  | SyncRequestEvent
  /** Changes that are stored now: of one batch, in order. */
  | { readonly type: 'changes'; readonly changes: readonly SyncChange[] }
  /** The push with this ticket is stored, or was stored before; false: it was not kept, and comes again with SYNC or HISTORY. */
  | { readonly type: 'stored'; readonly ticket: number; readonly isStored: boolean }
  /** A `loadHistory` is done. */
  | { readonly type: 'loaded'; readonly load: number; readonly result: LoadResult }
  | { readonly type: 'loadFailed'; readonly load: number; readonly error: ProtocolError }
  /** The server broke a rule, or something was skipped. For a log. */
  | { readonly type: 'notice'; readonly error: ProtocolError }
  | { readonly type: 'status'; readonly status: SyncStatus };

/** What `loadHistory` has loaded. */
export interface LoadResult {
  /** The number of messages in the page. */
  readonly count: number;
  /** The conversation has older messages that the device lacks. */
  readonly more: boolean;
}

interface Request {
  readonly kind: 'sync' | 'history' | 'state';
  readonly key: string;
  readonly cursor: Uint8Array;
  readonly history: HistoryRequestInit | undefined;
  /** Of `loadHistory`. */
  readonly load: number | undefined;
  /** Of a stream whose end may be missing. */
  readonly stream: bigint | undefined;
}

type Input =
  | { readonly type: 'start' }
  | { readonly type: 'page'; readonly page: SyncPage; readonly cursor: Uint8Array }
  | { readonly type: 'history'; readonly page: HistoryPage; readonly request: Request }
  | { readonly type: 'state'; readonly pushes: readonly Push[] }
  | { readonly type: 'close' }
  | { readonly type: 'drain'; readonly key: string }
  | { readonly type: 'scan' }
  | { readonly type: 'giveUp'; readonly key: string; readonly lastSeq: bigint }
  | { readonly type: 'load'; readonly load: number; readonly key: string; readonly limit: number; readonly beforeSeq: bigint }
  | { readonly type: 'refresh'; readonly key: string }
  | { readonly type: 'live'; readonly items: readonly Held[] };

interface Held {
  readonly ticket: number;
  readonly bytes: Uint8Array;
}

interface Meta {
  readonly userId: bigint;
  /** More pages follow after the cursor. */
  readonly isInChain: boolean;
}

interface Hole {
  readonly firstSeq: bigint;
  readonly lastSeq: bigint;
  readonly sinceMs: number;
  isAsked: boolean;
  /** Not before then. */
  atMs: number;
  barren: number;
}

const MAX_LIVE_PUSHES = 256;
const MAX_LIVE_BYTES = 512 * 1024;
const MAX_HOLES = 1024;
/** A larger hole is not filled at once: it stays a known gap. */
const MAX_HOLE_SEQS = 10_000n;
const MAX_LOADS = 64;
/** Pages without news in a row, after which a server is not asked again on this connection. */
const MAX_BARREN_PAGES = 256;
const MAX_BARREN_HISTORIES = 8;
const MAX_KNOWN = 1000;
const CLOSED_AT_ONCE = 100;
const MIN_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;
const NO_CURSOR = new Uint8Array(0);
const HIGHEST_SEQ = 2n ** 63n - 1n;

/**
 * Keeps the conversations of a device. Takes pushes, SYNC and HISTORY pages; gives changes in order, each message once, and requests.
 *
 * It has no socket, clock or storage: `task` returns the next operation on the storage, one at a time, whose result goes to `done`; time is
 * an argument in milliseconds of any clock that never goes back. After each call, take the events with `events()`, and call `tick` when
 * `deadlineMs` has come. Changes are reported after their batch was written, so a crash between two batches loses and repeats nothing.
 */
export class ConversationSync {
  readonly #options: Required<{ [K in keyof ConversationSyncOptions]: NonNullable<ConversationSyncOptions[K]> }>;
  readonly #cache = new RecordCache();
  #events: SyncEvent[] = [];
  #inputs: Input[] = [];
  /** Live pushes, oldest first. */
  #held: Held[] = [];
  #heldBytes = 0;
  #ticket = 0;
  /** Pushes were not kept: another SYNC fetches them. */
  #isOverflown = false;
  #status: SyncStatus = { state: 'offline', error: undefined };
  #running: { readonly input: Input; readonly steps: Reading<void>; task: StorageTask } | undefined;
  #revision: number | undefined;
  #maxFrameBytes = 0;
  #nowMs = 0;
  #requests = new Map<number, Request>();
  #ids = 0;
  #holes = new Map<string, Hole>();
  #hasMoreHoles = false;
  #stale = new Map<string, number>();
  /** Conversations with streams whose end may be missing, and from when on to ask. */
  #unsure = new Map<string, { readonly seq: bigint; isAsked: boolean; atMs: number }>();
  #loads: Input[] = [];
  #syncRetry: { readonly atMs: number; readonly input: 'start' } | undefined;
  #failures = 0;
  #barrenPages = 0;
  #known: readonly KnownConversationInit[] = [];
  #isConnected = false;

  constructor(options: ConversationSyncOptions) {
    const { userId, gapDelayMs = DEFAULT_GAP_DELAY_MS, heldPushes = SYNC_HELD_PUSHES, heldBytes = SYNC_HELD_BYTES } = options;
    const { limit = 0, perConversation = 100 } = options;
    this.#options = { userId, gapDelayMs, heldPushes, heldBytes, limit, perConversation };
  }

  get status(): SyncStatus {
    return this.#status;
  }

  /** Takes the events since the last call. */
  events(): SyncEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** The next time at which `tick` is to be called; Infinity: not at all. */
  get deadlineMs(): number {
    let next = this.#syncRetry?.atMs ?? Number.POSITIVE_INFINITY;
    if (this.#status.state !== 'synced') return next;
    if (this.#openHistories < MAX_OPEN_HISTORIES) {
      for (const { isAsked, atMs } of [...this.#holes.values(), ...this.#unsure.values()])
        if (!isAsked) next = Math.min(next, atMs);
    }
    for (const atMs of this.#stale.values()) next = Math.min(next, atMs);
    return next;
  }

  /** A connection with version 2 and the feature `sync` is authenticated: starts SYNC. @param maxFrameBytes the largest frame it may send. */
  connected(maxFrameBytes: number, nowMs: number): void {
    this.#clock(nowMs);
    this.#isConnected = true;
    this.#maxFrameBytes = maxFrameBytes;
    this.#failures = 0;
    this.#start();
  }

  /** The connection is lost: its requests are void, and what waited comes again. */
  disconnected(state: Extract<SyncState, 'offline' | 'unsupported' | 'closed'> = 'offline', error?: ProtocolError): void {
    this.#isConnected = false;
    this.#syncRetry = undefined;
    this.#dropHeld();
    for (const { load } of this.#requests.values()) {
      if (load !== undefined) this.#emit({ type: 'loadFailed', load, error: lost() });
    }
    for (const input of [...this.#loads, ...this.#inputs]) {
      if (input.type === 'load') this.#emit({ type: 'loadFailed', load: input.load, error: lost() });
    }
    this.#loads = [];
    this.#requests.clear();
    this.#inputs = this.#inputs.filter(({ type }) => type === 'state' || type === 'drain');
    for (const waiting of [...this.#holes.values(), ...this.#unsure.values()]) waiting.isAsked = false;
    this.#setStatus(state, error);
  }

  /** Takes a push: what a client received, or the data of a reply (READ, CONVERSATION, DELETE_FOR_ME). Returns its ticket. */
  push(push: PushInit, nowMs: number): number {
    this.#clock(nowMs);
    const ticket = ++this.#ticket;
    let bytes: Uint8Array;
    try {
      bytes = Push.encode({ cmd: push.cmd, data: push.data }).slice();
    } catch (error) {
      this.#emit({ type: 'stored', ticket, isStored: true });
      this.#notice(asProtocolError(error));
      return ticket;
    }
    const { heldPushes, heldBytes } = this.#options;
    if (!this.#isConnected || this.#held.length >= heldPushes || this.#heldBytes + bytes.length > heldBytes) {
      this.#isOverflown = true;
      this.#emit({ type: 'stored', ticket, isStored: false });
      this.#next();
    } else {
      this.#held.push({ ticket, bytes });
      this.#heldBytes += bytes.length;
    }
    return ticket;
  }

  /** The reply to a request: the page, or the state. */
  reply(id: number, page: SyncPage | HistoryPage | Push, nowMs: number): void {
    this.#clock(nowMs);
    const request = this.#requests.get(id);
    if (request === undefined) return;
    this.#requests.delete(id);
    if (request.kind === 'sync') this.#inputs.push({ type: 'page', page: page as SyncPage, cursor: request.cursor });
    else if (request.kind === 'history') this.#inputs.push({ type: 'history', page: page as HistoryPage, request });
    else this.#inputs.push({ type: 'state', pushes: [page as Push] });
  }

  /** A request failed. @param retryAfterMs as the server asks; 0 = it does not say. */
  fail(id: number, error: ProtocolError, retryAfterMs: number, nowMs: number): void {
    this.#clock(nowMs);
    const request = this.#requests.get(id);
    if (request === undefined) return;
    this.#requests.delete(id);
    const canRetry = error.properties.retry || error.code === 'TIMEOUT';
    const delayMs = Math.max(retryAfterMs, Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** this.#failures));
    this.#failures = Math.min(this.#failures + 1, 10);
    const atMs = this.#nowMs + delayMs;
    if (request.load !== undefined) this.#emit({ type: 'loadFailed', load: request.load, error });
    else if (request.kind === 'sync') {
      if (canRetry) this.#syncRetry = { atMs, input: 'start' };
      else this.#stop(error);
    } else if (request.kind === 'state') {
      if (canRetry) this.#stale.set(request.key, atMs);
      else this.#stale.delete(request.key);
    } else if (request.stream !== undefined) {
      const stream = this.#unsure.get(request.key);
      if (stream !== undefined) Object.assign(stream, { isAsked: !canRetry, atMs });
    } else {
      const hole = this.#holes.get(request.key);
      if (hole === undefined) return;
      if (canRetry) Object.assign(hole, { isAsked: false, atMs });
      else {
        // "NOT_A_MEMBER": nobody gets these messages. What lies beyond must not wait for them.
        this.#notice(error);
        this.#inputs.push({ type: 'giveUp', key: request.key, lastSeq: hole.lastSeq });
      }
    }
    this.#next();
  }

  /**
   * Asks for the newest messages that the device lacks before a seq. The outcome is an event `loaded` or `loadFailed`.
   * @param beforeSeq only gaps that begin before it; 0n = all gaps.
   */
  loadHistory(key: string, limit: number, beforeSeq: bigint, nowMs: number): number {
    this.#clock(nowMs);
    const load = ++this.#ids;
    const fail = (error: ProtocolError): void => this.#emit({ type: 'loadFailed', load, error });
    if (!this.#isConnected) fail(lost());
    else if (this.#loads.length >= MAX_LOADS)
      fail(new ProtocolError('RATE_LIMITED', `${MAX_LOADS} loads wait`, { limit: MAX_LOADS }));
    else this.#loads.push({ type: 'load', load, key, limit, beforeSeq });
    return load;
  }

  /** Time has passed: asks for holes that have lasted, and repeats requests that were refused for a while. */
  tick(nowMs: number): void {
    this.#clock(nowMs);
    if (this.#syncRetry !== undefined && this.#syncRetry.atMs <= this.#nowMs) {
      this.#syncRetry = undefined;
      this.#start();
    }
    this.#next();
  }

  /** Another writer has changed the storage: nothing that was read counts. */
  invalidate(): void {
    this.#cache.clear();
    this.#revision = undefined;
    this.#emit({ type: 'changes', changes: [{ type: 'reload' }] });
  }

  /** The storage operation to run now; undefined: none. Call `done` or `broken` with its outcome before the next call. */
  task(nowMs: number): StorageTask | undefined {
    this.#clock(nowMs);
    if (this.#running === undefined) this.#run(this.#nextInput());
    return this.#running?.task;
  }

  /** The result of the last task. */
  done(result: StorageResult, nowMs: number): void {
    this.#clock(nowMs);
    const running = this.#running;
    if (running === undefined) return;
    try {
      const next = running.steps.next(result);
      if (!next.done) running.task = next.value;
      else this.#finished();
    } catch (error) {
      this.broken(error);
    }
  }

  /** The last task failed. Nothing more is stored until the next connection. */
  broken(cause: unknown): void {
    const running = this.#running;
    this.#running = undefined;
    this.#cache.clear();
    this.#revision = undefined;
    if (running !== undefined) this.#abandon(running.input);
    this.#stop(isProtocolError(cause) ? cause : new ProtocolError('INTERNAL', 'the storage failed', { cause }));
  }

  #clock(nowMs: number): void {
    if (nowMs > this.#nowMs) this.#nowMs = nowMs;
  }

  #emit(event: SyncEvent): void {
    this.#events.push(event);
  }

  #notice(error: ProtocolError): void {
    this.#emit({ type: 'notice', error });
  }

  #setStatus(state: SyncState, error?: ProtocolError): void {
    if (this.#status.state === state && this.#status.error === error) return;
    this.#status = { state, error };
    this.#emit({ type: 'status', status: this.#status });
  }

  #start(): void {
    if (!this.#isConnected) return;
    this.#isOverflown = false;
    this.#barrenPages = 0;
    this.#setStatus('syncing');
    this.#inputs.push({ type: 'start' });
  }

  /** Nothing goes on until the next connection. */
  #stop(error: ProtocolError): void {
    this.#dropHeld();
    this.#inputs = [];
    for (const { load } of this.#requests.values()) if (load !== undefined) this.#emit({ type: 'loadFailed', load, error });
    for (const input of this.#loads) if (input.type === 'load') this.#emit({ type: 'loadFailed', load: input.load, error });
    this.#loads = [];
    this.#requests.clear();
    this.#isConnected = false;
    this.#notice(error);
    this.#setStatus('failed', error);
  }

  #dropHeld(): void {
    for (const { ticket } of this.#held) this.#emit({ type: 'stored', ticket, isStored: false });
    this.#held = [];
    this.#heldBytes = 0;
  }

  #abandon(input: Input): void {
    if (input.type === 'live') for (const { ticket } of input.items) this.#emit({ type: 'stored', ticket, isStored: false });
    if (input.type === 'load') this.#emit({ type: 'loadFailed', load: input.load, error: lost() });
    if (input.type === 'history' && input.request.load !== undefined)
      this.#emit({ type: 'loadFailed', load: input.request.load, error: lost() });
  }

  get #openHistories(): number {
    let open = 0;
    for (const { kind } of this.#requests.values()) if (kind === 'history') open += 1;
    return open;
  }

  #nextInput(): Input | undefined {
    const input = this.#inputs.shift();
    if (input !== undefined) return input;
    // A page of HISTORY that is older than the list of conversations may have messages that the user has deleted since.
    if (this.#status.state !== 'synced') return undefined;
    if (this.#loads.length > 0 && this.#openHistories < MAX_OPEN_HISTORIES) return this.#loads.shift();
    if (this.#held.length === 0) return undefined;
    const items: Held[] = [];
    let bytes = 0;
    for (const item of this.#held) {
      if (items.length >= MAX_LIVE_PUSHES || (items.length > 0 && bytes + item.bytes.length > MAX_LIVE_BYTES)) break;
      items.push(item);
      bytes += item.bytes.length;
    }
    this.#held.splice(0, items.length);
    this.#heldBytes -= bytes;
    return { type: 'live', items };
  }

  #run(input: Input | undefined): void {
    if (input === undefined) return;
    const steps = this.#steps(input);
    this.#running = { input, steps, task: { type: 'revision' } };
    try {
      const first = steps.next();
      if (first.done) this.#finished();
      else this.#running.task = first.value;
    } catch (error) {
      this.broken(error);
    }
  }

  #finished(): void {
    this.#running = undefined;
    this.#next();
    if (this.#inputs.length + this.#held.length + this.#loads.length > 0) this.#run(this.#nextInput());
  }

  /** One input, again and again until no other writer interferes. */
  *#steps(input: Input): Reading<void> {
    for (;;) {
      // No `yield` on the right of `??`: the build for CommonJS puts that into an arrow function.
      if (this.#revision === undefined) this.#revision = (yield { type: 'revision' }) as number;
      const revision = this.#revision;
      const step = new Step(this.#options.userId, this.#cache);
      const after = yield* this.#apply(input, step);
      const changes = yield* step.finish();
      if (step.draft.isEmpty) {
        this.#commit(step, changes);
        after();
        return;
      }
      const isWritten = (yield { type: 'write', batch: step.draft.batch(revision) }) as boolean;
      if (isWritten) {
        this.#revision = revision + 1;
        this.#commit(step, changes);
        after();
        return;
      }
      this.invalidate();
    }
  }

  #commit(step: Step, changes: readonly SyncChange[]): void {
    if (step.isReset) {
      this.#cache.clear();
      this.#holes.clear();
      this.#stale.clear();
      this.#unsure.clear();
      this.#repeatLoads();
    }
    for (const [key, record] of step.conversations) {
      if (record === undefined) continue;
      this.#cache.set(key, record);
      this.#watch(record);
    }
    for (const key of step.unfinished) this.#inputs.push({ type: 'drain', key });
    for (const error of step.notices.slice(0, 16)) this.#notice(error);
    if (changes.length > 0) this.#emit({ type: 'changes', changes });
  }

  /** Pages of HISTORY under way are older than the list of conversations: they are not used, and loads ask again. */
  #repeatLoads(): void {
    for (const [id, request] of this.#requests) {
      if (request.kind !== 'history') continue;
      this.#requests.delete(id);
      this.#repeatLoad(request);
    }
    for (const input of this.#inputs) if (input.type === 'history') this.#repeatLoad(input.request);
    this.#inputs = this.#inputs.filter(({ type }) => type !== 'history');
  }

  #repeatLoad({ load, key, history }: Request): void {
    if (load === undefined) return;
    this.#loads.push({ type: 'load', load, key, limit: history?.limit ?? 0, beforeSeq: history?.beforeSeq ?? 0n });
  }

  /** Remembers holes and counts that wait. */
  #watch(record: ConversationRecord): void {
    const { key, hole } = record;
    const before = this.#holes.get(key);
    if (hole === undefined || !record.isKnown) this.#holes.delete(key);
    else if (before === undefined || before.firstSeq !== hole.firstSeq) {
      if (before === undefined && this.#holes.size >= MAX_HOLES) this.#hasMoreHoles = true;
      else {
        const atMs = this.#nowMs + this.#options.gapDelayMs;
        this.#holes.set(key, { ...hole, sinceMs: this.#nowMs, isAsked: false, atMs, barren: before?.barren ?? 0 });
      }
    } else if (!before.isAsked) this.#holes.set(key, { ...before, lastSeq: hole.lastSeq });
    const [seq] = record.at.unsure;
    if (seq === undefined) this.#unsure.delete(key);
    else if (this.#unsure.get(key)?.seq !== seq && this.#unsure.size < MAX_HOLES) {
      this.#unsure.set(key, { seq, isAsked: false, atMs: this.#nowMs });
    }
    if (!record.at.isStale) this.#stale.delete(key);
    else if (!this.#stale.has(key) && this.#stale.size < MAX_HOLES) this.#stale.set(key, this.#nowMs);
  }

  /** Sends what has become due. */
  #next(): void {
    if (!this.#isConnected || this.#status.state !== 'synced') return;
    if (this.#isOverflown && this.#held.length === 0 && this.#running === undefined) {
      this.#start();
      return;
    }
    for (const [key, hole] of this.#holes) {
      if (this.#openHistories >= MAX_OPEN_HISTORIES) break;
      if (hole.isAsked || hole.atMs > this.#nowMs) continue;
      hole.isAsked = true;
      if (hole.lastSeq - hole.firstSeq >= MAX_HOLE_SEQS) this.#inputs.push({ type: 'giveUp', key, lastSeq: hole.lastSeq });
      else this.#askHole(key, hole);
    }
    for (const [key, stream] of this.#unsure) {
      const conversation = parseConversationKey(key);
      if (this.#openHistories >= MAX_OPEN_HISTORIES || conversation === undefined) break;
      if (stream.isAsked || stream.atMs > this.#nowMs) continue;
      stream.isAsked = true;
      const { seq } = stream;
      this.#request('history', key, { conversation, afterSeq: seq - 1n, beforeSeq: seq + 1n, oldest: true }, undefined, seq);
    }
    if (this.#holes.size === 0 && this.#hasMoreHoles) {
      this.#hasMoreHoles = false;
      this.#inputs.push({ type: 'scan' });
    }
    const isRefreshing = [...this.#requests.values()].some(({ kind }) => kind === 'state');
    if (isRefreshing || this.#inputs.some(({ type }) => type === 'refresh')) return;
    for (const [key, atMs] of this.#stale) {
      if (atMs > this.#nowMs) continue;
      // After the reply: again, if it was late.
      this.#stale.set(key, this.#nowMs + MIN_RETRY_MS);
      this.#inputs.push({ type: 'refresh', key });
      return;
    }
  }

  #askHole(key: string, { firstSeq, lastSeq }: Hole): void {
    const conversation = parseConversationKey(key);
    if (conversation === undefined) return;
    const beforeSeq = lastSeq < HIGHEST_SEQ ? lastSeq + 1n : 0n;
    this.#request('history', key, { conversation, afterSeq: firstSeq - 1n, beforeSeq, oldest: true });
  }

  #request(kind: 'history', key: string, history: HistoryRequestInit, load?: number, stream?: bigint): void {
    const id = ++this.#ids;
    this.#requests.set(id, { kind, key, cursor: NO_CURSOR, history, load, stream });
    this.#emit({ type: 'request', id, kind, data: history });
  }

  #askSync(cursor: Uint8Array): void {
    const id = ++this.#ids;
    const { limit, perConversation } = this.#options;
    this.#requests.set(id, { kind: 'sync', key: '', cursor, history: undefined, load: undefined, stream: undefined });
    this.#emit({ type: 'request', id, kind: 'sync', data: { cursor, limit, perConversation, known: this.#known } });
  }

  *#apply(input: Input, step: Step): Reading<() => void> {
    switch (input.type) {
      case 'start':
        return yield* this.#applyStart(step);
      case 'page':
        return yield* this.#applyPage(input.page, input.cursor, step);
      case 'close':
        return yield* this.#applyClose(step);
      case 'live':
        return yield* this.#applyLive(input.items, step);
      case 'history':
        return yield* this.#applyHistory(input.page, input.request, step);
      case 'state':
        for (const push of input.pushes) yield* guarded(step, step.take(push, 'history'));
        return nothing;
      case 'drain': {
        const record = yield* step.conversation(input.key);
        if (record !== undefined) yield* step.drain(record);
        return nothing;
      }
      case 'scan':
        yield* this.#scan(step);
        return nothing;
      case 'giveUp': {
        const record = yield* step.conversation(input.key);
        if (record !== undefined) yield* step.advance(record, input.lastSeq, true);
        return nothing;
      }
      case 'load':
        return yield* this.#applyLoad(input, step);
      case 'refresh':
        return yield* this.#applyRefresh(input.key, step);
    }
  }

  *#applyStart(step: Step): Reading<() => void> {
    const { cursor, meta } = yield* this.#meta(step);
    if (meta === undefined) this.#putMeta(step, cursor, false);
    else if (meta.userId !== this.#options.userId)
      throw new ProtocolError('PERMISSION_DENIED', 'the storage belongs to another user');
    yield* this.#scan(step);
    // A chain that was complete, with conversations that were not closed before a crash.
    const open = meta?.isInChain === false ? yield* step.draft.list({ ...startingWith('s/'), limit: 1 }) : [];
    if (open.length > 0) return () => this.#inputs.unshift({ type: 'close' }, { type: 'start' });
    const known = yield* this.#knownConversations(step);
    return () => {
      this.#known = known;
      if (this.#isConnected) this.#askSync(cursor);
    };
  }

  /** Finds holes and counts that waited before a restart. */
  *#scan(step: Step): Reading<void> {
    for (const mark of ['h', 'u'] as const) {
      for (const [name] of yield* step.draft.list({ ...startingWith(`${mark}/`), limit: MAX_HOLES })) {
        const record = yield* step.conversation(name.slice(2));
        if (record === undefined) continue;
        yield* step.drain(record);
      }
    }
  }

  *#knownConversations(step: Step): Reading<KnownConversationInit[]> {
    const known: KnownConversationInit[] = [];
    const maxBytes = Math.max(0, this.#maxFrameBytes / 2 - 2048);
    let bytes = 0;
    const marks = yield* step.draft.list({ ...startingWith('l/'), limit: MAX_KNOWN });
    yield* step.draft.readAhead(marks.map(([name]) => conversationAt(name.slice(2))));
    for (const [name] of marks) {
      const value = yield* step.draft.get(conversationAt(name.slice(2)));
      if (value === undefined) continue;
      const record = ConversationRecord.decode(name.slice(2), value);
      if (record.knownSeq < 1n) continue;
      const one = { conversation: record.ref, seq: record.knownSeq };
      bytes += KnownConversation.encode(one).length + 4;
      if (bytes > maxBytes) break;
      known.push(one);
    }
    return known;
  }

  *#meta(step: Step): Reading<{ cursor: Uint8Array; meta: Meta | undefined }> {
    const bytes = yield* step.draft.get(META);
    if (bytes === undefined) return { cursor: NO_CURSOR, meta: undefined };
    const [json, cursor = NO_CURSOR] = splitParts(bytes);
    return { cursor, meta: jsonOf(json) as Meta };
  }

  #putMeta(step: Step, cursor: Uint8Array, isInChain: boolean): void {
    const meta: Meta = { userId: this.#options.userId, isInChain };
    step.draft.put(META, joinParts([jsonBytes(meta), cursor]));
  }

  *#applyPage(page: SyncPage, before: Uint8Array, step: Step): Reading<() => void> {
    // "With `more` the cursor differs from that of the request."
    if (page.more && isSame(page.cursor, before))
      return () => this.#stop(broke('a page of SYNC with more, whose cursor has not moved'));
    if (page.reset) yield* step.reset();
    yield* step.readAhead(page.pushes);
    for (const push of page.pushes) yield* guarded(step, step.take(push, 'sync'));
    for (const state of page.truncated) yield* guarded(step, step.takeState(state, 'truncated'));
    const isBarren = step.draft.isEmpty && !page.reset;
    this.#putMeta(step, page.cursor, page.more);
    return () => {
      this.#failures = 0;
      this.#barrenPages = isBarren ? this.#barrenPages + 1 : 0;
      if (!page.more) this.#inputs.unshift({ type: 'close' });
      else if (this.#barrenPages >= MAX_BARREN_PAGES)
        this.#stop(broke(`${MAX_BARREN_PAGES} pages of SYNC without anything new, limit ${MAX_BARREN_PAGES}`));
      else if (this.#isConnected) {
        if (page.reset) this.#known = [];
        this.#askSync(page.cursor);
      }
    };
  }

  /** The chain is complete: what it did not give does not exist, or is a known gap. */
  *#applyClose(step: Step): Reading<() => void> {
    const marks = yield* step.draft.list({ ...startingWith('s/'), limit: CLOSED_AT_ONCE });
    for (const [name] of marks) {
      const record = yield* step.conversation(name.slice(2));
      if (record === undefined) step.draft.delete(name);
      else yield* step.close(record);
    }
    if (marks.length === CLOSED_AT_ONCE) return () => this.#inputs.unshift({ type: 'close' });
    if ((yield* step.draft.list({ ...startingWith('l/'), limit: 1 })).length > 0) step.draft.deleteRange(startingWith('l/'));
    return () => {
      if (this.#inputs.some(({ type }) => type === 'start') || !this.#isConnected) return;
      if (this.#isOverflown) this.#start();
      else this.#setStatus('synced');
      this.#next();
    };
  }

  *#applyLive(items: readonly Held[], step: Step): Reading<() => void> {
    const pushes = items.map(({ bytes }) => Push.decode(bytes));
    yield* step.readAhead(pushes);
    const kept: boolean[] = [];
    for (const push of pushes) {
      const before = step.dropped;
      yield* guarded(step, step.take(push, 'live'));
      kept.push(step.dropped === before);
    }
    return () => {
      for (const [i, { ticket }] of items.entries()) this.#emit({ type: 'stored', ticket, isStored: kept[i] });
    };
  }

  *#applyHistory(page: HistoryPage, request: Request, step: Step): Reading<() => void> {
    const { key, history, load, stream } = request;
    const record = yield* step.conversation(key, parseConversationKey(key));
    if (record === undefined || history === undefined) return nothing;
    const range = rangeOf(page, history, record.at.top);
    const fault = faultOf(page, key, range);
    if (fault !== undefined) {
      return () => {
        const error = broke(fault);
        this.#notice(error);
        if (load !== undefined) this.#emit({ type: 'loadFailed', load, error });
        else if (stream === undefined) this.#giveUp(key);
      };
    }
    const topBefore = record.at.top;
    if (stream !== undefined) record.at.unsure = record.at.unsure.filter((seq) => seq !== stream);
    if (range !== undefined) yield* step.fill(record, page.pushes, page.changes, range[0], range[1]);
    const more = record.gaps.length > 0;
    return () => {
      this.#failures = 0;
      if (load !== undefined) this.#emit({ type: 'loaded', load, result: { count: page.pushes.length, more } });
      else if (stream === undefined) this.#afterHole(key, page, record.at.top > topBefore);
    };
  }

  #giveUp(key: string): void {
    const hole = this.#holes.get(key);
    if (hole !== undefined) this.#inputs.push({ type: 'giveUp', key, lastSeq: hole.lastSeq });
  }

  /** Asks for the rest of a hole at once. */
  #afterHole(key: string, page: HistoryPage, hasMoved: boolean): void {
    const hole = this.#holes.get(key);
    if (hole === undefined) return;
    hole.barren = page.pushes.length === 0 ? hole.barren + 1 : 0;
    if (!hasMoved || hole.barren >= MAX_BARREN_HISTORIES) this.#giveUp(key);
    else if (page.more) Object.assign(hole, { isAsked: false, atMs: this.#nowMs });
  }

  *#applyLoad(input: Extract<Input, { type: 'load' }>, step: Step): Reading<() => void> {
    const { load, key, limit, beforeSeq } = input;
    const conversation = parseConversationKey(key);
    if (conversation === undefined || conversation.kind === undefined) {
      const error = new ProtocolError('INVALID_MESSAGE', 'loadHistory: expected the key of a conversation');
      return () => this.#emit({ type: 'loadFailed', load, error });
    }
    const record = yield* step.conversation(key);
    const isNew = record === undefined || (!record.at.isRooted && record.at.covered.length === 0);
    if (isNew) return () => this.#request('history', key, { conversation, limit }, load);
    const gap = record.gaps.filter(({ firstSeq }) => beforeSeq === 0n || firstSeq < beforeSeq).at(-1);
    if (gap === undefined) return () => this.#emit({ type: 'loaded', load, result: { count: 0, more: record.gaps.length > 0 } });
    const request = { conversation, afterSeq: gap.firstSeq - 1n, beforeSeq: gap.lastSeq + 1n, limit };
    return () => this.#request('history', key, request, load);
  }

  /** "If the revision is not the present one, the reply has the present state": so it has where nothing differs. */
  *#applyRefresh(key: string, step: Step): Reading<() => void> {
    const record = yield* step.conversation(key);
    if (record === undefined || !record.at.isStale) return () => void this.#stale.delete(key);
    const { conversation, revision, mutedUntilMs, pinnedAtMs, hidden } = record.state;
    return () => {
      if (!this.#isConnected) return;
      const id = ++this.#ids;
      this.#requests.set(id, { kind: 'state', key, cursor: NO_CURSOR, history: undefined, load: undefined, stream: undefined });
      this.#emit({ type: 'request', id, kind: 'state', data: { conversation, revision, mutedUntilMs, pinnedAtMs, hidden } });
    };
  }
}

const nothing = (): void => {};

function lost(): ProtocolError {
  return new ProtocolError('CLOSED', 'no connection for HISTORY');
}

function broke(text: string): ProtocolError {
  return new ProtocolError('INVALID_MESSAGE', text);
}

function asProtocolError(error: unknown): ProtocolError {
  return isProtocolError(error) ? error : new ProtocolError('INTERNAL', 'a push could not be kept', { cause: error });
}

/** Skips one push with a notice, and goes on with the others. */
function* guarded(step: Step, part: Reading<void>): Reading<void> {
  try {
    yield* part;
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    step.notices.push(error);
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

type Range = readonly [first: bigint, last: bigint];

/** The seqs for which a page is complete, within what was asked; undefined: it is empty and says nothing. */
function rangeOf(
  page: HistoryPage,
  { afterSeq = 0n, beforeSeq = 0n, oldest }: HistoryRequestInit,
  top: bigint,
): Range | undefined {
  const least = afterSeq + 1n;
  const most = beforeSeq > 0n ? beforeSeq - 1n : HIGHEST_SEQ;
  const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
  const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
  let [first, last] = [page.firstSeq, page.lastSeq];
  // Without `more` there is nothing else in the range.
  if (!page.more) {
    first = least;
    if (beforeSeq > 0n) last = most;
    else if (last === 0n) last = top;
  } else if (last === 0n) return undefined;
  if (oldest) first = least;
  else if (beforeSeq > 0n) last = most;
  const range = [max(first, least), min(last, most)] as const;
  return range[0] <= range[1] ? range : undefined;
}

function faultOf(page: HistoryPage, key: string, range: Range | undefined): string | undefined {
  let least = range?.[0] ?? HIGHEST_SEQ;
  for (const push of page.pushes) {
    const content = contentOf(push);
    if (content === undefined) return 'a page of HISTORY with another push than a message';
    let other: string | undefined;
    try {
      const ref = conversationOf(push.data);
      other = ref && conversationKey(ref);
    } catch {
      // Not a conversation at all.
    }
    if (other !== key) return 'a page of HISTORY with a message of another conversation';
    if (range === undefined || content.seq < least || content.seq > range[1])
      return 'a page of HISTORY with a seq that is out of order or was not asked for';
    least = content.seq + 1n;
  }
  return undefined;
}
