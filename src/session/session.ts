// What both sides of a connection have in common: frames in and out, requests and replies, deadlines, and how it ends.
import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import { Command } from '../../generated/types/im/protocol/v1/command.js';
import type { ErrorInfo } from '../../generated/types/im/protocol/v1/error_info.js';
import type { LoginInfo } from '../../generated/types/im/protocol/v1/login_info.js';
import { SendCode } from '../../generated/types/im/protocol/v1/send_code.js';
import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';

import { commandName, isKnownCommand } from '../codec/command-name.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { AnyFrame } from '../codec/read-frame.js';
import type { EncodeFrameOptions } from '../codec/write-frame.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import {
  CLOSE_CODE_BASE,
  FLAG_IGNORABLE,
  HANDSHAKE_MAX_FRAME_BYTES,
  MAX_OPEN_REQUESTS,
  SILENT_HALF_INTERVALS,
} from '../limits.js';
import { type Agreement, acceptedFrameBytes } from '../negotiate/agreement.js';
import { peerError } from '../negotiate/peer-error.js';
import { replyOf } from './command-rules.js';
import { createErrorInfo } from './error-info.js';
import { FrameReader, type FrameTaker } from './frame-reader.js';
import { linked } from './linked.js';
import { OutgoingQueue } from './outgoing-queue.js';
import { type OpenRequest, Requests } from './requests.js';
import type { SessionEvent, SessionState } from './session-event.js';
import { type SessionOptions, type SessionSettings, sessionSettings } from './session-options.js';

/** "WebSocket close code = 4000 + number": four thousand and up to here is for applications of WebSocket (RFC 6455, section 7.4.2). */
const CLOSE_CODE_END = 5000;

/** The close code of a WebSocket that closes without an error (RFC 6455, section 7.4.1). */
const NORMAL_CLOSURE = 1000;

/** So many notices wait at most to be taken. */
const MAX_NOTICES = 100;

/**
 * One side of a connection as a state machine without socket, timer and clock. Bytes and time go in; bytes, events and the next deadline
 * come out. After each call its driver writes `takeBytes()`, looks at `takeEvents()`, sees to it that `tick` is called at
 * `nextDeadlineMs`, and ends the transport once `state` is `closed`, behind the last bytes.
 *
 * `nowMs` is a monotonic clock in milliseconds, as `performance.now()`. A value below an earlier one counts as that: time never goes back.
 */
export abstract class Session {
  protected readonly settings: SessionSettings;
  protected readonly reader: FrameReader;
  protected encoding: EncodeFrameOptions = {};
  protected nowMs: number;
  #state: SessionState;
  #agreement: Agreement | undefined;
  #closeError: ProtocolError | undefined;
  #silentFromMs = Number.POSITIVE_INFINITY;
  readonly #queue: OutgoingQueue;
  #events: SessionEvent[] = [];
  /** How many of the events are notices. */
  #notices = 0;
  readonly #requests = new Requests();
  /** The requests of the peer that wait for our reply, with their commands. */
  readonly #toAnswer = new Map<number, number>();

