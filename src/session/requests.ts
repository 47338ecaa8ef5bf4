// The open requests of a connection: those of this side, and those of the peer.
import { ProtocolError } from '../errors.js';
import { MAX_OPEN_REQUESTS } from '../limits.js';
import { lengthBytes } from '../wire/text.js';

/** A request of this side that waits for its reply. */
export interface OpenRequest {
  readonly cmd: number;
  /** The command of its reply, besides ERROR. */
  readonly reply: number;
  /** The message_id of a push; 0 if it has none. */
  readonly messageId: bigint;
  readonly sentAtMs: number;
  readonly deadlineMs: number;
}

/** "`sequence` numbers the requests of a connection, ...: 1 to 4294967295" */
const LAST_SEQUENCE = 0xffff_ffff;

/** The open requests of this side. */
export class Requests {
  /** By sequence, in the order in which they were sent. Entries are added by `add`. */
  readonly open = new Map<number, OpenRequest>();
  #last: number;
  /** A lower bound of all deadlines, exact after `overdue`: replies and `restart` do not update it. */
  earliestDeadlineMs = Number.POSITIVE_INFINITY;

  /** @param last the last sequence that was used. */
  constructor(last = 0) {
    this.#last = last;
  }

  get size(): number {
    return this.open.size;
  }

  /**
   * The sequence of the next request: "then from 1 again, skipping numbers of open requests".
   * @throws ProtocolError RATE_LIMITED with 1024 open requests.
   */
  nextSequence(): number {
    if (this.open.size >= MAX_OPEN_REQUESTS) {
      const text = `${this.open.size} requests wait for a reply, limit ${MAX_OPEN_REQUESTS}`;
      throw new ProtocolError('RATE_LIMITED', text, { limit: MAX_OPEN_REQUESTS, actual: this.open.size + 1 });
    }
    let sequence = this.#last;
    do sequence = sequence === LAST_SEQUENCE ? 1 : sequence + 1;
    while (this.open.has(sequence));
    return sequence;
  }

  add(sequence: number, request: OpenRequest): void {
    this.#last = sequence;
    this.open.set(sequence, request);
    this.earliestDeadlineMs = Math.min(this.earliestDeadlineMs, request.deadlineMs);
  }

  /** Removes and returns a request; undefined if it is not open. */
  take(sequence: number): OpenRequest | undefined {
    const request = this.open.get(sequence);
    this.open.delete(sequence);
    return request;
  }

  /** Removes and returns the overdue requests, in the order in which they were sent. */
  overdue(nowMs: number): [number, OpenRequest][] {
    const found: [number, OpenRequest][] = [];
    this.earliestDeadlineMs = Number.POSITIVE_INFINITY;
    for (const [sequence, request] of this.open) {
      if (request.deadlineMs <= nowMs) found.push([sequence, request]);
      else this.earliestDeadlineMs = Math.min(this.earliestDeadlineMs, request.deadlineMs);
    }
    for (const [sequence] of found) this.open.delete(sequence);
    return found;
  }

  /** Restarts the timeouts of the requests that were sent since `sinceMs`. */
  restart(sinceMs: number, nowMs: number): void {
    for (const [sequence, request] of this.open) {
      const { sentAtMs, deadlineMs } = request;
      if (sentAtMs < sinceMs) continue;
      this.open.set(sequence, { ...request, sentAtMs: nowMs, deadlineMs: nowMs + deadlineMs - sentAtMs });
    }
  }

  /** Removes all requests. Returns their sequences. */
  clear(): number[] {
    const sequences = [...this.open.keys()];
    this.open.clear();
    this.earliestDeadlineMs = Number.POSITIVE_INFINITY;
    return sequences;
  }
}

/** Size of the frame of an ACK, without the varint of its sequence. */
const ACK_BYTES = 14;

/** The open requests of the peer, which this side has to answer. */
export class PeerRequests {
  /** Commands by sequence. */
  readonly commands = new Map<number, number>();
  /** The pushes that an ACK may answer, in the order of sending, and whether the application has confirmed them. */
  readonly #pushes = new Map<number, boolean>();
  /** The last push of those that the next ACK answers; 0 = none. */
  #ackUpTo = 0;

  get size(): number {
    return this.commands.size;
  }

  /** Size of the ACK to send, in bytes; 0 if there is none. */
  get ackBytes(): number {
    return this.#ackUpTo === 0 ? 0 : ACK_BYTES + lengthBytes(this.#ackUpTo);
  }

  /**
   * Adds a request. Returns RATE_LIMITED, and does not add it, if 1024 requests are open.
   * @param isPush it is a push that `confirm` may answer.
   */
  add(sequence: number, cmd: number, isPush: boolean): ProtocolError | undefined {
    const { size } = this.commands;
    if (size >= MAX_OPEN_REQUESTS) {
      const text = `${size} requests wait for a reply, limit ${MAX_OPEN_REQUESTS}`;
      return new ProtocolError('RATE_LIMITED', text, { limit: MAX_OPEN_REQUESTS, actual: size + 1 });
    }
    this.commands.set(sequence, cmd);
    if (isPush) this.#pushes.set(sequence, false);
    return undefined;
  }

  /** @throws Error if the request is not open. */
  commandOf(sequence: number): number {
    const cmd = this.commands.get(sequence);
    if (cmd === undefined) throw new Error(`no open request with sequence ${sequence}`);
    return cmd;
  }

  /** The application has confirmed a push. It is answered by an ACK together with all pushes before it, once they are confirmed too. */
  confirm(sequence: number): void {
    if (!this.#pushes.has(sequence)) return;
    this.#pushes.set(sequence, true);
    this.#advance();
  }

  /** The sequence for the ACK to send, which answers all up to it; 0 if there is none. */
  takeAck(): number {
    const upTo = this.#ackUpTo;
    this.#ackUpTo = 0;
    return upTo;
  }

  delete(sequence: number): void {
    this.commands.delete(sequence);
    // Answered singly: "one answered singly before is passed over".
    if (this.#pushes.delete(sequence)) this.#advance();
  }

  clear(): void {
    this.commands.clear();
    this.#pushes.clear();
    this.#ackUpTo = 0;
  }

  #advance(): void {
    for (const [sequence, isConfirmed] of this.#pushes) {
      if (!isConfirmed) return;
      this.#pushes.delete(sequence);
      this.commands.delete(sequence);
      this.#ackUpTo = sequence;
    }
  }
}
