// The requests of a ConversationSync that wait for their reply, and how long it waits after those that fail.
import type { ConversationStateInit, HistoryRequestInit, SyncRequestInit } from '../../generated/models.js';
import type { ProtocolError } from '../errors.js';
import type { SyncRequestEvent } from './sync-event.js';

const MIN_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;

/** A request for a page of HISTORY: for a hole, unless `load` or `stream` is given. */
export interface HistoryRequest {
  readonly kind: 'history';
  readonly key: string;
  readonly data: HistoryRequestInit;
  /** The `loadHistory` that it is for. */
  readonly load?: number | undefined;
  /** The seq of the stream whose end may be missing. */
  readonly stream?: bigint | undefined;
}

export type OpenRequest =
  | { readonly kind: 'sync'; readonly data: SyncRequestInit }
  | HistoryRequest
  | { readonly kind: 'state'; readonly key: string; readonly data: ConversationStateInit };

export class OpenRequests {
  readonly #send: (event: SyncRequestEvent) => void;
  readonly #requests = new Map<number, OpenRequest>();
  #ids = 0;
  /** Failed requests in a row. */
  #failures = 0;

  constructor(send: (event: SyncRequestEvent) => void) {
    this.#send = send;
  }

  nextId(): number {
    return ++this.#ids;
  }

  add(request: OpenRequest): void {
    const id = this.nextId();
    const { kind, data } = request;
    this.#requests.set(id, request);
    this.#send({ type: 'request', id, kind, data } as SyncRequestEvent);
  }

  /** Removes and returns a request; undefined: nobody waits for its reply. */
  take(id: number): OpenRequest | undefined {
    const request = this.#requests.get(id);
    this.#requests.delete(id);
    return request;
  }

  count(kind: OpenRequest['kind']): number {
    let count = 0;
    for (const request of this.#requests.values()) if (request.kind === kind) count += 1;
    return count;
  }

  /** Removes and returns the requests for HISTORY. */
  takeHistories(): HistoryRequest[] {
    const taken: HistoryRequest[] = [];
    for (const [id, request] of this.#requests) {
      if (request.kind !== 'history') continue;
      this.#requests.delete(id);
      taken.push(request);
    }
    return taken;
  }

  /** Removes all. Returns the ids of the `loadHistory` among them. */
  clear(): number[] {
    const loads = this.takeHistories().flatMap(({ load }) => load ?? []);
    this.#requests.clear();
    return loads;
  }

  /** A request failed. Returns after how many milliseconds to send it again; undefined: not again. */
  failed(error: ProtocolError, retryAfterMs: number): number | undefined {
    const delayMs = Math.max(retryAfterMs, Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** this.#failures));
    this.#failures = Math.min(this.#failures + 1, 10);
    return error.properties.retry || error.code === 'TIMEOUT' ? delayMs : undefined;
  }

  /** The server works: the next failure is the first one. */
  succeeded(): void {
    this.#failures = 0;
  }
}
