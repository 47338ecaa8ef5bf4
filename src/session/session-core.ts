// What a connection is made of on one side, and how it ends. Session is its public face, Incoming and Outgoing what goes over it.

import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import type { AnyFrame } from '../codec/read-frame.js';
import { ProtocolError } from '../errors.js';
import { SILENT_HALF_INTERVALS } from '../limits.js';
import { type Agreement, acceptedFrameBytes } from '../negotiate/check-welcome.js';
import { FrameReader } from './frame-reader.js';
import { FrameWriter, OutgoingQueue } from './frame-writer.js';
import { RefusalBudget } from './refusal-budget.js';
import { type OpenRequest, Requests, Unanswered } from './requests.js';
import { EventList, type SessionState } from './session-event.js';
import { type SessionOptions, type SessionSettings, sessionSettings } from './session-options.js';

export abstract class SessionCore {
  readonly settings: SessionSettings;
  readonly reader: FrameReader;
  readonly writer: FrameWriter;
  readonly queue: OutgoingQueue;
  readonly events = new EventList();
  readonly requests = new Requests();
  readonly unanswered = new Unanswered();
  readonly idleTimer = new IdleTimer();
  readonly #refusals = new RefusalBudget();
  state: SessionState;
  agreement: Agreement | undefined;
  closeError: ProtocolError | undefined;
  /** The application takes no more messages for now: nothing is decoded. */
  isPaused = false;
  nowMs: number;
  /** May take frames from the queue, where there is no room for one more. */
  onFull: (() => void) | undefined;
  /** The next deadline that only this side has. */
  ownDeadlineMs: number;

  constructor(options: SessionOptions, state: SessionState, nowMs: number) {
    this.settings = sessionSettings(options);
    const { transport, frameTimeoutMs, maxFrameBytes } = this.settings;
    this.reader = new FrameReader(frameTimeoutMs, transport === 'websocket' ? acceptedFrameBytes(maxFrameBytes) : undefined);
    this.writer = new FrameWriter(this.settings.compressFromBytes);
    this.queue = new OutgoingQueue(this.settings.maxQueuedBytes);
    this.state = state;
    this.nowMs = nowMs;
    this.ownDeadlineMs = nowMs + this.settings.handshakeTimeoutMs;
  }

  // What the sides add.

  /** LOGIN was accepted. */
  abstract readonly isLoggedIn: boolean;
  abstract readonly isClient: boolean;
  abstract maySend(cmd: number): boolean;
  abstract mayReceive(cmd: number): boolean;
  /** The peer may send it before LOGIN was accepted. */
  abstract isForAnybody(cmd: number): boolean;
  /** `ownDeadlineMs` has come. */
  abstract expire(): void;
  /** A frame of the handshake, or any frame before the handshake is over. */
  abstract takeHandshake(frame: AnyFrame): void;
  /** Tells the peer of an error before the handshake is over. Returns what the connection closes with. */
  abstract refuseHandshake(error: ProtocolError): ProtocolError;
  /** So many bytes have arrived. */
  abstract received(bytes: number): void;
  /** A known command that the peer may send, other than HEARTBEAT and ERROR. */
  abstract handle(message: SendInfo): void;
  /** A reply to a request of this side, of the right command. Returns why it is none after all. */
  abstract judgeReply(message: SendInfo, request: OpenRequest): ProtocolError | undefined;

  // What they share.

  get isOpen(): boolean {
    return this.state !== 'closed';
  }

  get isWelcomed(): boolean {
    return this.agreement !== undefined;
  }

  get nextDeadlineMs(): number {
    if (!this.isOpen) return Number.POSITIVE_INFINITY;
    const ownMs = Math.min(this.requests.earliestDeadlineMs, this.ownDeadlineMs);
    return this.isBehind ? ownMs : Math.min(this.reader.deadlineMs, this.idleTimer.deadlineMs, ownMs);
  }

  /** This side has not read all that the peer has said, by its own choice: so the peer is not late. */
  get isBehind(): boolean {
    return this.isPaused || this.reader.undecodedChunks > 0;
  }

  /** Time goes on. Returns false on a closed connection. */
  enter(nowMs: number): boolean {
    if (nowMs > this.nowMs) this.nowMs = nowMs;
    return this.isOpen;
  }

  /** What the peer owes, it owes from now on. */
  readPaused(): void {
    if (this.isWelcomed) this.idleTimer.reset(this.nowMs);
    this.reader.readPaused(this.nowMs);
  }

  /** The time of the requests that were sent since then, and of the handshake, begins now. */
  restart(sinceMs: number): void {
    this.requests.restart(sinceMs, this.nowMs);
    if (!this.isWelcomed) this.ownDeadlineMs = this.nowMs + this.settings.handshakeTimeoutMs;
  }

