import { WRITE_AHEAD_BYTES } from '../limits.js';
import type { Session } from '../session/session.js';
import type { SessionEvent } from '../session/session-event.js';
import type { Link, LinkOwner } from './link.js';
import { messagesOf } from './messages.js';
import { LONGEST_TIMER_MS, type Runtime } from './runtime.js';
import { surface } from './surface.js';

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
  /** The link is not read: what has arrived is not decoded yet, or the application takes no more. */
  #isLinkPaused = false;
  #isReading = false;
  readonly #takesAllAtEnd: boolean;
  #cause: unknown;

  /**
   * @param onEvent gets each event of the session, in order. It may call into the session.
   * @param takesAllAtEnd when the transport ends, what has arrived is handed over although reading was paused.
   */
  constructor(session: S, runtime: Runtime, onEvent: (event: SessionEvent) => void, trace?: Trace, takesAllAtEnd = false) {
    this.session = session;
    this.#runtime = runtime;
    this.#onEvent = onEvent;
    this.#trace = trace;
    this.#takesAllAtEnd = takesAllAtEnd;
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

  /** The transport can stop reading. One that has ended has nothing more to read. */
  get canPause(): boolean {
    return this.#link?.pause !== undefined && !this.#isEnded;
  }

  /** Stops decoding, and reading where the transport can. */
  pause(): void {
    this.session.pause(this.nowMs);
    this.#steer();
  }

  resume(): void {
    if (!this.session.isPaused) return;
    this.session.resume(this.nowMs);
    this.session.readMore(this.nowMs);
    this.settle();
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
    if (this.#takesAllAtEnd) this.session.resume(this.nowMs);
    while (this.session.readMore(this.nowMs)) this.settle();
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
    this.#steer();
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

  /** Reads from the link only what the session can decode now; the rest of a large chunk is decoded in turns, between other connections. */
  #steer(): void {
    const { isPaused, undecodedBytes, state } = this.session;
    if (undecodedBytes > 0 && !isPaused) this.#readSoon();
    const isLinkPaused = (isPaused || undecodedBytes > 0) && state !== 'closed';
    if (isLinkPaused === this.#isLinkPaused) return;
    this.#isLinkPaused = isLinkPaused;
    if (isLinkPaused) this.#link?.pause?.();
    else this.#link?.resume?.();
  }

  #readSoon(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#runtime.soon(this.#readNow);
  }

  readonly #readNow = (): void => {
    this.#isReading = false;
    this.session.readMore(this.nowMs);
    this.settle();
  };

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
    // Nobody reads it any more.
    if (this.#isEnded) this.session.takeBytes();
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
    if (this.session.nextDeadlineMs <= this.nowMs) this.session.tick(this.nowMs);
    this.settle();
  }
}
