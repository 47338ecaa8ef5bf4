import { ProtocolError } from '../errors.js';
import { BURST_FACTOR, DEADLINE_TURNS, WRITE_AHEAD_BYTES } from '../limits.js';
import type { Session } from '../session/session.js';
import type { SessionEvent } from '../session/session-event.js';
import { LONGEST_TIMER_MS, type Platform } from './platform.js';
import { messagesOf, type Transport, type TransportOwner } from './transport.js';

/** A timer that is later than this, in milliseconds, shows that the event loop was blocked. */
export const BLOCKED_MS = 100;

/** Close codes of a WebSocket without an error (RFC 6455, section 7.4.1): normal closure, going away, no code. */
const CLEAN_CLOSE_CODES: readonly number[] = [1000, 1001, 1005];

/** Called with the bytes of a connection: received chunks and sent frames. They must not be changed. */
export type Trace = (direction: 'received' | 'sent', bytes: Uint8Array) => void;

/** What a Driver calls. Only `takeEvent` may throw: then the connection closes with INTERNAL. */
export interface DriverOwner {
  /** Called with each event of the session, in order. It may call into the session. */
  takeEvent(event: SessionEvent): void;
  /** Called with an unexpected error. The connection closes with INTERNAL. */
  failed(error: unknown): void;
  /** Called with what is written to the transport. */
  written?(bytes: number, frames: number): void;
  /** Called when the transport is full although the event loop has turned, and when it is no longer. */
  stuck?(isStuck: boolean): void;
}

/** The driver of a session. */
const DRIVER = Symbol('driver');

type Driven = Session & { [DRIVER]?: Driver<Session> };

function makeRoom(this: Session): void {
  (this as Driven)[DRIVER]?.makeRoom();
}

/**
 * Runs a session over a transport and a clock. Call `settle` after each call into the session.
 *
 * Received bytes go to the session, which is not read faster than it decodes. Its frames go to the transport only while that has written
 * nearly all earlier ones; the rest stays in the session's bounded queue.
 */
export class Driver<S extends Session> implements TransportOwner {
  readonly session: S;
  /** Called when the transport has written its buffer. */
  onDrained: (() => void) | undefined;
  /** Number of chunks or messages that have arrived. */
  receivedChunks = 0;
  readonly #platform: Platform;
  readonly #owner: DriverOwner;
  readonly #trace: Trace | undefined;
  #transport: Transport | undefined;
  #timer: unknown;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #isSettling = false;
  /** Since when a flush is scheduled; undefined if none is. */
  #flushSinceMs: number | undefined;
  #isEnded = false;
  #isEndedCleanly = false;
  /** The transport is paused: received bytes are not decoded yet, or the session is paused. */
  #isReadingPaused = false;
  #isReading = false;
  readonly #drainsAtEnd: boolean;
  /** A deadline has passed, and received bytes are being read before it is handled. */
  #isOverdue = false;
  /** The transport is full. It is stuck if it is still full after a turn of the event loop. */
  #isFull = false;
  #isStuck = false;
  #cause: unknown;

  /**
   * @param trace must not throw.
   * @param drainsAtEnd when the transport ends, decode the received bytes even if the session is paused.
   */
  constructor(session: S, platform: Platform, owner: DriverOwner, trace?: Trace, drainsAtEnd = false) {
    this.session = session;
    this.#platform = platform;
    this.#owner = owner;
    this.#trace = trace;
    this.#drainsAtEnd = drainsAtEnd;
    // One function for all sessions, which finds the driver: a closure would be memory of each idle connection.
    (session as Driven)[DRIVER] = this;
    session.onFull = makeRoom;
    this.#arm();
  }

  get nowMs(): number {
    return this.#platform.nowMs();
  }

  get transport(): Transport | undefined {
    return this.#transport;
  }

  /** The error with which the transport ended, if any. */
  get cause(): unknown {
    return this.#cause;
  }

  /** The peer has ended the transport without an error. On TCP, a killed process looks the same. */
  get isEndedCleanly(): boolean {
    return this.#isEndedCleanly;
  }

  attach(transport: Transport): void {
    this.#transport = transport;
    this.settle();
  }

  /** Whether the transport can stop reading. False after its end. */
  get canPause(): boolean {
    return this.#transport?.pause !== undefined && !this.#isEnded;
  }

  /** Stops decoding, and reading if the transport can. */
  pause(): void {
    this.session.pause(this.nowMs);
    this.#updateReading();
  }

  resume(): void {
    if (!this.session.isPaused) return;
    this.session.resume(this.nowMs);
    // Decode in the next turn: a handler that answers at once would otherwise block the event loop.
    this.settle();
  }

  received(bytes: Uint8Array): void {
    this.receivedChunks += 1;
    this.#trace?.('received', bytes);
    this.#guard(() => this.session.receive(bytes, this.nowMs));
    this.settle();
  }

