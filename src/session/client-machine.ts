import { Command } from '../../generated/im/protocol/v1/command.js';
import type { Hello, Reject, Welcome } from '../../generated/im/protocol/v1/handshake.js';
import type { LoginInfoInit } from '../../generated/im/protocol/v1/login_info.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { SessionInfo } from '../../generated/im/protocol/v1/session_info.js';
import { commandName } from '../codec/command-name.js';
import { progressOf } from '../codec/progress-window.js';
import type { AnyFrame } from '../codec/read-frame.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { HANDSHAKE_MAX_FRAME_BYTES, SILENT_HALF_INTERVALS } from '../limits.js';
import { acceptedFrameBytes, checkWelcome } from '../negotiate/check-welcome.js';
import { createHello } from '../negotiate/create-hello.js';
import { checkReject } from '../negotiate/reject.js';
import { pipelineVersion } from '../negotiate/subprotocols.js';
import { withGrease } from '../negotiate/versions.js';
import { encodeFrame } from './connection-frames.js';
import { contentOf, DeliveredWindow, receiptOf } from './delivered-window.js';
import { sendReply, sendRequest, withSequence } from './outgoing.js';
import type { OpenRequest } from './requests.js';
import { memberOf, neverRequest, replyOf, sendersOf } from './session-core.js';
import { SessionMachine } from './session-machine.js';
import { CLIENT_FEATURES, type ClientSessionOptions, sessionSettings } from './session-options.js';

/** The lowest advisory flag; they are bits 8 to 15. */
const ADVISORY_FLAG = 0x100;
const ADVISORY_FLAGS = 8;

/** Commands that a server may send before LOGIN is accepted. */
const BEFORE_LOGIN: readonly number[] = [Command.LOGIN, Command.HEARTBEAT, Command.FORCE_LOGOUT, Command.ERROR, Command.DRAIN];

/** What only the client does: Hello, LOGIN, heartbeats, and dropping duplicate messages. */
export class ClientMachine extends SessionMachine {
  readonly hello: Hello;
  session: SessionInfo | undefined;
  roundTripMs: number | undefined;
  shortestRoundTripMs = 0;
  readonly #login: LoginInfoInit | undefined;
  #background: boolean;
  readonly #delivered: DeliveredWindow;
  /** The message_id of each push that the application has not confirmed, by sequence. */
  readonly #unconfirmed = new Map<number, bigint>();
  /** The subprotocol of the server; undefined on TCP, and if it is not known. */
  #subprotocol: string | undefined;

  constructor(options: ClientSessionOptions, nowMs: number) {
    super(sessionSettings({ ...options, features: options.features ?? CLIENT_FEATURES }), 'connecting', nowMs);
    const { versions, features, maxFrameBytes, commands, grease, random } = this.settings;
    const hello = createHello({ versions, features, maxFrameBytes, commands, agent: options.agent });
    this.hello = grease ? withGrease(hello, random) : hello;
    this.#login = options.login;
    this.#background = options.background ?? false;
    this.#delivered = options.delivered ?? new DeliveredWindow();
    // An invalid LOGIN fails now, not at the Welcome.
    if (options.login !== undefined) this.writer.encode(loginRequest(options.login));
  }

  get isLoggedIn(): boolean {
    return this.session !== undefined;
  }

  readonly isClient = true;

  maySend(cmd: number): boolean {
    return sendersOf(cmd).fromClient;
  }

  mayReceive(cmd: number): boolean {
    return sendersOf(cmd).fromServer;
  }

  isAllowedBeforeLogin(cmd: number): boolean {
    return BEFORE_LOGIN.includes(cmd);
  }

  get silenceLimitMs(): number | undefined {
    return this.agreement && (this.agreement.heartbeatIntervalMs / 2) * SILENT_HALF_INTERVALS;
  }

