import { ProtocolError } from '../errors.js';
import { BURST_FACTOR, DEADLINE_TURNS, WRITE_AHEAD_BYTES } from '../limits.js';
import type { Session } from '../session/session.js';
import type { SessionEvent } from '../session/session-event.js';
import { LONGEST_TIMER_MS, type Platform } from './platform.js';
import { messagesOf, type Transport, type TransportOwner } from './transport.js';

/** A timer that fires later than this, in milliseconds, shows that the event loop stood still. */
const STOOD_STILL_MS = 100;

/** Close codes of a WebSocket without an error (RFC 6455, section 7.4.1): normal closure, going away, and none. */
const CLEAN_CLOSE_CODES: readonly number[] = [1000, 1001, 1005];

/** Sees the bytes of a connection: chunks that came in, frames that go out. They are not to be changed. */
export type Trace = (direction: 'received' | 'sent', bytes: Uint8Array) => void;

/** Joins a session to a transport and a clock. Whoever calls into the session calls `settle` afterwards. */
export class Driver<S extends Session> implements TransportOwner {
  readonly session: S;
  /** What was written has gone out. */
  onDrained: (() => void) | undefined;
  readonly #platform: Platform;
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #trace: Trace | undefined;
  #transport: Transport | undefined;
  #timer: unknown;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #isSettling = false;
  /** Since when the queue waits for the end of this turn; undefined = it does not. */
  #flushSinceMs: number | undefined;
  #isEnded = false;
  #isEndedCleanly = false;
  /** The transport is not read: what has arrived is not decoded yet, or the application takes no more. */
  #isReadingPaused = false;
  #isReading = false;
  readonly #takesAllAtEnd: boolean;
  /** A deadline has come, and what has arrived until then is being read. */
  #isOverdue = false;
  #hasReceived = false;
  /** The transport is full, and whether it has had a turn of the event loop to write. */
  #isFull = false;
  #isBehind = false;
  #cause: unknown;

  /**
   * @param onEvent gets each event of the session, in order. It may call into the session.
   * @param onFailure gets what neither a peer nor a callback explains. The connection is closed then, as INTERNAL.
   * @param trace must not throw.
   * @param takesAllAtEnd when the transport ends, what has arrived is handed over although reading was paused.
   */
  constructor(
    session: S,
    platform: Platform,
    onEvent: (event: SessionEvent) => void,
    onFailure: (error: unknown) => void,
    trace?: Trace,
    takesAllAtEnd = false,
  ) {
    this.session = session;
    this.#platform = platform;
    this.#onEvent = onEvent;
    this.#onFailure = onFailure;
    this.#trace = trace;
    this.#takesAllAtEnd = takesAllAtEnd;
    session.onFull = () => this.#makeRoom();
    this.#arm();
  }

  get nowMs(): number {
    return this.#platform.nowMs();
  }

  get transport(): Transport | undefined {
    return this.#transport;
  }

  /** What the transport says of its end. */
  get cause(): unknown {
    return this.#cause;
  }

  /** The peer has ended the transport without an error. TCP cannot say more: a process that was killed ends it the same way. */
  get isEndedCleanly(): boolean {
    return this.#isEndedCleanly;
  }

  attach(transport: Transport): void {
    this.#transport = transport;
    this.settle();
  }

  /** The transport can stop reading. One that has ended has nothing more to read. */
  get canPause(): boolean {
    return this.#transport?.pause !== undefined && !this.#isEnded;
  }

  /** Stops decoding, and reading where the transport can. */
  pause(): void {
    this.session.pause(this.nowMs);
    this.#steer();
  }

  resume(): void {
    if (!this.session.isPaused) return;
    this.session.resume(this.nowMs);
    // What waits is read in the next turn: a handler that answers at once would keep the event loop until all is read.
    this.settle();
  }

  received(bytes: Uint8Array): void {
    this.#hasReceived = true;
    this.#trace?.('received', bytes);
    this.#guard(() => this.session.receive(bytes, this.nowMs));
    this.settle();
  }

  drained(): void {
    this.#flush();
    this.onDrained?.();
  }

  /** Whether a frame of any size finds room in the queue. Where it does not, the transport is full, and `onDrained` follows. */
  hasRoom(): boolean {
    const { session } = this;
    const isRoomy = (): boolean =>
      session.queuedBytes === 0 || session.queuedBytes + session.maxMessageBytes <= session.maxQueuedBytes;
    if (!isRoomy()) this.#flush();
    return isRoomy();
  }

