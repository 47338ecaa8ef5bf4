// The open requests of a connection: those of this side, and those of the peer.
import { ProtocolError } from '../errors.js';
import { MAX_OPEN_REQUESTS } from '../limits.js';

/** A request of this side that waits for its reply. */
export interface OpenRequest {
  readonly cmd: number;
  readonly sentAtMs: number;
  readonly deadlineMs: number;
}

/** "`sequence` numbers the requests of a connection, ...: 1 to 4294967295" */
const LAST_SEQUENCE = 0xffff_ffff;

/** The open requests of this side. */
export class Requests {
  readonly #open = new Map<number, OpenRequest>();
  #last: number;
  /** A lower bound of all deadlines, exact after `overdue`: replies and `restart` do not update it. */
  earliestDeadlineMs = Number.POSITIVE_INFINITY;

  /** @param last the last sequence that was used. */
  constructor(last = 0) {
    this.#last = last;
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * The sequence of the next request: "then from 1 again, skipping numbers of open requests".
   * @throws ProtocolError RATE_LIMITED with 1024 open requests.
   */
  nextSequence(): number {
    if (this.#open.size >= MAX_OPEN_REQUESTS) {
      const text = `${this.#open.size} requests wait for a reply, limit ${MAX_OPEN_REQUESTS}`;
      throw new ProtocolError('RATE_LIMITED', text, { limit: MAX_OPEN_REQUESTS, actual: this.#open.size + 1 });
    }
    let sequence = this.#last;
    do sequence = sequence === LAST_SEQUENCE ? 1 : sequence + 1;
    while (this.#open.has(sequence));
    return sequence;
  }

  add(sequence: number, request: OpenRequest): void {
    this.#last = sequence;
    this.#open.set(sequence, request);
    this.earliestDeadlineMs = Math.min(this.earliestDeadlineMs, request.deadlineMs);
  }

  /** Removes and returns a request; undefined if it is not open. */
  take(sequence: number): OpenRequest | undefined {
    const request = this.#open.get(sequence);
    this.#open.delete(sequence);
    return request;
  }

  /** Removes and returns the overdue requests, in the order in which they were sent. */
  overdue(nowMs: number): [number, OpenRequest][] {
    const found: [number, OpenRequest][] = [];
    this.earliestDeadlineMs = Number.POSITIVE_INFINITY;
    for (const [sequence, request] of this.#open) {
      if (request.deadlineMs <= nowMs) found.push([sequence, request]);
      else this.earliestDeadlineMs = Math.min(this.earliestDeadlineMs, request.deadlineMs);
    }
    for (const [sequence] of found) this.#open.delete(sequence);
    return found;
  }

  /** Restarts the timeouts of the requests that were sent since `sinceMs`. */
  restart(sinceMs: number, nowMs: number): void {
    for (const [sequence, { cmd, sentAtMs, deadlineMs }] of this.#open) {
      if (sentAtMs < sinceMs) continue;
      this.#open.set(sequence, { cmd, sentAtMs: nowMs, deadlineMs: nowMs + deadlineMs - sentAtMs });
    }
  }

  /** Removes all requests. Returns their sequences. */
  clear(): number[] {
    const sequences = [...this.#open.keys()];
    this.#open.clear();
    this.earliestDeadlineMs = Number.POSITIVE_INFINITY;
    return sequences;
  }
}

/** The open requests of the peer, which this side has to answer. */
export class Unanswered {
  /** Commands by sequence. */
  readonly #commands = new Map<number, number>();

  get size(): number {
    return this.#commands.size;
  }

  has(sequence: number): boolean {
    return this.#commands.has(sequence);
  }

  /** Adds a request. Returns RATE_LIMITED, and does not add it, if 1024 requests are open. */
  add(sequence: number, cmd: number): ProtocolError | undefined {
    const { size } = this.#commands;
    if (size < MAX_OPEN_REQUESTS) {
      this.#commands.set(sequence, cmd);
      return undefined;
    }
    const text = `${size} requests wait for a reply, limit ${MAX_OPEN_REQUESTS}`;
    return new ProtocolError('RATE_LIMITED', text, { limit: MAX_OPEN_REQUESTS, actual: size + 1 });
  }

  /** @throws Error if the request is not open. */
  commandOf(sequence: number): number {
    const cmd = this.#commands.get(sequence);
    if (cmd === undefined) throw new Error(`no open request with sequence ${sequence}`);
    return cmd;
  }

  delete(sequence: number): void {
    this.#commands.delete(sequence);
  }

  clear(): void {
    this.#commands.clear();
  }
}
