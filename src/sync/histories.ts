// HISTORY: for holes, for the ends of streams, and for `loadHistory`.
import type { HistoryPage } from '../../generated/models.js';
import { ProtocolError } from '../errors.js';
import { MAX_OPEN_HISTORIES } from '../limits.js';
import type { Reading } from './draft.js';
import { type Load, loadOf, nextOfLoad } from './history-load.js';
import { requestBetween, takeHistory } from './history-page.js';
import type { HistoryRequest, OpenRequests } from './open-requests.js';
import type { Step } from './step/step.js';
import type { SyncEvent } from './sync-event.js';
import type { WatchList } from './watch-list.js';

/** A larger hole is not filled at once: it stays a known gap. */
const MAX_HOLE_SEQS = 10_000n;
const MAX_LOADS = 64;
/** Pages without messages in a row, after which a hole stays a known gap. */
const MAX_BARREN_PAGES = 8;

export class Histories {
  readonly #requests: OpenRequests;
  readonly #watch: WatchList;
  readonly #emit: (event: SyncEvent) => void;
  readonly #giveUp: (key: string, lastSeq: bigint) => void;
  /** Loads that wait, oldest first. */
  #loads: Load[] = [];

  /** @param giveUp the messages of a hole do not come: it becomes a known gap. */
  constructor(
    requests: OpenRequests,
    watch: WatchList,
    emit: (event: SyncEvent) => void,
    giveUp: (key: string, lastSeq: bigint) => void,
  ) {
    this.#requests = requests;
    this.#watch = watch;
    this.#emit = emit;
    this.#giveUp = giveUp;
  }

  /** More requests may be open. */
  get mayAsk(): boolean {
    return this.#requests.count('history') < MAX_OPEN_HISTORIES;
  }

  /** Lets a load wait, or fails it if too many wait. */
  addLoad(load: Load): void {
    if (this.#loads.length < MAX_LOADS) this.#loads.push(load);
    else this.failLoad(load.load, new ProtocolError('RATE_LIMITED', `${MAX_LOADS} loads wait`, { limit: MAX_LOADS }));
  }

  /** The load to apply next; undefined: none, or none yet. */
  takeLoad(): Load | undefined {
    return this.mayAsk ? this.#loads.shift() : undefined;
  }

  failLoad(load: number | undefined, error: ProtocolError): void {
    if (load !== undefined) this.#emit({ type: 'loadFailed', load, error });
  }

  /** All requests are void: their loads fail, and those that wait. */
  clear(error: ProtocolError): void {
    for (const load of this.#requests.clear()) this.failLoad(load, error);
    for (const { load } of this.#loads) this.failLoad(load, error);
    this.#loads = [];
  }

  /** Requests and pages are older than the list of conversations: they are not used, and their loads ask again. */
  repeatLoads(pages: readonly HistoryRequest[]): void {
    this.#loads.push(...[...this.#requests.takeHistories(), ...pages].flatMap(loadOf));
  }

  /** Sends the requests that are due. */
  ask(nowMs: number): void {
    for (const [key, hole] of this.#watch.dueHoles(nowMs)) {
      if (!this.mayAsk) return;
      const { firstSeq, lastSeq } = hole;
      hole.isAsked = true;
      const data = lastSeq - firstSeq < MAX_HOLE_SEQS ? requestBetween(key, firstSeq, lastSeq) : undefined;
      if (data === undefined) this.#giveUp(key, lastSeq);
      else this.#requests.add({ kind: 'history', key, data });
    }
    for (const [key, stream] of this.#watch.dueStreams(nowMs)) {
      const data = requestBetween(key, stream.seq, stream.seq);
      if (!this.mayAsk || data === undefined) return;
      stream.isAsked = true;
      this.#requests.add({ kind: 'history', key, data, stream: stream.seq });
    }
  }

  *applyLoad(load: Load, step: Step): Reading<() => void> {
    const next = yield* nextOfLoad(load, step);
    if ('error' in next) return () => this.failLoad(load.load, next.error);
    if ('more' in next) return () => this.#loaded(load.load, 0, next.more);
    return () => this.#requests.add({ kind: 'history', key: load.key, data: next.request, load: load.load });
  }

  *applyPage(page: HistoryPage, request: HistoryRequest, nowMs: number, step: Step): Reading<() => void> {
    const { key, load, stream } = request;
    const filled = yield* takeHistory(page, request, step);
    return () => {
      if (filled === undefined) return;
      if (filled.fault !== undefined) {
        const error = new ProtocolError('INVALID_MESSAGE', filled.fault);
        this.#emit({ type: 'notice', error });
        this.failLoad(load, error);
        if (load === undefined && stream === undefined) this.#giveUpHole(key);
        return;
      }
      this.#requests.succeeded();
      if (load !== undefined) this.#loaded(load, page.pushes.length, filled.more);
      else if (stream === undefined) this.#afterHole(key, page, filled.hasMoved, nowMs);
    };
  }

  /** @param retryMs when to ask again; undefined: not again. */
  failed({ key, load, stream }: HistoryRequest, error: ProtocolError, retryMs: number | undefined): void {
    this.failLoad(load, error);
    if (load !== undefined) return;
    const waiting = stream === undefined ? this.#watch.hole(key) : this.#watch.stream(key);
    if (waiting === undefined) return;
    waiting.isAsked = retryMs === undefined;
    if (retryMs !== undefined) waiting.atMs = retryMs;
    else if (stream === undefined) {
      // "NOT_A_MEMBER": nobody gets these messages. What lies beyond must not wait for them.
      this.#emit({ type: 'notice', error });
      this.#giveUpHole(key);
    }
  }

  #loaded(load: number, count: number, more: boolean): void {
    this.#emit({ type: 'loaded', load, result: { count, more } });
  }

  /** Asks for the rest of a hole at once. */
  #afterHole(key: string, page: HistoryPage, hasMoved: boolean, nowMs: number): void {
    const hole = this.#watch.hole(key);
    if (hole === undefined) return;
    hole.barren = page.pushes.length === 0 ? hole.barren + 1 : 0;
    if (!hasMoved || hole.barren >= MAX_BARREN_PAGES) this.#giveUp(key, hole.lastSeq);
    else if (page.more) {
      hole.isAsked = false;
      hole.atMs = nowMs;
    }
  }

  #giveUpHole(key: string): void {
    const hole = this.#watch.hole(key);
    if (hole !== undefined) this.#giveUp(key, hole.lastSeq);
  }
}