  ended(closeCode?: number, cause?: unknown): void {
    this.#isEnded = true;
    this.#isEndedCleanly = cause === undefined && (closeCode === undefined || CLEAN_CLOSE_CODES.includes(closeCode));
    this.#cause = cause;
    if (this.#takesAllAtEnd) this.session.resume(this.nowMs);
    while (this.#readMore()) this.settle();
    this.session.end(this.nowMs, closeCode);
    this.settle();
  }

  /** Hands over events, and sees to bytes and deadline. From inside an event it leaves that to the call around it. */
  settle(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    for (let events = this.session.takeEvents(); events.length > 0; events = this.session.takeEvents()) {
      for (const event of events) this.#guard(() => this.#onEvent(event));
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

  /** Reads from the transport only what the session can decode now; the rest of a large chunk is decoded in turns, between other connections. */
  #steer(): void {
    const { isPaused, undecodedBytes, state } = this.session;
    if (undecodedBytes > 0 && !isPaused) this.#readSoon();
    const isReadingPaused = (isPaused || undecodedBytes > 0) && state !== 'closed';
    if (isReadingPaused === this.#isReadingPaused) return;
    this.#isReadingPaused = isReadingPaused;
    if (isReadingPaused) this.#transport?.pause?.();
    else this.#transport?.resume?.();
  }

  #readSoon(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#platform.soon(this.#readNow);
  }

  readonly #readNow = (): void => {
    this.#isReading = false;
    this.#readMore();
    this.settle();
  };

  /** Frames that are queued at the same time go out together. */
  #flushSoon(): void {
    if (this.#flushSinceMs !== undefined) return;
    this.#flushSinceMs = this.nowMs;
    this.#platform.soon(this.#flushNow);
  }

  readonly #flushNow = (): void => {
    const { nowMs } = this;
    const sinceMs = this.#flushSinceMs ?? nowMs;
    this.#flushSinceMs = undefined;
    if (nowMs - sinceMs > STOOD_STILL_MS) this.session.restart(sinceMs, nowMs);
    this.#flush();
  };

  #flush(): void {
    const transport = this.#transport;
    // Nobody reads it any more.
    if (this.#isEnded) this.session.takeBytes();
    if (transport === undefined || this.#isEnded) return;
    const isClosed = this.session.state === 'closed';
    if (isClosed && this.#isSettling) return;
    if (isClosed || transport.bufferedBytes < WRITE_AHEAD_BYTES) this.#write(transport);
    if (!isClosed) return;
    this.#isEnded = true;
    transport.close(this.session.closeCode, String(this.session.closeError?.code ?? ''));
  }

  /**
   * The queue of the session is full. In the turn of the event loop that filled it, the transport takes more than it can write at once:
   * only then it is known whether the peer reads. Whether that turn is over, `#watch` finds out.
   */
  #makeRoom(): void {
    const transport = this.#transport;
    if (transport === undefined || this.#isEnded) return;
    const { bufferedBytes } = transport;
    const { queuedBytes, maxQueuedBytes } = this.session;
    const isBurst = !this.#isBehind && bufferedBytes + queuedBytes <= BURST_FACTOR * maxQueuedBytes;
    if (isBurst || bufferedBytes < WRITE_AHEAD_BYTES) this.#write(transport);
  }

  #write(transport: Transport): void {
    if (this.session.queuedBytes === 0) return;
    if (transport.bufferedBytes < WRITE_AHEAD_BYTES) this.#isBehind = false;
    const frames = this.session.takeBytes();
    if (this.#trace !== undefined) for (const frame of frames) this.#trace('sent', frame);
    // No single frame is larger than its receiver takes.
    if (frames.length === 1 || this.session.transport === 'tcp') transport.write(frames);
    else for (const message of messagesOf(frames, this.session.maxMessageBytes)) transport.write(message);
    this.#watch(transport);
  }

  /** A full transport is behind once it has had a turn of the event loop and is still full. */
  #watch(transport: Transport): void {
    if (this.#isFull || transport.bufferedBytes < WRITE_AHEAD_BYTES) return;
    this.#isFull = true;
    this.#platform.turn(() => {
      this.#isFull = false;
      this.#isBehind = transport.bufferedBytes >= WRITE_AHEAD_BYTES;
    });
  }

  #readMore(): boolean {
    return this.#guard(() => this.session.readMore(this.nowMs)) ?? false;
  }

  /** One connection that fails, because a `deflate` of the application throws, must not end the others. */
  #guard<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (cause) {
      this.#onFailure(cause);
      this.session.close(this.nowMs, new ProtocolError('INTERNAL', 'internal error', { cause }));
      return undefined;
    }
  }

  /** A deadline that moves away leaves the timer as it is: most deadlines move with each frame. */
  #arm(): void {
    if (this.#isOverdue) return;
    const deadlineMs = this.session.nextDeadlineMs;
    if (deadlineMs >= this.#timerAtMs && deadlineMs !== Number.POSITIVE_INFINITY) return;
    if (this.#timer !== undefined) this.#platform.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#timerAtMs = deadlineMs;
    if (deadlineMs === Number.POSITIVE_INFINITY) return;
    const waitMs = Math.ceil(Math.max(0, deadlineMs - this.nowMs));
    this.#timer = this.#platform.setTimer(() => this.#tick(), Math.min(waitMs, LONGEST_TIMER_MS));
  }

  #tick(): void {
    const { nowMs, session } = this;
    const dueMs = this.#timerAtMs;
    this.#timer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    // A transport that is being opened takes several steps of this side, too.
    if (this.#transport === undefined && nowMs - dueMs > STOOD_STILL_MS) session.restart(dueMs, nowMs);
    this.#isOverdue = session.nextDeadlineMs <= nowMs;
    if (this.#isOverdue) this.#readFirst(nowMs, DEADLINE_TURNS);
    else this.#arm();
  }

  /**
   * Judges the deadlines up to this time once what has arrived was read: a timer that fires late may be ahead of bytes that came in time.
   * Where there is much to read, that takes several turns of the event loop. Their number is bounded: a peer that always has something to
   * say does not put the deadline off.
   */
  #readFirst(dueMs: number, turns: number): void {
    this.#hasReceived = false;
    this.#platform.turn(() => {
      if (turns > 1 && (this.#hasReceived || this.#isReading)) {
        this.#readFirst(dueMs, turns - 1);
        return;
      }
      this.#isOverdue = false;
      this.#guard(() => this.session.tick(this.nowMs, dueMs));
      this.settle();
    });
  }
}
