import type { Session } from '../session/session.js';
import type { SessionEvent } from '../session/session-event.js';
import { batches } from './batches.js';
import type { Link, LinkOwner } from './link.js';
import type { Runtime } from './runtime.js';

/** So much may wait inside the transport; more waits in the session, where it is bounded. */
const WRITE_AHEAD_BYTES = 65_536;

/** Sees the bytes of a connection: chunks that came in, frames that go out. They are not to be changed. */
export type Trace = (direction: 'received' | 'sent', bytes: Uint8Array) => void;

/** Joins a session to a link and a clock. Whoever calls into the session calls `settle` afterwards. */
export class Driver<S extends Session> implements LinkOwner {
  readonly session: S;
  readonly #runtime: Runtime;
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #trace: Trace | undefined;
  #link: Link | undefined;
  #timer: unknown;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #isSettling = false;
  #isFlushing = false;
  #isEnded = false;

  /** @param onEvent gets each event of the session, in order. It may call into the session, and must not throw. */
  constructor(session: S, runtime: Runtime, onEvent: (event: SessionEvent) => void, trace?: Trace) {
    this.session = session;
    this.#runtime = runtime;
    this.#onEvent = onEvent;
    this.#trace = trace;
    this.#arm();
  }

  get nowMs(): number {
    return this.#runtime.nowMs();
  }

  get link(): Link | undefined {
    return this.#link;
  }

  attach(link: Link): void {
    this.#link = link;
    this.settle();
  }

  received(bytes: Uint8Array): void {
    this.#trace?.('received', bytes);
    this.session.receive(bytes, this.nowMs);
    this.settle();
  }

  drained(): void {
    this.#flush();
  }

  ended(closeCode?: number): void {
    this.#isEnded = true;
    this.session.end(this.nowMs, closeCode);
    this.settle();
  }

  /** Hands over events, and sees to bytes and deadline. From inside an event it leaves that to the call around it. */
  settle(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    for (let events = this.session.takeEvents(); events.length > 0; events = this.session.takeEvents()) {
      for (const event of events) this.#onEvent(event);
    }
    this.#isSettling = false;
    this.#arm();
    const { queuedBytes, state } = this.session;
    if (queuedBytes >= WRITE_AHEAD_BYTES || state === 'closed') this.#flush();
    else if (queuedBytes > 0) this.#flushSoon();
  }

  /** Frames that are queued at the same time go out together. */
  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.#runtime.soon(() => {
      this.#isFlushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    const link = this.#link;
    if (link === undefined || this.#isEnded) return;
    const isClosed = this.session.state === 'closed';
    if (this.session.queuedBytes > 0 && (isClosed || link.bufferedBytes < WRITE_AHEAD_BYTES)) {
      const frames = this.session.takeBytes();
      if (this.#trace !== undefined) for (const frame of frames) this.#trace('sent', frame);
      // "a binary message ... is at most the receiver's max_frame_bytes"
      const limit = link.subprotocol === undefined ? Number.POSITIVE_INFINITY : this.session.maxMessageBytes;
      for (const batch of batches(frames, limit)) link.write(batch);
    }
    if (!isClosed) return;
    this.#isEnded = true;
    link.close(this.session.closeCode, this.session.closeError?.code ?? '');
  }

  /** A deadline that moves away leaves the timer as it is: most deadlines move with each frame. */
  #arm(): void {
    const deadlineMs = this.session.nextDeadlineMs;
    if (deadlineMs >= this.#timerAtMs && deadlineMs !== Number.POSITIVE_INFINITY) return;
    if (this.#timer !== undefined) this.#runtime.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#timerAtMs = deadlineMs;
    if (deadlineMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#runtime.setTimer(() => this.#tick(), Math.ceil(Math.max(0, deadlineMs - this.nowMs)));
  }

  #tick(): void {
    this.#timer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    if (this.session.nextDeadlineMs <= this.nowMs) this.session.tick(this.nowMs);
    this.settle();
  }
}
