// The state of a session, and how a connection ends.
import { COMMANDS, type CommandProperties, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { HeartbeatInfo } from '../../generated/im/protocol/v1/heartbeat_info.js';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { commandName, sinceOfCommand } from '../codec/command-name.js';
import type { AnyFrame } from '../codec/read-frame.js';
import { ProtocolError } from '../errors.js';
import { DECODE_AHEAD_BYTES, DECODE_AHEAD_FRAMES, SILENT_HALF_INTERVALS } from '../limits.js';
import { type Agreement, acceptedFrameBytes } from '../negotiate/check-welcome.js';
import { FrameReader } from './frame-reader.js';
import { FrameWriter, OutgoingQueue } from './frame-writer.js';
import { RefusalBudget } from './refusal-budget.js';
import { type OpenRequest, PeerRequests, Requests } from './requests.js';
import type { SessionEvent, SessionState } from './session-event.js';
import type { SessionSettings } from './session-options.js';

/** One side of a connection. ClientSession and ServerSession add what only one side does. */
export abstract class SessionCore {
  readonly settings: SessionSettings;
  readonly transport: 'tcp' | 'websocket';
  readonly reader: FrameReader;
  readonly writer: FrameWriter;
  readonly queue: OutgoingQueue;
  readonly events = new EventList();
  readonly requests = new Requests();
  /** The requests of the peer that wait for a reply. */
  readonly peerRequests = new PeerRequests();
  #refusals: RefusalBudget | undefined;
  /** When the last frame of the peer arrived. */
  #lastFrameMs = 0;
  state: SessionState;
  agreement: Agreement | undefined;
  closeError: ProtocolError | undefined;
  /** Nothing is decoded until `resume`. */
  isPaused = false;
  nowMs: number;
  /** Called if the queue has no room for a frame. It may take frames out. */
  onFull: (() => void) | undefined;
  /** Called with the error for each frame of the peer that is refused or dropped. */
  onRefused: ((error: ProtocolError) => void) | undefined;
  /** The deadline of the handshake, then of the subclass: heartbeat, LOGIN, drain. */
  ownDeadlineMs: number;

  constructor(settings: SessionSettings, state: SessionState, nowMs: number) {
    this.settings = settings;
    const { transport, frameTimeoutMs, maxFrameBytes } = this.settings;
    this.transport = transport;
    this.reader = new FrameReader(frameTimeoutMs, transport === 'websocket' ? acceptedFrameBytes(maxFrameBytes) : undefined);
    this.writer = new FrameWriter(this.settings.compressFromBytes);
    this.queue = new OutgoingQueue(this.settings.maxQueuedBytes);
    this.state = state;
    this.nowMs = nowMs;
    this.ownDeadlineMs = nowMs + this.settings.handshakeTimeoutMs;
  }

  /** LOGIN was accepted. */
  abstract readonly isLoggedIn: boolean;
  abstract readonly isClient: boolean;
  abstract maySend(cmd: number): boolean;
  abstract mayReceive(cmd: number): boolean;
  /** Whether the peer may send a command before LOGIN was accepted. */
  abstract isAllowedBeforeLogin(cmd: number): boolean;
  /** Handles the deadlines of one side up to `dueMs`, `ownDeadlineMs` among them. */
  abstract expire(dueMs: number): void;
  /** Handles a frame of the handshake, and any frame before its end. */
  abstract takeHandshake(frame: AnyFrame): void;
  /** Sends an error before the end of the handshake. Returns the error that the connection closes with. */
  abstract refuseHandshake(error: ProtocolError): ProtocolError;
  /** Handles a known command that the peer may send, other than HEARTBEAT and ERROR. */
  abstract handle(message: SendInfo): void;
  /** A request of the peer was answered by its reply, or refused by an ERROR. */
  abstract answered(sequence: number, isAccepted: boolean): void;
  /** Handles a reply with the right command. Returns it as the application gets it, or an error if it is not valid. */
  abstract acceptReply(message: SendInfo, request: OpenRequest): SendInfo | ProtocolError;
  /** Handles a HEARTBEAT, which is answered already. */
  abstract takeHeartbeat(heartbeat: HeartbeatInfo): void;

  get isOpen(): boolean {
    return this.state !== 'closed';
  }

  get isWelcomed(): boolean {
    return this.agreement !== undefined;
  }

  get nextDeadlineMs(): number {
    if (!this.isOpen) return Number.POSITIVE_INFINITY;
    const ownMs = Math.min(this.requests.earliestDeadlineMs, this.ownDeadlineMs);
    return this.hasUnread ? ownMs : Math.min(this.reader.deadlineMs, this.idleDeadlineMs, ownMs);
  }

  /**
   * "Each side closes with IDLE_TIMEOUT after SILENT_HALF_INTERVALS half intervals without a frame of the peer." Before the Welcome there are no
   * heartbeats.
   */
  get idleDeadlineMs(): number {
    if (this.agreement === undefined) return Number.POSITIVE_INFINITY;
    return this.#lastFrameMs + (this.agreement.heartbeatIntervalMs / 2) * SILENT_HALF_INTERVALS;
  }

  /** Time since the last frame of the peer, in whole milliseconds. */
  get idleMs(): number {
    return Math.floor(this.nowMs - this.#lastFrameMs);
  }

  /** This side has received bytes that it has not decoded yet: the timeouts of the peer do not apply. */
  get hasUnread(): boolean {
    return this.isPaused || this.reader.undecodedChunks > 0;
  }

  /** Whether this side answers pushes by ACK: "one ACK in place of single receipts". */
  get acknowledges(): boolean {
    return this.isClient && this.agreement !== undefined && this.agreement.version >= sinceOfCommand(Command.ACK);
  }

  /** Counts a frame of the peer, valid or not. */
  countFrame(): void {
    this.#lastFrameMs = this.nowMs;
    this.events.decoded(this.reader.frameBytes);
  }

  /** Advances the clock. Returns false if the connection is closed. */
  enter(nowMs: number): boolean {
    if (nowMs > this.nowMs) this.nowMs = nowMs;
    return this.isOpen;
  }

  /** Restarts the timeouts of the peer, after a pause of this side. */
  restartPeerTimeouts(): void {
    this.#lastFrameMs = this.nowMs;
    this.reader.restartTimeout(this.nowMs);
  }

  agree(agreement: Agreement): void {
    const { version, features, maxFrameBytes } = agreement;
    const deflate = features.includes('deflate') ? this.settings.deflate : undefined;
    this.agreement = agreement;
    this.reader.agree(version, deflate);
    this.writer.agree(version, deflate);
    this.writer.limit(maxFrameBytes);
    this.state = 'anonymous';
    this.events.add({ type: 'negotiated', agreement });
  }

  /** Queues whole frames. If they do not fit, the connection closes with SLOW_CONSUMER. */
  enqueue(frame: Uint8Array): void {
    if (!this.isOpen) return;
    if (!this.queue.hasRoomFor(frame.length)) this.onFull?.();
    const error = this.queue.add(frame);
    if (error === undefined) return;
    // Drop the queue, so that the error has room.
    this.queue.clear();
    this.fail(error);
  }

  /** Closes the connection with an error, and sends it first unless it is local (specification, section 4, Closing). */
  fail(error: ProtocolError, replyTo = 0, command = 0, retryAfterMs?: number): void {
    if (!this.isOpen) return;
    if (!this.isWelcomed) {
      this.finish(this.refuseHandshake(error));
      return;
    }
    this.sendAck();
    if (!error.properties.local) this.enqueue(this.writer.encodeError(error, replyTo, { command, retryAfterMs }));
    this.finish(error);
  }

  /** Sends the ACK for all pushes that were confirmed since the last one, after the ERROR of those that were refused. */
  sendAck(): void {
    const upToSequence = this.peerRequests.takeAck();
    if (upToSequence === 0) return;
    const data = { $case: 'pushAck', value: { upToSequence } } as const;
    this.enqueue(this.writer.encodePlain({ cmd: Command.ACK, data }));
  }

  /** Closes the connection without sending anything: fails the open requests, and adds the last event. */
  finish(error: ProtocolError | undefined, retryAfterMs = 0): void {
    if (!this.isOpen) return;
    this.state = 'closed';
    this.closeError = error;
    for (const sequence of this.requests.clear()) {
      const reason = error ?? new ProtocolError('CLOSED', 'the connection has closed');
      this.events.add({ type: 'failed', sequence, error: reason, retryAfterMs: 0 });
    }
    this.peerRequests.clear();
    this.reader.drop();
    this.events.add({ type: 'closed', error, retryAfterMs });
  }

  /** Answers a request with an error. "Before LOGIN is accepted, every error closes." */
  refuseRequest(error: ProtocolError, replyTo: number, command: number, retryAfterMs?: number): void {
    if (error.properties.closes || !this.isLoggedIn) {
      this.fail(error, replyTo, command, retryAfterMs);
      return;
    }
    this.enqueue(this.writer.encodeError(error, replyTo, { command, retryAfterMs }));
    if (this.isOpen) this.events.add({ type: 'notice', error });
  }

  /** Refuses a frame that the peer should not have sent. The connection stays open after LOGIN, within the refusal budget. */
  refuseFrame(error: ProtocolError, replyTo: number, command: number): void {
    this.onRefused?.(error);
    if (this.#isWithinBudget(replyTo, command)) this.refuseRequest(error, replyTo, command);
  }

  /** Refuses a message. After LOGIN, a message that is not a request is only reported. */
  refuseMessage({ cmd, sequence }: SendInfo, error: ProtocolError): void {
    if (sequence !== 0 || error.properties.closes || !this.isLoggedIn) this.refuseFrame(error, sequence, cmd);
    else this.drop(error);
  }

  /** Closes the connection because of a frame of the peer. */
  failRefused(error: ProtocolError, replyTo = 0, command = 0): void {
    this.onRefused?.(error);
    this.fail(error, replyTo, command);
  }

  /** Drops a frame that the peer should not have sent: reports it without answering it. */
  drop(error: ProtocolError): void {
    this.onRefused?.(error);
    this.report(error);
  }

  /** Reports an error without answering it. */
  report(error: ProtocolError): void {
    if (this.#isWithinBudget(0, 0)) this.events.add({ type: 'notice', error });
  }

  /** Adds a request of the peer to those to answer. Returns false if it was refused. */
  track({ cmd, sequence }: SendInfo): boolean {
    const isPush = this.acknowledges && replyOf(cmd, false) === Command.SEND_RESULT;
    const error = sequence === 0 ? undefined : this.peerRequests.add(sequence, cmd, isPush);
    if (error !== undefined) this.refuseFrame(error, sequence, cmd);
    return error === undefined;
  }

  /** Delivers a message to the application. Returns false if it was refused. */
  deliver(message: SendInfo): boolean {
    if (!this.track(message)) return false;
    this.emit(message);
    return true;
  }

  emit(message: SendInfo): void {
    const { frameBytes: bytes, frameMemory: memory } = this.reader;
    this.events.add({ type: 'message', message, bytes, memory });
  }

  /** Counts a refusal. Returns false above the budget: then the connection has closed. */
  #isWithinBudget(replyTo: number, command: number): boolean {
    this.#refusals ??= new RefusalBudget();
    const error = this.#refusals.spend(this.nowMs);
    if (error !== undefined) this.fail(error, replyTo, command);
    return error === undefined;
  }
}

/** The events that were not taken yet, and how much was decoded for them. */
export class EventList {
  /** Undefined: none. An idle connection keeps no list. */
  #events: SessionEvent[] | undefined;
  #frames = 0;
  #bytes = 0;

  /** The decode-ahead limit is reached: further frames stay undecoded until events are taken. */
  get isFull(): boolean {
    return this.#frames >= DECODE_AHEAD_FRAMES || this.#bytes >= DECODE_AHEAD_BYTES;
  }

  add(event: SessionEvent): void {
    if (this.#events === undefined) this.#events = [event];
    else this.#events.push(event);
  }

  /** Counts a decoded frame. @param bytes its size after inflating. */
  decoded(bytes: number): void {
    this.#frames += 1;
    this.#bytes += bytes;
  }

  take(): SessionEvent[] {
    const events = this.#events ?? [];
    this.#events = undefined;
    this.#frames = 0;
    this.#bytes = 0;
    return events;
  }
}

/** Commands of an application are sent by both sides. */
const APPLICATION: Pick<CommandProperties, 'fromClient' | 'fromServer'> = { fromClient: true, fromServer: true };

/** Which sides may send a command, other than as a reply. An unknown command: neither. */
export function sendersOf(cmd: number): Pick<CommandProperties, 'fromClient' | 'fromServer'> {
  if (cmd >= FIRST_APPLICATION_COMMAND) return APPLICATION;
  return COMMANDS[cmd] ?? { fromClient: false, fromServer: false };
}

/**
 * The command of the reply to a request, besides ERROR: the same command from 1000 on, and the client's SEND_RESULT for any push with a
 * sequence. Undefined if the command is never a request.
 * @param isOfClient who sends the request.
 */
export function replyOf(cmd: number, isOfClient: boolean): number | undefined {
  if (cmd >= FIRST_APPLICATION_COMMAND) return cmd;
  const reply = COMMANDS[cmd]?.reply;
  return isOfClient || reply === undefined ? reply : Command.SEND_RESULT;
}

/** The error for a `sequence` on a command that expects no reply. */
export function neverRequest(cmd: number): ProtocolError {
  return new ProtocolError('INVALID_MESSAGE', `${commandName(cmd)} is never a request`, { path: 'sequence' });
}

/** The member of `data` that a side sends with a command that has two: the first is the client's, the second the server's. */
export function memberOf(cmd: number, isOfClient: boolean): string | undefined {
  const { data = [] } = COMMANDS[cmd] ?? {};
  return data.length < 2 ? undefined : data[isOfClient ? 0 : 1];
}