  /** Sends Hello, and LOGIN in the same flight if the version is already known. */
  open(nowMs: number, subprotocol: string | null = ''): void {
    this.enter(nowMs);
    if (this.state !== 'connecting') return;
    const { transport, grease, random } = this.settings;
    // Over TLS without ALPN nothing is settled, as over TCP.
    this.#subprotocol = transport === 'websocket' ? (subprotocol ?? undefined) : subprotocol || undefined;
    this.state = 'negotiating';
    // This side was blocked until after the deadline: the server gets its full time.
    if (this.ownDeadlineMs <= this.nowMs) this.restart(this.nowMs, this.nowMs);
    const flags = grease ? ADVISORY_FLAG << Math.floor(random() * ADVISORY_FLAGS) : 0;
    this.enqueue(encodeFrame('Hello', this.hello, { flags }));
    const version = pipelineVersion(this.hello, this.#subprotocol);
    if (version === undefined) return;
    this.writer.agree(version, undefined);
    this.#logIn();
  }

  expire(dueMs: number): void {
    if (this.ownDeadlineMs > dueMs) return;
    if (this.isWelcomed) this.#sendHeartbeat();
    else this.fail(new ProtocolError('HANDSHAKE_TIMEOUT', `no Welcome within ${this.settings.handshakeTimeoutMs} ms`));
  }

  takeHandshake({ type, message }: AnyFrame): void {
    // A Reject may come before the Hello was sent, a Welcome may not.
    if (type === 'Reject' && !this.isWelcomed) {
      const reject = message as Reject;
      this.finish(checkReject(this.hello, reject), reject.retryAfterMs);
    } else if (type === 'Welcome' && this.state === 'negotiating') {
      this.#takeWelcome(message as Welcome);
    } else {
      this.refuseFrame(new ProtocolError('UNSUPPORTED_TYPE', `unexpected ${type}`), 0, 0);
    }
  }

  /** A client has no Reject to send: it only closes. */
  refuseHandshake(error: ProtocolError): ProtocolError {
    return error;
  }

  handle(message: SendInfo): void {
    const { cmd, data } = message;
    const member = memberOf(cmd, false);
    if (member !== undefined && data?.$case !== member) {
      const text = `${commandName(cmd)} from a server must carry ${member}`;
      this.refuseMessage(message, new ProtocolError('COMMAND_DATA_MISMATCH', text, { path: 'data' }));
      return;
    }
    switch (data?.$case) {
      case 'drain':
        if (this.state === 'draining') return;
        this.state = 'draining';
        this.events.add({ type: 'drain', drain: data.value });
        return;
      case 'forceLogout':
        // "ERROR, FORCE_LOGOUT and DRAIN are never requests"
        this.emit({ ...message, sequence: 0 });
        return;
      default:
        this.#deliverOnce(message);
    }
  }

  acceptReply(message: SendInfo, { sentAtMs }: OpenRequest): SendInfo | ProtocolError {
    const { cmd, data } = message;
    if (cmd === Command.HEARTBEAT) this.#measure(this.nowMs - sentAtMs);
    const member = memberOf(cmd, false);
    if (member !== undefined && data?.$case !== member)
      return new ProtocolError('COMMAND_DATA_MISMATCH', `a reply to ${commandName(cmd)} must carry ${member}`, { path: 'data' });
    if (cmd !== Command.LOGIN || data?.$case !== 'session') return message;
    const { userId, terminal } = this.session ?? data.value;
    if (data.value.userId !== userId || data.value.terminal !== terminal)
      return new ProtocolError('PERMISSION_DENIED', 'the reply to LOGIN is for another user or terminal');
    this.session = data.value;
    this.writer.limit(this.agreement!.maxFrameBytes);
    if (this.state === 'anonymous') this.state = 'authenticated';
    this.events.add({ type: 'authenticated', session: data.value });
    // The server assumes the foreground.
    if (this.#background) this.#sendHeartbeat();
    return message;
  }

  takeHeartbeat(): void {}

  #measure(roundTripMs: number): void {
    this.shortestRoundTripMs = this.roundTripMs === undefined ? roundTripMs : Math.min(this.shortestRoundTripMs, roundTripMs);
    this.roundTripMs = roundTripMs;
  }

  setBackground(background: boolean, nowMs: number): void {
    if (!this.enter(nowMs) || background === this.#background) return;
    this.#background = background;
    if (this.isLoggedIn) this.#sendHeartbeat();
  }

  login(login: LoginInfoInit, nowMs: number): number {
    return this.request(loginRequest(login), nowMs);
  }

  logout(nowMs: number): number {
    return this.request({ cmd: Command.LOGOUT }, nowMs);
  }

  heartbeat(nowMs: number): void {
    if (this.enter(nowMs) && this.isLoggedIn) this.#sendHeartbeat();
  }

  #takeWelcome(welcome: Welcome): void {
    const wasPipelined = this.writer.version !== undefined;
    try {
      this.agree(checkWelcome(this.hello, welcome, { subprotocol: this.#subprotocol }));
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      this.fail(error);
      return;
    }
    // Until it accepts LOGIN, a server accepts frames of at most HANDSHAKE_MAX_FRAME_BYTES (specification, section 2, Size).
    this.writer.limit(HANDSHAKE_MAX_FRAME_BYTES);
    this.reader.accept(acceptedFrameBytes(this.settings.maxFrameBytes));
    // "the first after a random part of the interval"
    this.ownDeadlineMs = this.nowMs + this.settings.random() * this.agreement!.heartbeatIntervalMs;
    if (!wasPipelined) this.#logIn();
  }

  #logIn(): void {
    if (this.#login !== undefined) sendRequest(this, loginRequest(this.#login), this.settings.requestTimeoutMs);
  }

  /** "The client sends HEARTBEAT as a request every `heartbeat_interval_ms` of the Welcome" */
  #sendHeartbeat(): void {
    const interval = this.agreement!.heartbeatIntervalMs;
    this.ownDeadlineMs = this.nowMs + interval;
    const sentAtMs = BigInt(Math.round(this.settings.timeOriginMs + this.nowMs));
    try {
      const value = { sentAtMs, background: this.#background };
      sendRequest(this, { cmd: Command.HEARTBEAT, data: { $case: 'heartbeat', value } }, interval);
    } catch (error) {
      if (!isProtocolError(error, 'RATE_LIMITED')) throw error;
      // 1024 requests are open: skip this heartbeat.
      this.events.add({ type: 'notice', error });
    }
  }

  confirm(message: SendInfo, nowMs: number): void {
    this.enter(nowMs);
    const { sequence } = message;
    if (this.acknowledges) this.confirmPush(sequence);
    else if (this.peerRequests.has(sequence)) sendReply(this, sequence, receiptOf(message));
  }

  /** "the client marks only what is stored" */
  confirmPush(sequence: number): void {
    this.peerRequests.confirm(sequence);
    this.answered(sequence);
  }

  answered(sequence: number): void {
    const messageId = this.#unconfirmed.get(sequence);
    if (messageId === undefined) return;
    this.#unconfirmed.delete(sequence);
    this.#delivered.confirmed(messageId);
  }

  /** "the session drops a `message_id` that it already delivered", but not another step of a stream. */
  #deliverOnce(message: SendInfo): void {
    const { cmd, sequence } = message;
    if (sequence !== 0 && replyOf(cmd, false) === undefined) {
      this.refuseMessage(message, neverRequest(cmd));
      return;
    }
    const content = contentOf(message);
    const messageId = content?.messageId ?? 0n;
    const progress = progressOf(content);
    if (this.#delivered.has(messageId, progress)) {
      if (sequence !== 0) this.#confirmDuplicate(message, messageId);
    } else if (this.deliver(message)) {
      this.#delivered.add(messageId, progress);
      if (sequence === 0 || messageId === 0n || !this.acknowledges) return;
      this.#unconfirmed.set(sequence, messageId);
      this.#delivered.expectConfirmation(messageId);
    }
  }

  /** The server may have missed the first receipt, or the application may not have confirmed the message yet. */
  #confirmDuplicate(message: SendInfo, messageId: bigint): void {
    const { sequence } = message;
    if (!this.acknowledges) this.enqueue(this.writer.encode(withSequence(receiptOf(message), 0, sequence)));
    else if (this.track(message)) this.#delivered.confirmWith(messageId, this, sequence);
  }
}

function loginRequest(login: LoginInfoInit): SendInfoInit {
  return { cmd: Command.LOGIN, data: { $case: 'login', value: login } };
}
