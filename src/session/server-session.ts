import type { DrainInfoInit } from '../../generated/init/im/protocol/v1/drain_info.js';
import type { ForceLogoutInit } from '../../generated/init/im/protocol/v1/force_logout.js';
import type { SessionInfoInit } from '../../generated/init/im/protocol/v1/session_info.js';
import { Command } from '../../generated/types/im/protocol/v1/command.js';
import type { Hello } from '../../generated/types/im/protocol/v1/handshake.js';
import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';
import type { UserInfo } from '../../generated/types/im/protocol/v1/user_info.js';
import { commandName } from '../codec/command-name.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { AnyFrame } from '../codec/read-frame.js';
import { type ErrorName, ProtocolError } from '../errors.js';
import { DEFAULT_HEARTBEAT_INTERVAL_MS, DEFAULT_LOGIN_TIMEOUT_MS } from '../limits.js';
import { acceptedFrameBytes } from '../negotiate/agreement.js';
import { answerHello } from '../negotiate/answer-hello.js';
import { createReject } from '../negotiate/create-reject.js';
import { sendersOf } from './command-rules.js';
import { Session } from './session.js';
import type { SessionOptions } from './session-options.js';

/** What a ServerSession can be told. All may be left out. */
export interface ServerSessionOptions extends SessionOptions {
  /** The client shall send a heartbeat so often, in milliseconds: 1000 to 600000. Default 30000. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** From the Welcome until LOGIN is there, in milliseconds. Default 10000. */
  readonly loginTimeoutMs?: number | undefined;
  /** Identifies the connection in the logs of both sides, at most 64 bytes of printable ASCII. Default: empty. */
  readonly connectionId?: string | undefined;
}

/** Who is logged in on a connection. */
export interface LoggedIn {
  readonly userId: bigint;
  readonly terminal: number;
  /** The device, as it called itself; may be empty. */
  readonly deviceId: string;
}

/** The server's side of one connection. It takes Hello, then LOGIN, then everything else. */
export class ServerSession extends Session {
  readonly #heartbeatIntervalMs: number;
  readonly #loginTimeoutMs: number;
  readonly #connectionId: string;
  #user: LoggedIn | undefined;
  /** Device ids of the LOGINs that wait for an answer, by sequence. */
  readonly #devices = new Map<number, string>();
  /** The handshake, LOGIN or the end of draining is due then. */
  protected ownDeadlineMs: number;

  /** The connection is open from now on. */
  constructor(options: ServerSessionOptions, nowMs: number) {
    super(options, 'negotiating', nowMs);
    this.#heartbeatIntervalMs = options.heartbeatIntervalMs ?? DEFAULT_HEARTBEAT_INTERVAL_MS;
    this.#loginTimeoutMs = options.loginTimeoutMs ?? DEFAULT_LOGIN_TIMEOUT_MS;
    this.#connectionId = options.connectionId ?? '';
    this.ownDeadlineMs = nowMs + this.settings.handshakeTimeoutMs;
  }

  /** Who is logged in; undefined until `acceptLogin`. */
  get user(): LoggedIn | undefined {
    return this.#user;
  }

  get isLoggedIn(): boolean {
    return this.#user !== undefined;
  }

