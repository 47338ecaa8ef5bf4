import type { LoginInfoInit } from '../../generated/init/im/protocol/v1/login_info.js';
import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import { Command } from '../../generated/types/im/protocol/v1/command.js';
import type { Hello, Reject, Welcome } from '../../generated/types/im/protocol/v1/handshake.js';
import { SendCode } from '../../generated/types/im/protocol/v1/send_code.js';
import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';
import type { SessionInfo } from '../../generated/types/im/protocol/v1/session_info.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { AnyFrame } from '../codec/read-frame.js';
import type { EncodeFrameOptions } from '../codec/write-frame.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { HANDSHAKE_MAX_FRAME_BYTES } from '../limits.js';
import { acceptedFrameBytes } from '../negotiate/agreement.js';
import { pipelineVersion } from '../negotiate/can-pipeline.js';
import { checkReject } from '../negotiate/check-reject.js';
import { checkWelcome } from '../negotiate/check-welcome.js';
import { createHello } from '../negotiate/create-hello.js';
import { withGrease } from '../negotiate/with-grease.js';
import { sendersOf } from './command-rules.js';
import { DeliveredWindow } from './delivered-window.js';
import type { OpenRequest } from './requests.js';
import { Session } from './session.js';
import type { SessionOptions } from './session-options.js';

/** What a ClientSession can be told. All may be left out. */
export interface ClientSessionOptions extends SessionOptions {
  /** Sent as soon as the version is settled, in one flight with Hello where that is allowed. Default: `login` is called later. */
  readonly login?: LoginInfoInit | undefined;
  /** The software, for the logs of the server: at most 256 bytes. Default: empty. */
  readonly agent?: string | undefined;
  /** The messages that were handed over already, on this and earlier connections. Default: a new window. */
  readonly delivered?: DeliveredWindow | undefined;
}

/** The advisory flag bits: 8 to 15. */
const ADVISORY_FLAG = 0x100;
const ADVISORY_FLAGS = 8;

/** "A server takes frames of at most 16,384 bytes ... until it has accepted LOGIN" */
const BEFORE_LOGIN: EncodeFrameOptions = { maxFrameBytes: HANDSHAKE_MAX_FRAME_BYTES };

/** What a server sends to a client that has not logged in. */
const FOR_ANYBODY: ReadonlySet<number> = new Set([
  Command.LOGIN,
  Command.HEARTBEAT,
  Command.FORCE_LOGOUT,
  Command.ERROR,
  Command.DRAIN,
]);

function loginRequest(login: LoginInfoInit): SendInfoInit {
  return { cmd: Command.LOGIN, data: { $case: 'login', value: login } };
}

/** The client's side of one connection. It sends Hello and LOGIN, keeps the connection alive, and drops what comes twice. */
export class ClientSession extends Session {
  /** The Hello of this connection, grease included: on WebSocket, `subprotocolsFor(hello.versions)` is what to offer. */
  readonly hello: Hello;
  readonly #login: LoginInfoInit | undefined;
  readonly #delivered: DeliveredWindow;
  #subprotocol: string | undefined;
  #session: SessionInfo | undefined;
  #roundTripMs: number | undefined;
  /** The handshake is due then; afterwards the next heartbeat. */
  protected ownDeadlineMs: number;

  /**
   * The transport is about to be opened: the time for the handshake begins.
   * @throws ProtocolError INVALID_MESSAGE for options that break a rule of Hello or LOGIN.
   */
  constructor(options: ClientSessionOptions, nowMs: number) {
    super(options, 'connecting', nowMs);
    const { versions, features, maxFrameBytes, commands, grease, random, handshakeTimeoutMs } = this.settings;
    const hello = createHello({ versions, features, maxFrameBytes, commands, agent: options.agent });
    this.hello = grease ? withGrease(hello, random) : hello;
    this.#login = options.login;
    // What would fail at the Welcome fails now.
    if (options.login !== undefined) encodeFrame('SendInfo', loginRequest(options.login), BEFORE_LOGIN);
    this.#delivered = options.delivered ?? new DeliveredWindow();
    this.ownDeadlineMs = nowMs + handshakeTimeoutMs;
  }

  /** Who is logged in; undefined until LOGIN was accepted. */
  get session(): SessionInfo | undefined {
    return this.#session;
  }

  get isLoggedIn(): boolean {
    return this.#session !== undefined;
  }

