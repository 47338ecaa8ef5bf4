import type { DrainInfoInit } from '../../generated/init/im/protocol/v1/drain_info.js';
import type { ForceLogoutInit } from '../../generated/init/im/protocol/v1/force_logout.js';
import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import type { SessionInfoInit } from '../../generated/init/im/protocol/v1/session_info.js';
import { Command } from '../../generated/types/im/protocol/v1/command.js';
import type { Hello } from '../../generated/types/im/protocol/v1/handshake.js';
import type { LoginInfo } from '../../generated/types/im/protocol/v1/login_info.js';
import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';
import { Terminal } from '../../generated/types/im/protocol/v1/terminal.js';
import type { UserInfo } from '../../generated/types/im/protocol/v1/user_info.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { AnyFrame } from '../codec/read-frame.js';
import { ERRORS, ProtocolError } from '../errors.js';
import { DEFAULT_HEARTBEAT_INTERVAL_MS, DEFAULT_LOGIN_TIMEOUT_MS } from '../limits.js';
import { acceptedFrameBytes } from '../negotiate/agreement.js';
import { answerHello, type HelloAnswer } from '../negotiate/answer-hello.js';
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

/** What a client sends that has not logged in. */
const FOR_ANYBODY: ReadonlySet<number> = new Set([Command.LOGIN, Command.HEARTBEAT, Command.ERROR]);