  drained(): void {
    if (this.#isStuck && (this.#transport?.bufferedBytes ?? 0) < WRITE_AHEAD_BYTES) this.#setStuck(false);
    this.#flush();
    this.onDrained?.();
  }

  /** Whether the queue has room for a frame of any size. If not, the transport is full, and `onDrained` follows. */
  hasRoom(): boolean {
    const { session } = this;
    const canQueue = (): boolean =>
      session.queuedBytes === 0 || session.queuedBytes + session.maxMessageBytes <= session.maxQueuedBytes;
    if (!canQueue()) this.#flush();
    return canQueue();
  }

  ended(closeCode?: number, cause?: unknown): void {
    this.#isEnded = true;
    this.#isEndedCleanly = cause === undefined && (closeCode === undefined || CLEAN_CLOSE_CODES.includes(closeCode));
    this.#cause = cause;
    if (this.#drainsAtEnd) this.session.resume(this.nowMs);
    while (this.#readMore()) this.settle();
    this.session.end(this.nowMs, closeCode);
    this.settle();
  }

  /** Delivers events, then writes bytes and sets the timer. A nested call, from an event, leaves this to the outer call. */
  settle(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    for (let events = this.session.takeEvents(); events.length > 0; events = this.session.takeEvents()) {
      for (const event of events) this.#guard(() => this.#owner.takeEvent(event));
    }
    this.#isSettling = false;
    this.#updateReading();
    this.#arm();
    const { queuedBytes, state } = this.session;
    if (queuedBytes >= WRITE_AHEAD_BYTES || state === 'closed') this.#flush();
    else if (queuedBytes > 0) this.#flushSoon();
  }

  /** As `settle`, after `pushFrame`, which adds no event and no deadline. */
  settlePushed(): void {
    if (this.session.queuedBytes >= WRITE_AHEAD_BYTES) this.#flush();
    else this.#flushSoon();
  }

  /** Pauses the transport while the session has undecoded bytes, which are decoded in later turns: other connections come between. */
  #updateReading(): void {
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
    this.#platform.soon(() => this.#readNow());
  }

  #readNow(): void {
    this.#isReading = false;
    this.#readMore();
    this.settle();
  }

  /** Frames that are queued in the same turn are written together. */
  #flushSoon(): void {
    if (this.#flushSinceMs !== undefined) return;
    this.#flushSinceMs = this.nowMs;
    // A new function each time: kept, it would be memory of each idle connection.
    this.#platform.soon(() => this.#flushNow());
  }

  #flushNow(): void {
    const { nowMs } = this;
    const sinceMs = this.#flushSinceMs ?? nowMs;
    this.#flushSinceMs = undefined;
    if (nowMs - sinceMs > BLOCKED_MS) this.session.restart(sinceMs, nowMs);
    this.#flush();
  }

  #flush(): void {
    const transport = this.#transport;
    // The transport is gone.
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
   * The queue of the session is full. Within one turn of the event loop, the transport may buffer a burst: whether the peer reads is known only
   * after the turn, by `#watch`.
   */
  makeRoom(): void {
    const transport = this.#transport;
    if (transport === undefined || this.#isEnded) return;
    const { bufferedBytes } = transport;
    const { queuedBytes, maxQueuedBytes } = this.session;
    const isBurst = !this.#isStuck && bufferedBytes + queuedBytes <= BURST_FACTOR * maxQueuedBytes;
    if (isBurst || bufferedBytes < WRITE_AHEAD_BYTES) this.#write(transport);
  }

  #write(transport: Transport): void {
    if (this.session.queuedBytes === 0) return;
    if (transport.bufferedBytes < WRITE_AHEAD_BYTES) this.#setStuck(false);
    const { queuedBytes } = this.session;
    const frames = this.session.takeBytes();
    this.#owner.written?.(queuedBytes, frames.length);
    if (this.#trace !== undefined) for (const frame of frames) this.#trace('sent', frame);
    // No single frame exceeds the limit of the receiver.
    if (frames.length === 1 || this.session.transport === 'tcp') transport.write(frames);
    else for (const message of messagesOf(frames, this.session.maxMessageBytes)) transport.write(message);
    this.#watch(transport);
  }

  /** A full transport is stuck if it is still full after a turn of the event loop. */
  #watch(transport: Transport): void {
    if (this.#isFull || transport.bufferedBytes < WRITE_AHEAD_BYTES) return;
    this.#isFull = true;
    this.#platform.turn(() => {
      this.#isFull = false;
      this.#setStuck(transport.bufferedBytes >= WRITE_AHEAD_BYTES);
    });
  }

  #setStuck(isStuck: boolean): void {
    if (isStuck === this.#isStuck) return;
    this.#isStuck = isStuck;
    this.#owner.stuck?.(isStuck);
  }

  #readMore(): boolean {
    return this.#guard(() => this.session.readMore(this.nowMs)) ?? false;
  }

  /** An unexpected error, for example of an application's `deflate`, ends this connection and no other. */
  #guard<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (cause) {
      this.#owner.failed(cause);
      this.session.close(this.nowMs, new ProtocolError('INTERNAL', 'internal error', { cause }));
      return undefined;
    }
  }

  /** Keeps the timer if the deadline has moved away: most deadlines move with each frame. */
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
    // While the transport is being opened, a blocked event loop delays this side, not the peer.
    if (this.#transport === undefined && nowMs - dueMs > BLOCKED_MS) session.restart(dueMs, nowMs);
    this.#isOverdue = session.nextDeadlineMs <= nowMs;
    if (this.#isOverdue) this.#readFirst(nowMs, DEADLINE_TURNS);
    else this.#arm();
  }

  /**
   * Handles the deadlines up to `dueMs` after the received bytes were read: a late timer may run before bytes that arrived in time. Reading
   * them may need several turns of the event loop. The number of turns is bounded, so that a busy peer cannot postpone a deadline.
   */
  #readFirst(dueMs: number, turns: number): void {
    const { receivedChunks } = this;
    this.#platform.turn(() => {
      if (turns > 1 && (this.receivedChunks > receivedChunks || this.#isReading)) {
        this.#readFirst(dueMs, turns - 1);
        return;
      }
      this.#isOverdue = false;
      this.#guard(() => this.session.tick(this.nowMs, dueMs));
      this.settle();
    });
  }
}