  /**
   * Accepts a LOGIN: from now on the client may send everything, and frames up to what the Welcome announced. A LOGIN of the same user
   * renews the token; one of another user is PERMISSION_DENIED, and closes. On a closed connection it does nothing.
   * @param session who logs in, as the token says.
   * @throws Error if no such LOGIN waits for an answer; ProtocolError INVALID_MESSAGE for a session that breaks a rule.
   */
  acceptLogin(sequence: number, session: SessionInfoInit, nowMs: number): void {
    if (!this.isOpen) return;
    const deviceId = this.#devices.get(sequence);
    if (deviceId === undefined) throw new Error(`no LOGIN ${sequence} waits for an answer`);
    const { userId = 0n, terminal = 0, sessionId = '' } = session;
    const before = this.#user;
    // "LOGIN again for the same user renews the token; for another user PERMISSION_DENIED and close."
    if (before !== undefined && (before.userId !== userId || before.terminal !== terminal)) {
      this.fail(new ProtocolError('PERMISSION_DENIED', 'another user is logged in'), sequence, Command.LOGIN);
      return;
    }
    this.reply(sequence, { cmd: Command.LOGIN, data: { $case: 'session', value: session } }, nowMs);
    this.#devices.delete(sequence);
    this.#user = { userId, terminal, deviceId };
    this.emit({ type: 'authenticated', session: { userId, terminal, sessionId } });
    if (before !== undefined) return;
    // "afterwards what it announced"
    this.reader.accept(acceptedFrameBytes(this.settings.maxFrameBytes));
    if (this.state === 'anonymous') {
      this.ownDeadlineMs = Number.POSITIVE_INFINITY;
      this.moveTo('authenticated');
    }
  }

  /**
   * Announces that the server is going to close: requests that are open are still answered, new ones get DRAINING, and after
   * `grace_ms` the connection closes. Before the handshake is over there is nobody to tell: the connection closes as OVERLOADED.
   * @throws ProtocolError INVALID_MESSAGE for a `drain` that breaks a rule.
   */
  drain(drain: DrainInfoInit, nowMs: number): void {
    if (!this.isOpen || this.state === 'draining') return;
    if (!this.isWelcomed) {
      this.close(nowMs, new ProtocolError('OVERLOADED', 'the server is going to close'));
      return;
    }
    this.enqueue(this.encode({ cmd: Command.DRAIN, data: { $case: 'drain', value: drain } }));
    this.ownDeadlineMs = Math.max(this.nowMs, nowMs) + (drain.graceMs ?? 0);
    if (this.isOpen) this.moveTo('draining');
  }