  protected constructor(options: SessionOptions, state: SessionState, nowMs: number) {
    this.settings = sessionSettings(options);
    this.reader = new FrameReader(this.settings.frameTimeoutMs);
    this.#queue = new OutgoingQueue(this.settings.maxQueuedBytes);
    this.#state = state;
    this.nowMs = nowMs;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** What both sides agreed on; undefined until then. */
  get agreement(): Agreement | undefined {
    return this.#agreement;
  }

  /** Why the connection closed; undefined while it is open, and if this side closed it without an error. */
  get closeError(): ProtocolError | undefined {
    return this.#closeError;
  }

  /** The code with which a WebSocket closes: 1000 without an error, otherwise 4000 + the number of the error. */
  get closeCode(): number {
    return this.#closeError?.closeCode ?? NORMAL_CLOSURE;
  }

  /**
   * The most bytes of frames that may go out as one WebSocket message: "at most the receiver's max_frame_bytes", before it is known the
   * least that this can be. No single frame has more.
   */
  get maxMessageBytes(): number {
    return this.#agreement?.maxFrameBytes ?? HANDSHAKE_MAX_FRAME_BYTES;
  }

  /** Bytes that wait to be taken. */
  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  /** How many requests of this side wait for a reply. */
  get openRequests(): number {
    return this.#requests.size;
  }

  /** How many requests of the peer wait for a reply. */
  get unanswered(): number {
    return this.#toAnswer.size;
  }

  /** When `tick` has to be called next, on the clock of `nowMs`; Infinity = there is no deadline. It may turn out that nothing is due. */
  get nextDeadlineMs(): number {
    if (this.#state === 'closed') return Number.POSITIVE_INFINITY;
    return Math.min(this.reader.deadlineMs, this.#idleDeadlineMs, this.#requests.earliestDeadlineMs, this.ownDeadlineMs);
  }

  /**
   * Takes bytes of the peer: on TCP any piece of the stream, on WebSocket one whole binary message. `bytes` fields of the messages in the
   * events may be views of them.
   */
  receive(bytes: Uint8Array, nowMs: number): void {
    if (!this.#enter(nowMs)) return;
    try {
      if (this.settings.transport === 'websocket') this.#takeMessage(bytes);
      else this.reader.push(bytes, this.nowMs, this.#taker);
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      this.fail(error);
    }
  }

  /**
   * The transport has ended.
   * @param closeCode on WebSocket, the close code of the peer.
   */
  end(nowMs: number, closeCode?: number): void {
    if (!this.#enter(nowMs)) return;
    this.finish(this.#endError(closeCode));
  }

  /** Time has passed: does what is due. */
  tick(nowMs: number): void {
    if (!this.#enter(nowMs)) return;
    this.#endOverdue();
    if (!this.isOpen) return;
    if (this.reader.deadlineMs <= this.nowMs) {
      this.fail(new ProtocolError('IDLE_TIMEOUT', `${this.reader.pendingBytes} bytes of a frame, and no more in time`));
      return;
    }
    if (this.#idleDeadlineMs <= this.nowMs) {
      const silentMs = Math.floor(this.nowMs - this.#silentFromMs);
      this.fail(new ProtocolError('IDLE_TIMEOUT', `no frame of the peer for ${silentMs} ms`, { actual: silentMs }));
      return;
    }
    this.tickOwn();
  }

  /** The frames to write, in their order; none are empty. What is taken is no longer counted. */
  takeBytes(): Uint8Array[] {
    return this.#queue.take();
  }

  /** What happened since the last call, in its order. */
  takeEvents(): SessionEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    this.#notices = 0;
    return events;
  }

  /**
   * Sends a request. A `reply` or `failed` event with its sequence follows, one of them and once.
   * @param message `sequence` and `reply_to` are set here.
   * @returns the sequence, 1 to 4294967295.
   * @throws ProtocolError CLOSED, DRAINING, LOGIN_REQUIRED, RATE_LIMITED (1024 open requests), PERMISSION_DENIED (this side never sends it
   * as a request); what `encodeFrame` throws; RangeError for a `timeoutMs` that is none. Nothing was sent then.
   */
  request(message: SendInfoInit, nowMs: number, timeoutMs = this.settings.requestTimeoutMs): number {
    if (!(timeoutMs >= 0)) throw new RangeError(`timeoutMs is 0 or more, got ${timeoutMs}`);
    this.#enter(nowMs);
    this.#requireOpen();
    const cmd = message.cmd ?? Command.UNSPECIFIED;
    if (this.#state === 'draining' && cmd !== Command.HEARTBEAT)
      throw new ProtocolError('DRAINING', 'the connection is going to close');
    if (replyOf(cmd) === undefined || !this.maySend(cmd)) {
      throw new ProtocolError('PERMISSION_DENIED', `${commandName(cmd)} is no request of this side`);
    }
    this.requireLogin(cmd);
    const sequence = this.#requests.nextSequence();
    const bytes = this.encode(linked(message, sequence, 0));
    this.#requests.add(sequence, { cmd, sentAtMs: this.nowMs, deadlineMs: this.nowMs + timeoutMs });
    this.enqueue(bytes);
    return sequence;
  }

  /**
   * Sends a message that wants no reply.
   * @throws ProtocolError CLOSED, LOGIN_REQUIRED; PERMISSION_DENIED for what this side never sends of itself; what `encodeFrame` throws.
   */
  push(message: SendInfoInit, nowMs: number): void {
    this.#enter(nowMs);
    this.#requireOpen();
    const cmd = message.cmd ?? Command.UNSPECIFIED;
    if (!this.maySend(cmd)) throw new ProtocolError('PERMISSION_DENIED', `${commandName(cmd)} is not sent by this side`);
    this.requireLogin(cmd);
    this.enqueue(this.encode(linked(message, 0, 0)));
  }

  /**
   * Sends a frame that was encoded in the version of this connection, once for many receivers: see `SharedFrame`.
   * @returns SUCCESS; CHANNEL_NOT_FOUND where nobody is logged in (any more); TOO_LARGE where the peer does not accept so many bytes.
   */
  pushFrame(frame: Uint8Array, nowMs: number): SendCode {
    if (!this.#enter(nowMs) || !this.isLoggedIn || this.#agreement === undefined) return SendCode.CHANNEL_NOT_FOUND;
    // "What is too large for a peer is not sent: SendResult TOO_LARGE."
    if (frame.length > this.#agreement.maxFrameBytes) return SendCode.TOO_LARGE;
    this.enqueue(frame);
    return this.isOpen ? SendCode.SUCCESS : SendCode.CHANNEL_NOT_FOUND;
  }

  /**
   * Answers a request of the peer. On a closed connection it does nothing.
   * @param message of the command that answers the request's; with `refuse` a request is answered by an ERROR.
   * @throws Error if no such request is open, or for another command; ProtocolError what `encodeFrame` throws: then the request is still
   * to be answered.
   */
  reply(sequence: number, message: SendInfoInit, nowMs: number): void {
    if (!this.#enter(nowMs)) return;
    const asked = this.#commandOf(sequence);
    const { cmd = Command.UNSPECIFIED } = message;
    if (cmd !== replyOf(asked)) throw new Error(`${commandName(asked)} is not answered by ${commandName(cmd)}`);
    const bytes = this.encode(linked(message, 0, sequence));
    this.#toAnswer.delete(sequence);
    this.enqueue(bytes);
  }

  /**
   * Answers a request of the peer with an ERROR, and closes the connection where the error closes. On a closed connection it does nothing.
   * @param retryAfterMs the peer shall wait so long before it sends the request again, in milliseconds: 0 (not told) to 86400000.
   * @throws Error if no such request is open; ProtocolError INVALID_MESSAGE for `retryAfterMs` out of range: then the request is still to
   * be answered.
   */
  refuse(sequence: number, error: ProtocolError, nowMs: number, retryAfterMs = 0): void {
    if (!this.#enter(nowMs)) return;
    const cmd = this.#commandOf(sequence);
    // The peer shall not wait for what it will never hear of.
    const told = error.properties.local ? new ProtocolError('INTERNAL', 'the request failed', { cause: error }) : error;
    this.refuseRequest(told, sequence, cmd, retryAfterMs);
    this.#toAnswer.delete(sequence);
  }

  /**
   * Closes the connection.
   * @param error why: the peer is told, unless the error is local. Undefined = there is nothing more to say.
   */
  close(nowMs: number, error?: ProtocolError): void {
    if (!this.#enter(nowMs)) return;
    if (error === undefined) this.finish(undefined);
    else this.fail(error);
  }

  // What the sides add.

  /** The next deadline that only this side has. */
  protected abstract readonly ownDeadlineMs: number;
  protected abstract tickOwn(): void;
  /** A frame of the handshake, or any frame before the handshake is over. */
  protected abstract takeHandshake(frame: AnyFrame): void;
  /** Tells the peer of an error before the handshake is over. Returns what the connection closes with. */
  protected abstract refuseHandshake(error: ProtocolError): ProtocolError;
  /** A known command that the peer may send, other than HEARTBEAT and ERROR. */
  protected abstract handle(message: SendInfo): void;
  /** A reply to a request of this side, of the right command. Returns why it is none after all. */
  protected abstract judgeReply(message: SendInfo, request: OpenRequest): ProtocolError | undefined;
  /** LOGIN was accepted. */
  abstract readonly isLoggedIn: boolean;
  /** The peer may send it, and this side may take it, before LOGIN was accepted. */
  protected abstract isForAnybody(cmd: number): boolean;
  protected abstract maySend(cmd: number): boolean;
  protected abstract mayReceive(cmd: number): boolean;

  // What they share.

  protected get isOpen(): boolean {
    return this.#state !== 'closed';
  }

  protected get isWelcomed(): boolean {
    return this.#agreement !== undefined;
  }

  protected moveTo(state: SessionState): void {
    this.#state = state;
  }

  protected emit(event: SessionEvent): void {
    this.#events.push(event);
  }

  /** For a log. A peer that errs in a thousand frames of one piece is told of often enough: the rest is dropped. */
  protected notice(error: ProtocolError): void {
    this.#notices += 1;
    if (this.#notices <= MAX_NOTICES) this.emit({ type: 'notice', error });
  }

  /** "each frame after the handshake carries the negotiated version exactly" */
  protected agree(agreement: Agreement): void {
    const { version, maxFrameBytes, features, heartbeatIntervalMs } = agreement;
    this.#agreement = agreement;
    this.reader.agree(version, features.includes('deflate') ? this.settings.deflate : undefined);
    this.encoding = { version, maxFrameBytes };
    this.#silentFromMs = this.nowMs;
    this.#idleMs = (heartbeatIntervalMs / 2) * SILENT_HALF_INTERVALS;
    this.#state = 'anonymous';
    this.emit({ type: 'negotiated', agreement });
  }

  #idleMs = Number.POSITIVE_INFINITY;

  /** "each side closes (IDLE_TIMEOUT) after 2.5 silent intervals" */
  get #idleDeadlineMs(): number {
    return this.#silentFromMs + this.#idleMs;
  }

  protected encode(message: SendInfoInit): Uint8Array {
    const bytes = encodeFrame('SendInfo', message, this.encoding);
    const compress = this.#agreement?.features.includes('deflate') ? this.settings.deflate : undefined;
    if (compress === undefined || bytes.length < this.settings.compressFromBytes) return bytes;
    return encodeFrame('SendInfo', message, { ...this.encoding, compress });
  }

  /** Queues whole frames; a peer that takes too little of what is queued is told, and the connection closes. */
  protected enqueue(frame: Uint8Array): void {
    if (!this.isOpen || this.#queue.add(frame)) return;
    const { bytes, maxBytes } = this.#queue;
    const actual = bytes + frame.length;
    // What waits is dropped: the peer does not take it, and only so the reason comes near to it.
    this.#queue.clear();
    const text = `${actual} bytes wait to be written, limit ${maxBytes}`;
    this.fail(new ProtocolError('SLOW_CONSUMER', text, { limit: maxBytes, actual }));
  }

  /** Closes the connection for an error; the peer is told, unless the error is local. "Closing on TCP: ERROR with the code first." */
  protected fail(error: ProtocolError, replyTo = 0, command = 0, retryAfterMs = 0): void {
    if (!this.isOpen) return;
    if (!this.isWelcomed) {
      this.finish(this.refuseHandshake(error));
      return;
    }
    if (!error.properties.local) this.#tell(error, replyTo, command, retryAfterMs);
    this.finish(error);
  }

  /** The end, without a word to the peer. */
  protected finish(error: ProtocolError | undefined, retryAfterMs = 0): void {
    if (!this.isOpen) return;
    this.#state = 'closed';
    this.#closeError = error;
    for (const sequence of this.#requests.clear()) {
      const reason = error ?? new ProtocolError('CLOSED', 'the connection has closed');
      this.emit({ type: 'failed', sequence, error: reason, retryAfterMs: 0 });
    }
    this.#toAnswer.clear();
    this.emit({ type: 'closed', error, retryAfterMs });
  }

  /** Answers a request with an error. "Before LOGIN every error closes." */
  protected refuseRequest(error: ProtocolError, replyTo: number, command: number, retryAfterMs = 0): void {
    if (error.properties.closes || !this.isLoggedIn) {
      this.fail(error, replyTo, command, retryAfterMs);
      return;
    }
    this.#tell(error, replyTo, command, retryAfterMs);
    if (this.isOpen) this.notice(error);
  }

  /** Refuses a message that may be a request: one that is not is only reported, and after LOGIN the connection is kept. */
  protected refuseMessage({ cmd, sequence }: SendInfo, error: ProtocolError): void {
    if (sequence !== 0 || error.properties.closes || !this.isLoggedIn) this.refuseRequest(error, sequence, cmd);
    else this.notice(error);
  }

  /** Hands a message to the application; a request is to be answered from now on. Returns false for one that cannot be taken. */
  protected deliver(message: SendInfo): boolean {
    if (!this.#note(message)) return false;
    this.emit({ type: 'message', message });
    return true;
  }

  /** Notes a request of the peer as to be answered. Returns false for one that cannot be taken. */
  #note(message: SendInfo): boolean {
    const { cmd, sequence } = message;
    if (sequence === 0) return true;
    if (this.#toAnswer.size >= MAX_OPEN_REQUESTS) {
      const text = `${this.#toAnswer.size} requests wait for a reply, limit ${MAX_OPEN_REQUESTS}`;
      this.refuseRequest(new ProtocolError('RATE_LIMITED', text, { limit: MAX_OPEN_REQUESTS }), sequence, cmd);
      return false;
    }
    this.#toAnswer.set(sequence, cmd);
    return true;
  }

  /** Notes a LOGIN, and hands it over. Returns false for one that cannot be taken. */
  protected deliverLogin(message: SendInfo, login: LoginInfo): boolean {
    if (!this.#note(message)) return false;
    this.emit({ type: 'login', sequence: message.sequence, login });
    return true;
  }

  /** The command of a request that waits for our reply. */
  #commandOf(sequence: number): number {
    const cmd = this.#toAnswer.get(sequence);
    if (cmd === undefined) throw new Error(`no request ${sequence} waits for a reply`);
    return cmd;
  }

  /** "a binary message holds one or more whole frames and is at most the receiver's max_frame_bytes; empty ones are ignored" */
  #takeMessage(bytes: Uint8Array): void {
    const limit = acceptedFrameBytes(this.settings.maxFrameBytes);
    if (bytes.length > limit) {
      const text = `a WebSocket message of ${bytes.length} bytes, limit ${limit}`;
      throw new ProtocolError('FRAME_TOO_LARGE', text, { limit, actual: bytes.length });
    }
    this.reader.push(bytes, this.nowMs, this.#taker);
    // "one that ends inside a frame is TRUNCATED"
    if (this.isOpen) this.reader.end();
  }

  #tell(error: ProtocolError, replyTo: number, command: number, retryAfterMs: number): void {
    const value = createErrorInfo(error, { command, retryAfterMs });
    const bytes = encodeFrame('SendInfo', { cmd: Command.ERROR, replyTo, data: { $case: 'error', value } }, this.encoding);
    this.enqueue(bytes);
  }

  /** Time goes on. Returns false on a closed connection. */
  #enter(nowMs: number): boolean {
    if (nowMs > this.nowMs) this.nowMs = nowMs;
    return this.isOpen;
  }

  #requireOpen(): void {
    if (!this.isOpen) throw this.#closeError ?? new ProtocolError('CLOSED', 'the connection has closed');
  }

  /** @throws ProtocolError LOGIN_REQUIRED: "only LOGIN and HEARTBEAT, until it has accepted LOGIN". */
  protected requireLogin(cmd: number): void {
    if (this.isLoggedIn || cmd === Command.LOGIN || (cmd === Command.HEARTBEAT && this.isWelcomed)) return;
    throw new ProtocolError('LOGIN_REQUIRED', `${commandName(cmd)} before LOGIN`);
  }

  #endError(closeCode: number | undefined): ProtocolError {
    // What the peer says on closing: 1000 to 1015 are not about the protocol.
    const number = closeCode === undefined ? 0 : closeCode - CLOSE_CODE_BASE;
    if (number > 0 && number < CLOSE_CODE_END - CLOSE_CODE_BASE)
      return peerError(number, `the peer closed with code ${closeCode}`);
    try {
      this.reader.end();
    } catch (error) {
      if (isProtocolError(error)) return error;
      throw error;
    }
    return new ProtocolError('CLOSED', closeCode === undefined ? 'the peer closed' : `the peer closed with code ${closeCode}`);
  }

  #endOverdue(): void {
    const overdue = this.#requests.overdue(this.nowMs);
    for (const [sequence, { cmd, sentAtMs }] of overdue) {
      const text = `no reply to ${commandName(cmd)} within ${Math.round(this.nowMs - sentAtMs)} ms`;
      this.emit({ type: 'failed', sequence, error: new ProtocolError('TIMEOUT', text), retryAfterMs: 0 });
    }
    // If its reply came now, the server would hold us for logged in, and we would not know.
    const isLoginOverdue = !this.isLoggedIn && overdue.some(([, { cmd }]) => cmd === Command.LOGIN);
    if (isLoginOverdue) this.fail(new ProtocolError('IDLE_TIMEOUT', 'no reply to LOGIN in time'));
  }

  readonly #taker: FrameTaker = {
    takeFrame: (frame) => {
      this.#silentFromMs = this.nowMs;
      if (frame.type === 'SendInfo' && this.isWelcomed) this.#takeSendInfo(frame.message as SendInfo, frame.flags);
      else this.takeHandshake(frame);
      return this.isOpen;
    },
    takeInvalid: (error, flags, salvaged) => {
      this.#silentFromMs = this.nowMs;
      this.#takeInvalid(error, flags, salvaged);
      return this.isOpen;
    },
  };

  #takeSendInfo(message: SendInfo, flags: number): void {
    const { cmd, sequence, replyTo } = message;
    // "a receiver that does not know the type or command drops the frame silently; only where no reply is asked"
    if ((flags & FLAG_IGNORABLE) !== 0 && !isKnownCommand(cmd) && sequence === 0) return;
    // "only LOGIN and HEARTBEAT, until it has accepted LOGIN"
    if (!this.isLoggedIn && !this.isForAnybody(cmd)) {
      this.fail(new ProtocolError('LOGIN_REQUIRED', `${commandName(cmd)} before LOGIN`), sequence, cmd);
      return;
    }
    if (replyTo !== 0) this.#takeReply(message);
    // "an ERROR is never answered"
    else if (message.data?.$case === 'error' && cmd === Command.ERROR) this.#takeError(message.data.value);
    else if (this.#mayTake(message)) this.handle(message);
  }

  /** Judges a message that is no reply and no ERROR, and answers HEARTBEAT. Returns false for one that needs no further handling. */
  #mayTake(message: SendInfo): boolean {
    const { cmd, sequence, data } = message;
    // It would get two replies.
    if (this.#toAnswer.has(sequence)) {
      const text = `sequence ${sequence} again, before its reply`;
      this.refuseRequest(new ProtocolError('INVALID_MESSAGE', text, { path: 'sequence', actual: sequence }), 0, cmd);
      return false;
    }
    if (!isKnownCommand(cmd)) {
      this.refuseMessage(message, new ProtocolError('UNSUPPORTED_COMMAND', `command ${cmd}`, { path: 'cmd', actual: cmd }));
      return false;
    }
    // "a reply to nothing is dropped"
    if (cmd === Command.SEND_RESULT && sequence === 0) return false;
    if (!this.mayReceive(cmd)) {
      this.refuseMessage(message, new ProtocolError('PERMISSION_DENIED', `${commandName(cmd)} is not sent by this side`));
      return false;
    }
    if (data?.$case !== 'heartbeat') return true;
    // "HEARTBEAT -> HEARTBEAT with the same sent_at_ms", and nothing else that came with it.
    const { sentAtMs } = data.value;
    if (sequence !== 0) this.enqueue(this.encode({ cmd, replyTo: sequence, data: { $case: 'heartbeat', value: { sentAtMs } } }));
    return false;
  }

  #takeReply(message: SendInfo): void {
    const { cmd, replyTo, data } = message;
    const request = this.#requests.take(replyTo);
    // "a reply to nothing is dropped"; the reason for which the peer closes is none.
    if (data?.$case === 'error' && cmd === Command.ERROR) {
      this.#takeErrorReply(replyTo, request, data.value);
      return;
    }
    if (request === undefined) return;
    const error = this.#judgeReply(message, request);
    if (error === undefined) this.emit({ type: 'reply', sequence: replyTo, message });
    else this.#failReply(replyTo, error);
  }

  #judgeReply(message: SendInfo, request: OpenRequest): ProtocolError | undefined {
    const { cmd } = message;
    if (cmd === replyOf(request.cmd)) return this.judgeReply(message, request);
    const text = `${commandName(cmd)} in reply to ${commandName(request.cmd)}`;
    return new ProtocolError('INVALID_MESSAGE', text, { path: 'cmd', actual: cmd });
  }

  /** A reply that is none: nobody answers it, but before LOGIN every error closes. */
  #failReply(sequence: number, error: ProtocolError): void {
    this.emit({ type: 'failed', sequence, error, retryAfterMs: 0 });
    if (!this.isLoggedIn) this.fail(error);
  }

  #takeErrorReply(sequence: number, request: OpenRequest | undefined, info: ErrorInfo): void {
    if (request !== undefined) {
      const text = `the peer refused ${commandName(request.cmd)}, and says ${JSON.stringify(info.message)}`;
      this.emit({ type: 'failed', sequence, error: peerError(info.code, text), retryAfterMs: info.retryAfterMs });
    }
    const error = peerError(info.code, says(info));
    if (error.properties.closes || !this.isLoggedIn) this.finish(error, info.retryAfterMs);
  }

  #takeError(info: ErrorInfo): void {
    const error = peerError(info.code, says(info));
    if (error.properties.closes || !this.isLoggedIn) this.finish(error, info.retryAfterMs);
    else this.notice(error);
  }

  #takeInvalid(error: ProtocolError, flags: number, salvaged: SendInfo | undefined): void {
    if (!this.isWelcomed) {
      this.fail(error);
      return;
    }
    const { cmd = 0, sequence = 0, replyTo = 0 } = salvaged ?? {};
    const isUnknown = error.code === 'UNSUPPORTED_TYPE' || (cmd > 0 && !isKnownCommand(cmd));
    if ((flags & FLAG_IGNORABLE) !== 0 && isUnknown && sequence === 0) return;
    const request = this.#requests.take(replyTo);
    if (request !== undefined) this.emit({ type: 'failed', sequence: replyTo, error, retryAfterMs: 0 });
    // A sequence that is still open would get two replies.
    if (cmd !== Command.ERROR && replyTo === 0) this.refuseRequest(error, this.#toAnswer.has(sequence) ? 0 : sequence, cmd);
    // "an ERROR is never answered", and neither is what answers us.
    else if (this.isLoggedIn) this.notice(error);
    else if (cmd === Command.ERROR) this.finish(error);
    else this.fail(error);
  }
}

/** The peer's own words are quoted, so that they cannot forge a line of a log. */
function says({ message }: ErrorInfo): string {
  return `the peer says ${JSON.stringify(message)}`;
}
