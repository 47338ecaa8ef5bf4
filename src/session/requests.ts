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
  /** Created with the first request, as in PeerRequests: an idle connection of a server has none, and there are many. */
  #open: Map<number, OpenRequest> | undefined;
  #last: number;
  /** Undefined, not Infinity, without a request: V8 allocates memory for a number that is no small integer. */
  #earliestMs: number | undefined;

  /** @param last the last sequence that was used. */
  constructor(last = 0) {
    this.#last = last;
  }

  /** By sequence, in the order in which they were sent. Entries are added by `add`. */
  get open(): Map<number, OpenRequest> {
    this.#open ??= new Map();
    return this.#open;
  }

  get size(): number {
    return this.#open === undefined ? 0 : this.#open.size;
  }

  /** A lower bound of all deadlines, exact after `overdue`: replies and `restart` do not update it. Infinity without a request. */
  get earliestDeadlineMs(): number {
    return this.#earliestMs ?? Number.POSITIVE_INFINITY;
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
    this.#earliestMs = Math.min(this.earliestDeadlineMs, request.deadlineMs);
  }

  /** Removes and returns a request; undefined if it is not open. */
  take(sequence: number): OpenRequest | undefined {
    const request = this.#open?.get(sequence);
    if (request !== undefined) this.open.delete(sequence);
    return request;
  }

  /** Removes and returns the overdue requests, in the order in which they were sent. */
  overdue(nowMs: number): [number, OpenRequest][] {
    const found: [number, OpenRequest][] = [];
    this.#earliestMs = undefined;
    if (this.size === 0) return found;
    for (const [sequence, request] of this.open) {
      if (request.deadlineMs <= nowMs) found.push([sequence, request]);
      else this.#earliestMs = Math.min(this.earliestDeadlineMs, request.deadlineMs);
    }
    for (const [sequence] of found) this.open.delete(sequence);
    return found;
  }

  /** Restarts the timeouts of the requests that were sent since `sinceMs`. */
  restart(sinceMs: number, nowMs: number): void {
    if (this.size === 0) return;
    for (const [sequence, request] of this.open) {
      const { sentAtMs, deadlineMs } = request;
      if (sentAtMs < sinceMs) continue;
      this.open.set(sequence, { ...request, sentAtMs: nowMs, deadlineMs: nowMs + deadlineMs - sentAtMs });
    }
  }

  /** Removes all requests. Returns their sequences. */
  clear(): number[] {
    this.#earliestMs = undefined;
    if (this.#open === undefined) return [];
    const sequences = [...this.#open.keys()];
    this.#open = undefined;
    return sequences;
  }
}

/** Size of the frame of an ACK, without the varint of its sequence. */
const ACK_BYTES = 14;

/** The open requests of the peer, which this side has to answer. */
export class PeerRequests {
  /** The sequence and command of one open request: most clients have no other, and need no map. 0 = none. */
  #sequence = 0;
  #cmd = 0;
  /** The commands of the others, by sequence. */
  #others: Map<number, number> | undefined;
  /** The pushes that an ACK may answer, in the order of sending, and whether the application has confirmed them. */
  #pushes: Map<number, boolean> | undefined;
  /** The last push of those that the next ACK answers; 0 = none. */
  #ackUpTo = 0;

  get size(): number {
    const others = this.#others === undefined ? 0 : this.#others.size;
    return this.#sequence === 0 ? others : others + 1;
  }

  has(sequence: number): boolean {
    return sequence !== 0 && (sequence === this.#sequence || this.#others?.has(sequence) === true);
  }

  /** Number of open requests of a command. */
  countOf(cmd: number): number {
    let count = this.#sequence !== 0 && this.#cmd === cmd ? 1 : 0;
    for (const other of this.#others?.values() ?? []) if (other === cmd) count += 1;
    return count;
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
    const { size } = this;
    if (size >= MAX_OPEN_REQUESTS) {
      const text = `${size} requests wait for a reply, limit ${MAX_OPEN_REQUESTS}`;
      return new ProtocolError('RATE_LIMITED', text, { limit: MAX_OPEN_REQUESTS, actual: size + 1 });
    }
    if (this.#sequence === 0) {
      this.#sequence = sequence;
      this.#cmd = cmd;
    } else {
      this.#others ??= new Map();
      this.#others.set(sequence, cmd);
    }
    if (isPush) {
      this.#pushes ??= new Map();
      this.#pushes.set(sequence, false);
    }
    return undefined;
  }

  /** @throws Error if the request is not open. */
  commandOf(sequence: number): number {
    const cmd = sequence !== 0 && sequence === this.#sequence ? this.#cmd : this.#others?.get(sequence);
    if (cmd === undefined) throw new Error(`no open request with sequence ${sequence}`);
    return cmd;
  }

  /** The application has confirmed a push. It is answered by an ACK together with all pushes before it, once they are confirmed too. */
  confirm(sequence: number): void {
    if (!this.#pushes?.has(sequence)) return;
    this.#pushes.set(sequence, true);
    this.#advance(this.#pushes);
  }

  /** The sequence for the ACK to send, which answers all up to it; 0 if there is none. */
  takeAck(): number {
    const upTo = this.#ackUpTo;
    this.#ackUpTo = 0;
    return upTo;
  }

  delete(sequence: number): void {
    this.#remove(sequence);
    // Answered singly: "one answered singly before is passed over".
    if (this.#pushes?.delete(sequence)) this.#advance(this.#pushes);
  }

  clear(): void {
    this.#sequence = 0;
    this.#others = undefined;
    this.#pushes = undefined;
    this.#ackUpTo = 0;
  }

  #remove(sequence: number): void {
    if (sequence === this.#sequence) this.#sequence = 0;
    else this.#others?.delete(sequence);
  }

  #advance(pushes: Map<number, boolean>): void {
    for (const [sequence, isConfirmed] of pushes) {
      if (!isConfirmed) return;
      pushes.delete(sequence);
      this.#remove(sequence);
      this.#ackUpTo = sequence;
    }
  }
}