  /**
   * Ends the session because a newer connection of the same user and terminal takes over: "with the same non-empty device_id it closes
   * the old connection with REPLACED, without FORCE_LOGOUT (reconnect, drain); with another or an empty one the old one gets
   * FORCE_LOGOUT, then close FORCED_LOGOUT".
   * @param notice `device_id` is the device that takes over.
   */
  takeOver(notice: ForceLogoutInit, nowMs: number): void {
    if (!this.isOpen || this.#user === undefined) return;
    const { deviceId = '', reason = '' } = notice;
    if (deviceId !== '' && deviceId === this.#user.deviceId) {
      this.close(nowMs, new ProtocolError('REPLACED', 'the device has connected anew'));
      return;
    }
    this.enqueue(this.encode({ cmd: Command.FORCE_LOGOUT, data: { $case: 'forceLogout', value: notice } }));
    this.close(nowMs, new ProtocolError('FORCED_LOGOUT', reason === '' ? 'another device has logged in' : reason));
  }

  protected override tickOwn(): void {
    if (this.ownDeadlineMs > this.nowMs) return;
    if (!this.isWelcomed)
      this.fail(new ProtocolError('HANDSHAKE_TIMEOUT', `no Hello within ${this.settings.handshakeTimeoutMs} ms`));
    else if (this.state === 'draining') this.fail(new ProtocolError('DRAINING', 'the server closes'));
    else this.fail(new ProtocolError('IDLE_TIMEOUT', `no LOGIN within ${this.#loginTimeoutMs} ms`));
  }

  protected override takeHandshake(frame: AnyFrame): void {
    if (frame.type === 'Hello') {
      if (this.isWelcomed) {
        this.fail(new ProtocolError('MALFORMED_HELLO', 'a second Hello'));
        return;
      }
      this.#greet(frame.message as Hello);
      return;
    }
    const error = new ProtocolError('UNSUPPORTED_TYPE', `a client sends no ${frame.type}`);
    if (this.isWelcomed) this.refuseRequest(error, 0, 0);
    else this.fail(new ProtocolError('MALFORMED_HELLO', `the first frame is a ${frame.type}`));
  }

  /** "A first frame that is no valid Hello is answered by Reject MALFORMED_HELLO." */
  protected override refuseHandshake(error: ProtocolError): ProtocolError {
    if (error.properties.local) return error;
    const text = error.message.slice(`[${error.code}] `.length);
    const told = REJECTS.has(error.code) ? error : new ProtocolError('MALFORMED_HELLO', text, { cause: error });
    this.enqueue(encodeFrame('Reject', createReject(told.code, { message: text, versions: this.settings.versions })));
    return told;
  }

  protected override handle(message: SendInfo): void {
    const { cmd, sequence, data } = message;
    if (this.state === 'draining' && sequence !== 0) {
      this.refuseRequest(new ProtocolError('DRAINING', 'the server is going to close'), sequence, cmd);
      return;
    }
    if (data?.$case === 'login') {
      this.#login(message, data.value.deviceId);
      return;
    }
    if (this.#user === undefined) {
      this.fail(new ProtocolError('LOGIN_REQUIRED', `${commandName(cmd)} before LOGIN`), sequence, cmd);
      return;
    }
    const sender = data?.$case === 'privateMessage' || data?.$case === 'groupMessage' ? data.value.sender : undefined;
    // "`sender` must be the logged-in user and terminal, else PERMISSION_DENIED"
    if (sender !== undefined && !this.#isUser(sender)) {
      this.refuseMessage(message, new ProtocolError('PERMISSION_DENIED', 'sender is not who is logged in'));
      return;
    }
    this.deliver(message);
  }

  protected override takeLoginReply(): void {}

  protected override takeHeartbeatReply(): void {}

  protected override maySend(cmd: number): boolean {
    return sendersOf(cmd).fromServer;
  }

  protected override mayReceive(cmd: number): boolean {
    return sendersOf(cmd).fromClient;
  }

  #greet(hello: Hello): void {
    const answer = answerHello(hello, {
      versions: this.settings.versions,
      features: this.settings.features,
      maxFrameBytes: this.settings.maxFrameBytes,
      commands: this.settings.commands,
      heartbeatIntervalMs: this.#heartbeatIntervalMs,
      serverTimeMs: BigInt(Math.round(this.settings.timeOriginMs + this.nowMs)),
      connectionId: this.#connectionId,
    });
    if (answer.reject !== undefined) {
      this.enqueue(encodeFrame('Reject', answer.reject));
      this.finish(answer.error);
      return;
    }
    this.enqueue(encodeFrame('Welcome', answer.welcome));
    this.agree(answer.agreement);
    this.ownDeadlineMs = this.nowMs + this.#loginTimeoutMs;
  }

  #login(message: SendInfo, deviceId: string): void {
    const { sequence } = message;
    // "LOGIN -> LOGIN + session (always a request ...)"
    if (sequence === 0) {
      this.refuseMessage(message, new ProtocolError('INVALID_MESSAGE', 'LOGIN without a sequence', { path: 'sequence' }));
      return;
    }
    // Verifying a token costs more than sending one.
    if (this.#devices.size > 0) {
      this.refuseRequest(new ProtocolError('RATE_LIMITED', 'another LOGIN waits for its answer'), sequence, Command.LOGIN);
      return;
    }
    if (this.#user === undefined) this.ownDeadlineMs = Number.POSITIVE_INFINITY;
    this.#devices.set(sequence, deviceId);
    this.deliverLogin(message);
  }

  /** Refused, a LOGIN that renews may be tried again. */
  override refuse(sequence: number, error: ProtocolError, nowMs: number, retryAfterMs = 0): void {
    this.#devices.delete(sequence);
    super.refuse(sequence, error, nowMs, retryAfterMs);
  }

  #isUser({ userId, terminal }: UserInfo): boolean {
    return this.#user?.userId === userId && this.#user.terminal === terminal;
  }
}

/** The errors that a Reject tells as they are: all others say that the Hello was none. */
const REJECTS: ReadonlySet<ErrorName> = new Set<ErrorName>(['MALFORMED_HELLO', 'OVERLOADED', 'HANDSHAKE_TIMEOUT']);
