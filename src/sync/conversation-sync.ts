// ConversationSync: what a device does with pushes and pages, as a state machine without socket, clock, timer or storage.
import type { HistoryPage, Push, PushInit, SyncPage } from '../../generated/models.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { DEFAULT_GAP_DELAY_MS, SYNC_HELD_BYTES, SYNC_HELD_PUSHES } from '../limits.js';
import type { Reading, StorageResult, StorageTask } from './draft.js';
import { Histories } from './histories.js';
import { LivePushes } from './live-pushes.js';
import { OpenRequests } from './open-requests.js';
import type { Step } from './step/step.js';
import { applyStored, InputQueue, type StepInput } from './step-input.js';
import { StepRunner } from './step-runner.js';
import { closeChain } from './sync-chain.js';
import type { SyncEvent } from './sync-event.js';
import { SyncPages } from './sync-pages.js';
import type { SyncChange, SyncState, SyncStatus } from './types.js';
import { WatchList } from './watch-list.js';

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

/** Notices of one step that are reported. */
const MAX_NOTICES = 16;
/** After how long the counts of a conversation are asked for again. */
const COUNTS_RETRY_MS = 1000;

/**
 * Keeps the conversations of a device. Takes pushes, SYNC and HISTORY pages; gives changes in order, each message once, and requests.
 *
 * It has no socket, clock or storage: `task` returns the next operation on the storage, one at a time, whose result goes to `done`; time is
 * an argument in milliseconds of any clock that never goes back. After each call, take the events with `events()`, and call `tick` when
 * `deadlineMs` has come. Changes are reported after their batch was written, so a crash between two batches loses and repeats nothing.
 */
export class ConversationSync {
  readonly #emit = (event: SyncEvent): void => void this.#events.push(event);
  readonly #runner: StepRunner<StepInput>;
  readonly #requests = new OpenRequests(this.#emit);
  readonly #live: LivePushes;
  readonly #watch: WatchList;
  readonly #histories: Histories;
  readonly #pages: SyncPages;
  readonly #inputs = new InputQueue();
  #events: SyncEvent[] = [];
  #status: SyncStatus = { state: 'offline', error: undefined };
  #nowMs = 0;
  #isConnected = false;
  /** When SYNC is tried again. */
  #restartMs = Number.POSITIVE_INFINITY;