  /** How long the last heartbeat took to come back, in milliseconds; undefined until one did. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /**
   * The transport is open: sends Hello, and LOGIN in the same flight where the version is settled already.
   * @param subprotocol on WebSocket what the server picked; '' (the default) = nothing.
   */
  open(nowMs: number, subprotocol?: string): void {
    if (this.state !== 'connecting') return;
    this.nowMs = Math.max(this.nowMs, nowMs);
    this.#subprotocol = this.settings.transport === 'websocket' ? (subprotocol ?? '') : undefined;
    this.moveTo('negotiating');
    this.enqueue(encodeFrame('Hello', this.hello, { flags: this.#greaseFlags() }));
    const version = pipelineVersion(this.hello, this.#subprotocol);
    if (version === undefined) return;
    this.encoding = { version, ...BEFORE_LOGIN };
    if (this.#login !== undefined) this.login(this.#login, nowMs);
  }

  /** Sends LOGIN; on an open connection it renews the token. Returns the sequence of the request. @throws ProtocolError as `request` does. */
  login(login: LoginInfoInit, nowMs: number): number {
    return this.request(loginRequest(login), nowMs);
  }

  protected override tickOwn(): void {
    if (this.ownDeadlineMs > this.nowMs) return;
    if (!this.isWelcomed) {
      this.fail(new ProtocolError('HANDSHAKE_TIMEOUT', `no Welcome within ${this.settings.handshakeTimeoutMs} ms`));
      return;
    }
    this.#heartbeat();
  }

  protected override takeHandshake(frame: AnyFrame): void {
    // A server may refuse a connection before it has read the Hello, but not take it.
    const isDue = !this.isWelcomed && (frame.type === 'Reject' || (frame.type === 'Welcome' && this.state === 'negotiating'));
    if (!isDue) {
      this.refuseRequest(new ProtocolError('UNSUPPORTED_TYPE', `a ${frame.type}, which is not due`), 0, 0);
      return;
    }
    if (frame.type === 'Reject') {
      const reject = frame.message as Reject;
      this.finish(checkReject(this.hello, reject), reject.retryAfterMs);
      return;
    }
    try {
      this.#welcome(frame.message as Welcome);
    } catch (error) {
      if (!isProtocolError(error)) throw error;
      this.fail(error);
    }
  }

  /** The server has a Reject to refuse with, the client has nothing but to go. */
  protected override refuseHandshake(error: ProtocolError): ProtocolError {
    return error;
  }

  protected override handle(message: SendInfo): void {
    const { cmd, data } = message;
    switch (data?.$case) {
      case 'drain':
        if (this.state === 'draining') return;
        this.moveTo('draining');
        this.emit({ type: 'drain', drain: data.value });
        return;
      case 'forceLogout':
        this.emit({ type: 'message', message: { ...message, sequence: 0 } });
        return;
    }
    const messageId = data !== undefined && 'content' in data.value ? (data.value.content?.messageId ?? 0n) : 0n;
    if (!this.#delivered.has(messageId)) {
      if (this.deliver(message)) this.#delivered.add(messageId);
      return;
    }
    // It was handed over before, and the server has not heard of it.
    if (message.sequence === 0) return;
    const value = { code: SendCode.SUCCESS, cmd, messageId };
    this.enqueue(this.encode({ cmd: Command.SEND_RESULT, replyTo: message.sequence, data: { $case: 'sendResult', value } }));
  }

  protected override judgeReply({ cmd, data }: SendInfo, { sentAtMs }: OpenRequest): ProtocolError | undefined {
    if (cmd === Command.HEARTBEAT) this.#roundTripMs = this.nowMs - sentAtMs;
    if (cmd !== Command.LOGIN) return undefined;
    if (data?.$case !== 'session')
      return new ProtocolError('COMMAND_DATA_MISMATCH', 'a reply to LOGIN carries a session', { path: 'data' });
    this.#session = data.value;
    this.encoding = { ...this.encoding, maxFrameBytes: this.agreement!.maxFrameBytes };
    if (this.state === 'anonymous') this.moveTo('authenticated');
    this.emit({ type: 'authenticated', session: data.value });
    return undefined;
  }

  protected override isForAnybody(cmd: number): boolean {
    return FOR_ANYBODY.has(cmd);
  }

  protected override maySend(cmd: number): boolean {
    return sendersOf(cmd).fromClient;
  }

  protected override mayReceive(cmd: number): boolean {
    return sendersOf(cmd).fromServer;
  }

  protected override requireLogin(cmd: number): void {
    // Before the Welcome only LOGIN may go out, and only where the version is settled.
    if (cmd === Command.LOGIN && (this.isWelcomed || this.encoding.version !== undefined)) return;
    if (cmd !== Command.LOGIN) {
      super.requireLogin(cmd);
      return;
    }
    throw new ProtocolError('LOGIN_REQUIRED', 'LOGIN before the version is settled');
  }

  #welcome(welcome: Welcome): void {
    const wasPipelined = this.encoding.version !== undefined;
    this.agree(checkWelcome(this.hello, welcome, { subprotocol: this.#subprotocol }));
    this.encoding = { ...this.encoding, ...BEFORE_LOGIN };
    this.reader.accept(acceptedFrameBytes(this.settings.maxFrameBytes));
    // "the first after a random part of it"
    this.ownDeadlineMs = this.nowMs + this.settings.random() * this.agreement!.heartbeatIntervalMs;
    if (this.#login !== undefined && !wasPipelined) this.login(this.#login, this.nowMs);
  }

  /** "The client sends HEARTBEAT as a request every interval" */
  #heartbeat(): void {
    const interval = this.agreement!.heartbeatIntervalMs;
    this.ownDeadlineMs = this.nowMs + interval;
    const sentAtMs = BigInt(Math.round(this.settings.timeOriginMs + this.nowMs));
    try {
      this.request({ cmd: Command.HEARTBEAT, data: { $case: 'heartbeat', value: { sentAtMs } } }, this.nowMs, interval);
    } catch (error) {
      if (!isProtocolError(error, 'RATE_LIMITED')) throw error;
      // A peer that leaves 1024 requests open has enough to answer.
      this.notice(error);
    }
  }

  #greaseFlags(): number {
    const { grease, random } = this.settings;
    return grease ? ADVISORY_FLAG << Math.floor(random() * ADVISORY_FLAGS) : 0;
  }
}
