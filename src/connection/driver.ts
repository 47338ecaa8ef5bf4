import type { Session } from '../session/session.js';
import type { SessionEvent } from '../session/session-event.js';
import type { Link, LinkOwner } from './link.js';
import { messagesOf } from './messages.js';
import { LONGEST_TIMER_MS, type Runtime } from './runtime.js';
import { surface } from './surface.js';

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
  #isPaused = false;
  #cause: unknown;

  /** @param onEvent gets each event of the session, in order. It may call into the session. */
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

  /** What the transport says of its end. */
  get cause(): unknown {
    return this.#cause;
  }

  attach(link: Link): void {
    this.#link = link;
    this.settle();
  }

  /** Stops reading, where the transport can. Returns false where it cannot. */
  pause(): boolean {
    const link = this.#link;
    if (link?.pause === undefined) return false;
    if (!this.#isPaused) link.pause();
    this.#isPaused = true;
    return true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.session.excuse(this.nowMs);
    this.#isPaused = false;
    this.#link?.resume?.();
  }

  received(bytes: Uint8Array): void {
    this.#see('received', bytes);
    this.session.receive(bytes, this.nowMs);
    this.settle();
  }

  drained(): void {
    this.#flush();
  }

  ended(closeCode?: number, cause?: unknown): void {
    this.#isEnded = true;
    this.#cause = cause;
    this.session.end(this.nowMs, closeCode);
    this.settle();
  }

  /** Hands over events, and sees to bytes and deadline. From inside an event it leaves that to the call around it. */
  settle(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    for (let events = this.session.takeEvents(); events.length > 0; events = this.session.takeEvents()) {
      for (const event of events) this.#tell(event);
    }
    this.#isSettling = false;
    this.#arm();
    const { queuedBytes, state } = this.session;
    if (queuedBytes >= WRITE_AHEAD_BYTES || state === 'closed') this.#flush();
    else if (queuedBytes > 0) this.#flushSoon();
  }

  /** As `settle`, after a frame was queued for one of many: no event came of it, and no deadline. */
  settlePushed(): void {
    if (this.session.queuedBytes >= WRITE_AHEAD_BYTES) this.#flush();
    else this.#flushSoon();
  }

  /** Frames that are queued at the same time go out together. */
  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.#runtime.soon(this.#flushNow);
  }

  readonly #flushNow = (): void => {
    this.#isFlushing = false;
    this.#flush();
  };

  #flush(): void {
    const link = this.#link;
    if (link === undefined || this.#isEnded) return;
    const isClosed = this.session.state === 'closed';
    if (this.session.queuedBytes > 0 && (isClosed || link.bufferedBytes < WRITE_AHEAD_BYTES)) {
      const frames = this.session.takeBytes();
      if (this.#trace !== undefined) for (const frame of frames) this.#see('sent', frame);
      // No single frame is larger than its receiver takes.
      if (frames.length === 1 || link.subprotocol === undefined) link.write(frames);
      else for (const message of messagesOf(frames, this.session.maxMessageBytes)) link.write(message);
    }
    if (!isClosed) return;
    this.#isEnded = true;
    link.close(this.session.closeCode, this.session.closeError?.code ?? '');
  }

  #tell(event: SessionEvent): void {
    try {
      this.#onEvent(event);
    } catch (error) {
      surface(error);
    }
  }

  #see(...args: Parameters<Trace>): void {
    try {
      this.#trace?.(...args);
    } catch (error) {
      surface(error);
    }
  }

  /** A deadline that moves away leaves the timer as it is: most deadlines move with each frame. */
  #arm(): void {
    const deadlineMs = this.session.nextDeadlineMs;
    if (deadlineMs >= this.#timerAtMs && deadlineMs !== Number.POSITIVE_INFINITY) return;
    if (this.#timer !== undefined) this.#runtime.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#timerAtMs = deadlineMs;
    if (deadlineMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.ceil(Math.max(0, deadlineMs - this.nowMs));
    this.#timer = this.#runtime.setTimer(() => this.#tick(), Math.min(waitMs, LONGEST_TIMER_MS));
  }

  #tick(): void {
    this.#timer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    // A peer that is not read is not heard of.
    if (this.#isPaused) this.session.excuse(this.nowMs);
    if (this.session.nextDeadlineMs <= this.nowMs) this.session.tick(this.nowMs);
    this.settle();
  }
}