  constructor(options: ConversationSyncOptions) {
    const { userId, gapDelayMs = DEFAULT_GAP_DELAY_MS, heldPushes = SYNC_HELD_PUSHES, heldBytes = SYNC_HELD_BYTES } = options;
    const { limit = 0, perConversation = 100 } = options;
    this.#pages = new SyncPages(userId, { limit, perConversation }, this.#requests);
    this.#live = new LivePushes(heldPushes, heldBytes, this.#emit);
    this.#watch = new WatchList(gapDelayMs);
    const giveUp = (key: string, lastSeq: bigint): void => this.#inputs.push({ type: 'giveUp', key, lastSeq });
    this.#histories = new Histories(this.#requests, this.#watch, this.#emit, giveUp);
    this.#runner = new StepRunner<StepInput>(userId, {
      apply: (input, step) => this.#apply(input, step),
      stored: (step, changes) => this.#stored(step, changes),
      reloaded: () => this.#emit({ type: 'changes', changes: [{ type: 'reload' }] }),
    });
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
    if (this.#status.state !== 'synced') return this.#restartMs;
    return Math.min(this.#restartMs, this.#watch.deadlineMs(this.#histories.mayAsk));
  }

  /** A connection with version 2 and the feature `sync` is authenticated: starts SYNC. @param maxFrameBytes the largest frame it may send. */
  connected(maxFrameBytes: number, nowMs: number): void {
    this.#clock(nowMs);
    this.#isConnected = true;
    this.#pages.maxFrameBytes = maxFrameBytes;
    this.#requests.succeeded();
    this.#start();
  }

  /** The connection is lost: its requests are void, and what waited comes again. */
  disconnected(state: Extract<SyncState, 'offline' | 'unsupported' | 'closed'> = 'offline', error?: ProtocolError): void {
    this.#isConnected = false;
    this.#restartMs = Number.POSITIVE_INFINITY;
    this.#live.drop();
    this.#histories.clear(lost());
    this.#inputs.disconnected();
    this.#watch.disconnected();
    this.#setStatus(state, error);
  }

  /** Takes a push: what a client received, or the data of a reply (READ, CONVERSATION, DELETE_FOR_ME). Returns its ticket. */
  push(push: PushInit, nowMs: number): number {
    this.#clock(nowMs);
    const ticket = this.#live.add(push, this.#isConnected);
    if (this.#live.isOverflown) this.#ask();
    return ticket;
  }

  /** The reply to a request: the page, or the state. */
  reply(id: number, page: SyncPage | HistoryPage | Push, nowMs: number): void {
    this.#clock(nowMs);
    const request = this.#requests.take(id);
    if (request === undefined) return;
    if (request.kind === 'sync') {
      this.#inputs.push({ type: 'page', page: page as SyncPage, cursor: request.data.cursor as Uint8Array });
    } else if (request.kind === 'history') this.#inputs.push({ type: 'history', page: page as HistoryPage, request });
    else this.#inputs.push({ type: 'state', push: page as Push });
  }

  /** A request failed. @param retryAfterMs as the server asks; 0 = it does not say. */
  fail(id: number, error: ProtocolError, retryAfterMs: number, nowMs: number): void {
    this.#clock(nowMs);
    const request = this.#requests.take(id);
    if (request === undefined) return;
    const delayMs = this.#requests.failed(error, retryAfterMs);
    const retryMs = delayMs === undefined ? undefined : this.#nowMs + delayMs;
    if (request.kind === 'history') this.#histories.failed(request, error, retryMs);
    else if (request.kind === 'state') this.#watch.askCounts(request.key, retryMs);
    else if (retryMs !== undefined) this.#restartMs = retryMs;
    else this.#stop(error);
    this.#ask();
  }

  /**
   * Asks for the newest messages that the device lacks before a seq. The outcome is an event `loaded` or `loadFailed`.
   * @param beforeSeq only gaps that begin before it; 0n = all gaps.
   */
  loadHistory(key: string, limit: number, beforeSeq: bigint, nowMs: number): number {
    this.#clock(nowMs);
    const load = this.#requests.nextId();
    if (this.#isConnected) this.#histories.addLoad({ type: 'load', load, key, limit, beforeSeq });
    else this.#histories.failLoad(load, lost());
    return load;
  }

  /** Time has passed: asks for holes that have lasted, and repeats requests that were refused for a while. */
  tick(nowMs: number): void {
    this.#clock(nowMs);
    if (this.#restartMs <= this.#nowMs) {
      this.#restartMs = Number.POSITIVE_INFINITY;
      this.#start();
    }
    this.#ask();
  }

  /** Another writer has changed the storage: nothing that was read counts. */
  invalidate(): void {
    this.#runner.invalidate();
  }

  /** The storage operation to run now; undefined: none. Call `done` or `broken` with its outcome before the next call. */
  task(nowMs: number): StorageTask | undefined {
    this.#clock(nowMs);
    if (this.#runner.task === undefined) this.#runNext();
    return this.#runner.task;
  }

  /** The result of the last task. */
  done(result: StorageResult, nowMs: number): void {
    this.#clock(nowMs);
    if (this.#runner.task !== undefined) this.#run(() => this.#runner.done(result));
  }

  /** The last task failed. Nothing more is stored until the next connection. */
  broken(cause: unknown): void {
    const input = this.#runner.abort();
    if (input?.type === 'live') this.#live.notStored(input.items);
    else if (input?.type === 'load') this.#histories.failLoad(input.load, lost());
    else if (input?.type === 'history') this.#histories.failLoad(input.request.load, lost());
    this.#stop(isProtocolError(cause) ? cause : new ProtocolError('INTERNAL', 'the storage failed', { cause }));
  }

  #clock(nowMs: number): void {
    if (nowMs > this.#nowMs) this.#nowMs = nowMs;
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
    this.#live.isOverflown = false;
    this.#pages.restart();
    this.#setStatus('syncing');
    this.#inputs.push({ type: 'start' });
  }

  /** Nothing goes on until the next connection. */
  #stop(error: ProtocolError): void {
    this.#live.drop();
    this.#inputs.clear();
    this.#histories.clear(error);
    this.#isConnected = false;
    this.#notice(error);
    this.#setStatus('failed', error);
  }

  /** Runs the next input, unless there is none. */
  #runNext(): void {
    const input = this.#nextInput();
    if (input !== undefined) this.#run(() => this.#runner.start(input));
  }

  #nextInput(): StepInput | undefined {
    const input = this.#inputs.shift();
    if (input !== undefined) return input;
    // A page of HISTORY that is older than the list of conversations may have messages that the user has deleted since.
    if (this.#status.state !== 'synced') return undefined;
    const load = this.#histories.takeLoad();
    if (load !== undefined) return load;
    return this.#live.isEmpty ? undefined : { type: 'live', items: this.#live.take() };
  }

  #run(advance: () => void): void {
    try {
      advance();
      if (this.#runner.task !== undefined) return;
      this.#ask();
      this.#runNext();
    } catch (error) {
      this.broken(error);
    }
  }

  #stored({ conversations, order, report }: Step, changes: readonly SyncChange[]): void {
    if (conversations.isReset) {
      this.#watch.clear();
      // Pages of HISTORY under way are older than the list of conversations.
      this.#histories.repeatLoads(this.#inputs.dropHistories());
    }
    for (const record of conversations.records.values()) if (record !== undefined) this.#watch.watch(record, this.#nowMs);
    for (const key of order.unfinished) this.#inputs.push({ type: 'drain', key });
    for (const error of report.notices.slice(0, MAX_NOTICES)) this.#notice(error);
    if (changes.length > 0) this.#emit({ type: 'changes', changes });
  }

  /** Sends what has become due. */
  #ask(): void {
    if (!this.#isConnected || this.#status.state !== 'synced') return;
    if (this.#live.isOverflown && this.#live.isEmpty && this.#runner.task === undefined) {
      this.#start();
      return;
    }
    this.#histories.ask(this.#nowMs);
    if (this.#watch.takeMoreHoles()) this.#inputs.push({ type: 'scan' });
    if (this.#requests.count('state') > 0 || this.#inputs.has('refresh')) return;
    const key = this.#watch.dueCounts(this.#nowMs);
    if (key === undefined) return;
    // After the reply: again, if it was late.
    this.#watch.askCounts(key, this.#nowMs + COUNTS_RETRY_MS);
    this.#inputs.push({ type: 'refresh', key });
  }

  *#apply(input: StepInput, step: Step): Reading<() => void> {
    switch (input.type) {
      case 'start': {
        const ask = yield* this.#pages.applyStart(step);
        return () => {
          if (ask === undefined) this.#inputs.unshift({ type: 'close' }, { type: 'start' });
          else if (this.#isConnected) ask();
        };
      }
      case 'page': {
        const after = yield* this.#pages.applyPage(input.page, input.cursor, step);
        return () => {
          const error = after(this.#isConnected);
          if (error !== undefined) this.#stop(error);
          else if (!input.page.more) this.#inputs.unshift({ type: 'close' });
        };
      }
      case 'close':
        return (yield* closeChain(step)) ? () => this.#chainClosed() : () => this.#inputs.unshift({ type: 'close' });
      case 'live':
        return yield* this.#live.apply(input.items, step);
      case 'history':
        return yield* this.#histories.applyPage(input.page, input.request, this.#nowMs, step);
      case 'load':
        return yield* this.#histories.applyLoad(input, step);
      case 'refresh':
        return yield* this.#applyRefresh(input.key, step);
      default:
        yield* applyStored(input, step);
        return () => {};
    }
  }

  #chainClosed(): void {
    if (this.#inputs.has('start') || !this.#isConnected) return;
    if (this.#live.isOverflown) this.#start();
    else this.#setStatus('synced');
    this.#ask();
  }

  /** "If the revision is not the present one, the reply has the present state": so it has where nothing differs. */
  *#applyRefresh(key: string, step: Step): Reading<() => void> {
    const record = yield* step.conversations.get(key);
    if (record === undefined || !record.at.isStale) return () => this.#watch.askCounts(key, undefined);
    const { conversation, revision, mutedUntilMs, pinnedAtMs, hidden } = record.state;
    const data = { conversation, revision, mutedUntilMs, pinnedAtMs, hidden };
    return () => {
      if (this.#isConnected) this.#requests.add({ kind: 'state', key, data });
    };
  }
}

function lost(): ProtocolError {
  return new ProtocolError('CLOSED', 'no connection for HISTORY');
}