  agree(agreement: Agreement): void {
    const { version, features, maxFrameBytes, heartbeatIntervalMs } = agreement;
    const deflate = features.includes('deflate') ? this.settings.deflate : undefined;
    this.agreement = agreement;
    this.reader.agree(version, deflate);
    this.writer.agree(version, deflate);
    this.writer.limit(maxFrameBytes);
    this.idleTimer.start(heartbeatIntervalMs, this.nowMs);
    this.state = 'anonymous';
    this.events.add({ type: 'negotiated', agreement });
  }

  /** Queues whole frames; a peer that takes too little of what is queued is told, and the connection closes. */
  enqueue(frame: Uint8Array): void {
    if (!this.isOpen) return;
    if (!this.queue.hasRoomFor(frame.length)) this.onFull?.();
    const error = this.queue.add(frame);
    if (error === undefined) return;
    // What waits is dropped: the peer does not take it, and only so the reason comes near to it.
    this.queue.clear();
    this.fail(error);
  }

  /** Closes the connection for an error; the peer is told, unless the error is local. "Closing on TCP: ERROR with the code first." */
  fail(error: ProtocolError, replyTo = 0, command = 0, retryAfterMs?: number): void {
    if (!this.isOpen) return;
    if (!this.isWelcomed) {
      this.finish(this.refuseHandshake(error));
      return;
    }
    if (!error.properties.local) this.enqueue(this.writer.encodeError(error, replyTo, { command, retryAfterMs }));
    this.finish(error);
  }

  /** The end, without a word to the peer. */
  finish(error: ProtocolError | undefined, retryAfterMs = 0): void {
    if (!this.isOpen) return;
    this.state = 'closed';
    this.closeError = error;
    for (const sequence of this.requests.clear()) {
      const reason = error ?? new ProtocolError('CLOSED', 'the connection has closed');
      this.events.add({ type: 'failed', sequence, error: reason, retryAfterMs: 0 });
    }
    this.unanswered.clear();
    this.reader.drop();
    this.events.add({ type: 'closed', error, retryAfterMs });
  }

  /** Answers a request with an error. "Before LOGIN every error closes." */
  refuseRequest(error: ProtocolError, replyTo: number, command: number, retryAfterMs?: number): void {
    if (error.properties.closes || !this.isLoggedIn) {
      this.fail(error, replyTo, command, retryAfterMs);
      return;
    }
    this.enqueue(this.writer.encodeError(error, replyTo, { command, retryAfterMs }));
    if (this.isOpen) this.events.add({ type: 'notice', error });
  }

  /** Refuses what the peer should not have sent: it is answered, and after LOGIN the connection is kept, as long as that is rare. */
  refuse(error: ProtocolError, replyTo: number, command: number): void {
    if (this.#isAffordable(replyTo, command)) this.refuseRequest(error, replyTo, command);
  }

  /** As `refuse`, for a message that may be a request: after LOGIN, one that is not is only reported. */
  refuseMessage({ cmd, sequence }: SendInfo, error: ProtocolError): void {
    if (sequence !== 0 || error.properties.closes || !this.isLoggedIn) this.refuse(error, sequence, cmd);
    else this.report(error);
  }

  /** Reports what the peer should not have sent, and what is not answered. */
  report(error: ProtocolError): void {
    if (this.#isAffordable(0, 0)) this.events.add({ type: 'notice', error });
  }

  /** A request of the peer is to be answered from now on. Returns false for one that cannot be taken. */
  note({ cmd, sequence }: SendInfo): boolean {
    const error = sequence === 0 ? undefined : this.unanswered.add(sequence, cmd);
    if (error !== undefined) this.refuse(error, sequence, cmd);
    return error === undefined;
  }

  /** Hands a message to the application. Returns false for one that cannot be taken. */
  deliver(message: SendInfo): boolean {
    if (!this.note(message)) return false;
    this.hand(message);
    return true;
  }

  hand(message: SendInfo): void {
    const { frameBytes: bytes, frameMemory: memory } = this.reader;
    this.events.add({ type: 'message', message, bytes, memory });
  }

  /** Counts a refusal. Returns false for one too many: then the connection has closed. */
  #isAffordable(replyTo: number, command: number): boolean {
    const error = this.#refusals.spend(this.nowMs);
    if (error !== undefined) this.fail(error, replyTo, command);
    return error === undefined;
  }
}

/** How long the peer has been silent: "any frame is a sign of life; each side closes (IDLE_TIMEOUT) after 2.5 silent intervals". */
class IdleTimer {
  #sinceMs = Number.POSITIVE_INFINITY;
  #limitMs = Number.POSITIVE_INFINITY;

  /** The peer has to be heard of from now on. */
  start(heartbeatIntervalMs: number, nowMs: number): void {
    this.#sinceMs = nowMs;
    this.#limitMs = (heartbeatIntervalMs / 2) * SILENT_HALF_INTERVALS;
  }

  /** The peer has sent a frame. */
  reset(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  get deadlineMs(): number {
    return this.#sinceMs + this.#limitMs;
  }

  elapsedMs(nowMs: number): number {
    return Math.floor(nowMs - this.#sinceMs);
  }
}