/** A Hello that any server understands. */
const ANY_HELLO: Hello = { versions: [1], features: [], maxFrameBytes: 0, agent: '', commandDigests: new Map() };

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
  /** The LOGIN that waits for an answer, by its sequence: never more than one. */
  readonly #logins = new Map<number, LoginInfo>();
  /** The handshake, LOGIN or the end of draining is due then. */
  protected ownDeadlineMs: number;

  /**
   * The connection is open from now on.
   * @throws ProtocolError INVALID_MESSAGE for options that break a rule of Welcome.
   */
  constructor(options: ServerSessionOptions, nowMs: number) {
    super(options, 'negotiating', nowMs);
    this.#heartbeatIntervalMs = options.heartbeatIntervalMs ?? DEFAULT_HEARTBEAT_INTERVAL_MS;
    this.#loginTimeoutMs = options.loginTimeoutMs ?? DEFAULT_LOGIN_TIMEOUT_MS;
    this.#connectionId = options.connectionId ?? '';
    this.ownDeadlineMs = nowMs + this.settings.handshakeTimeoutMs;
    // Options that no client could be welcomed with fail now, not with the first client.
    this.#answer(ANY_HELLO);
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
   * renews the token; one of another user is PERMISSION_DENIED, one that names another terminal UNAUTHENTICATED, and both close. On a
   * closed connection it does nothing.
   * @param session who logs in, as the token says.
   * @throws Error if no such LOGIN waits for an answer; ProtocolError INVALID_MESSAGE for a session that breaks a rule.
   */
  acceptLogin(sequence: number, session: SessionInfoInit, nowMs: number): void {
    if (!this.isOpen) return;
    const login = this.#logins.get(sequence);
    if (login === undefined) throw new Error(`no LOGIN ${sequence} waits for an answer`);
    const { userId = 0n, terminal = 0, sessionId = '' } = session;
    const before = this.#user;
    // "LOGIN again for the same user renews the token; for another user PERMISSION_DENIED and close."
    if (before !== undefined && (before.userId !== userId || before.terminal !== terminal)) {
      this.fail(new ProtocolError('PERMISSION_DENIED', 'another user is logged in'), sequence, Command.LOGIN);
      return;
    }
    // "0 = the token tells it; if both tell, they must agree"
    if (login.terminal !== Terminal.UNSPECIFIED && login.terminal !== terminal) {
      const text = `LOGIN names terminal ${login.terminal}, its token ${terminal}`;
      this.fail(new ProtocolError('UNAUTHENTICATED', text), sequence, Command.LOGIN);
      return;
    }
    super.reply(sequence, { cmd: Command.LOGIN, data: { $case: 'session', value: session } }, nowMs);
    this.#logins.delete(sequence);
    if (!this.isOpen) return;
    this.#user = { userId, terminal, deviceId: login.deviceId };
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
    const told = isOfFrame(error) ? new ProtocolError('MALFORMED_HELLO', text, { cause: error }) : error;
    this.enqueue(encodeFrame('Reject', createReject(told.code, { message: text, versions: this.settings.versions })));
    return told;
  }

  protected override handle(message: SendInfo): void {
    const { cmd, sequence, data } = message;
    if (this.state === 'draining' && sequence !== 0) {
      this.refuseRequest(new ProtocolError('DRAINING', 'the server is going to close'), sequence, cmd);
      return;
    }
    if (cmd === Command.LOGIN) {
      this.#login(message);
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

  protected override judgeReply(): undefined {}

  protected override isForAnybody(cmd: number): boolean {
    return FOR_ANYBODY.has(cmd);
  }

  protected override maySend(cmd: number): boolean {
    return sendersOf(cmd).fromServer;
  }

  protected override mayReceive(cmd: number): boolean {
    return sendersOf(cmd).fromClient;
  }

  #greet(hello: Hello): void {
    const answer = this.#answer(hello);
    if (answer.reject !== undefined) {
      this.enqueue(encodeFrame('Reject', answer.reject));
      this.finish(answer.error);
      return;
    }
    this.enqueue(encodeFrame('Welcome', answer.welcome));
    this.agree(answer.agreement);
    this.ownDeadlineMs = this.nowMs + this.#loginTimeoutMs;
  }

  #login(message: SendInfo): void {
    const { sequence, data } = message;
    if (data?.$case !== 'login') {
      this.refuseMessage(
        message,
        new ProtocolError('COMMAND_DATA_MISMATCH', 'LOGIN of a client carries login', { path: 'data' }),
      );
      return;
    }
    // "LOGIN -> LOGIN + session (always a request ...)"
    if (sequence === 0) {
      this.refuseMessage(message, new ProtocolError('INVALID_MESSAGE', 'LOGIN without a sequence', { path: 'sequence' }));
      return;
    }
    // Verifying a token costs more than sending one.
    if (this.#logins.size > 0) {
      this.refuseRequest(new ProtocolError('RATE_LIMITED', 'another LOGIN waits for its answer'), sequence, Command.LOGIN);
      return;
    }
    if (!this.deliverLogin(message, data.value)) return;
    this.#logins.set(sequence, data.value);
    if (this.#user === undefined) this.ownDeadlineMs = Number.POSITIVE_INFINITY;
  }

  /** @throws Error for a LOGIN, which `acceptLogin` answers. */
  override reply(sequence: number, message: SendInfoInit, nowMs: number): void {
    if (this.#logins.has(sequence)) throw new Error(`LOGIN ${sequence} is answered by acceptLogin or refuse`);
    super.reply(sequence, message, nowMs);
  }

  /** Refused, a LOGIN that renews may be tried again. */
  override refuse(sequence: number, error: ProtocolError, nowMs: number, retryAfterMs = 0): void {
    super.refuse(sequence, error, nowMs, retryAfterMs);
    this.#logins.delete(sequence);
  }

  /** The answer to a Hello, from the options. @throws ProtocolError INVALID_MESSAGE for options that break a rule of Welcome. */
  #answer(hello: Hello): HelloAnswer {
    return answerHello(hello, {
      versions: this.settings.versions,
      features: this.settings.features,
      maxFrameBytes: this.settings.maxFrameBytes,
      commands: this.settings.commands,
      heartbeatIntervalMs: this.#heartbeatIntervalMs,
      serverTimeMs: BigInt(Math.round(this.settings.timeOriginMs + this.nowMs)),
      connectionId: this.#connectionId,
    });
  }

  #isUser({ userId, terminal }: UserInfo): boolean {
    return this.#user?.userId === userId && this.#user.terminal === terminal;
  }
}

/** What is wrong with a frame says that it is no Hello: 16 to 31 are the errors of frames. */
function isOfFrame({ properties: { number } }: ProtocolError): boolean {
  return number >= ERRORS.FOREIGN_PROTOCOL.number && number < ERRORS.UNAUTHENTICATED.number;
}
