import { Command } from '../../generated/im/protocol/v1/command.js';
import type { DrainInfoInit } from '../../generated/im/protocol/v1/drain_info.js';
import { ErrorCodeTable } from '../../generated/im/protocol/v1/error_code.codec.js';
import type { ForceLogoutInit } from '../../generated/im/protocol/v1/force_logout.js';
import type { Hello } from '../../generated/im/protocol/v1/handshake.js';
import type { HeartbeatInfo } from '../../generated/im/protocol/v1/heartbeat_info.js';
import type { LoginInfo } from '../../generated/im/protocol/v1/login_info.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { SendResultTable } from '../../generated/im/protocol/v1/send_result.codec.js';
import type { SendResult } from '../../generated/im/protocol/v1/send_result.js';
import { SessionInfoTable } from '../../generated/im/protocol/v1/session_info.codec.js';
import type { SessionInfo, SessionInfoInit } from '../../generated/im/protocol/v1/session_info.js';
import { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import { clearPlatformFields } from '../codec/clear-platform-fields.js';
import { commandName } from '../codec/command-name.js';
import { encodeFrame } from '../codec/encode-frame.js';
import { olderValue } from '../codec/older-value.js';
import type { AnyFrame } from '../codec/read-frame.js';
import { ERRORS, isProtocolError, ProtocolError, textOfError } from '../errors.js';
import { ANONYMOUS_MAX_BYTES, DEFAULT_HEARTBEAT_INTERVAL_MS, DEFAULT_LOGIN_TIMEOUT_MS } from '../limits.js';
import { answerHello, type HelloAnswer } from '../negotiate/answer-hello.js';
import { acceptedFrameBytes } from '../negotiate/check-welcome.js';
import { createReject } from '../negotiate/reject.js';
import { createMessage } from '../wire/create-message.js';
import { ConnectionLimits } from './connection-limits.js';
import { sendRefusal, sendReply } from './outgoing.js';
import { Session } from './session.js';
import { featureError, memberOf, neverRequest, replyOf, SessionCore, sendersOf } from './session-core.js';
import type { LoggedIn, ServerSessionOptions } from './session-options.js';

export type { LoggedIn, ServerSessionOptions } from './session-options.js';

/** The server side of a connection. It accepts Hello, then LOGIN, then all other messages. */
export class ServerSession extends Session {
  readonly #core: ServerCore;

  /**
   * Create the session when the connection is accepted: the handshake timeout starts now.
   * @throws ProtocolError INVALID_MESSAGE for options that break a rule of Welcome.
   */
  constructor(options: ServerSessionOptions, nowMs: number) {
    const core = new ServerCore(options, nowMs);
    super(core);
    this.#core = core;
  }

  /** The authenticated user; undefined until `acceptLogin`. */
  get user(): LoggedIn | undefined {
    return this.#core.user;
  }

  /** Whether the application of the client is in the background, as its last HEARTBEAT said. */
  get isBackground(): boolean {
    return this.#core.isBackground;
  }

  /**
   * Accepts a LOGIN. From now on the client may send all messages, in frames up to the announced limit. A LOGIN of the same user renews the
   * token. A LOGIN of another user closes the connection with PERMISSION_DENIED, a LOGIN with another terminal than its token with
   * UNAUTHENTICATED, and so does the terminal SERVER. Does nothing on a closed connection.
   * @param session the user that the token belongs to. With `tokenExpiresAtMs`, the connection closes with TOKEN_EXPIRED at that time of
   * this side's clock (`timeOriginMs` + `nowMs`), unless a LOGIN renews the token before; a LOGIN that is being verified then is finished.
   * @throws Error if no such LOGIN is open.
   * @throws ProtocolError INVALID_MESSAGE for a session that breaks a rule. The LOGIN stays open then.
   */
  acceptLogin(sequence: number, session: SessionInfoInit, nowMs: number): void {
    if (this.#core.enter(nowMs)) this.#core.acceptLogin(sequence, session);
  }

  /** The rooms that the connection has joined: those of ROOM requests that were answered by ROOM. It changes with the next answer. */
  get rooms(): ReadonlySet<bigint> {
    return this.#core.limits.rooms.joined;
  }

  /** Whether the connection is subscribed to the presence of a user: by a PRESENCE that was answered, and has not ended. */
  isSubscribedTo(userId: bigint, nowMs: number): boolean {
    return this.#core.limits.presence.has(userId, nowMs);
  }

  /** The ids of the users to whose presence the connection is subscribed, at most 1000. A copy. */
  presenceSubscriptions(nowMs: number): bigint[] {
    return this.#core.limits.presence.users(nowMs);
  }

  /**
   * Answers LOGOUT, and closes the connection without an error. Does nothing on a closed connection.
   * @param sequence of the `logout` event.
   * @throws Error if no such LOGOUT is open.
   */
  acceptLogout(sequence: number, nowMs: number): void {
    if (this.#core.enter(nowMs)) this.#core.acceptLogout(sequence);
  }

  /** As `Session.reply`. @throws Error for a LOGIN and a LOGOUT: call `acceptLogin`, `acceptLogout`. */
  override reply(sequence: number, message: SendInfoInit, nowMs: number): void {
    if (this.#core.logins.has(sequence)) throw new Error(`LOGIN ${sequence} must be answered by acceptLogin or refuse`);
    if (this.#core.isLogout(sequence)) throw new Error(`LOGOUT ${sequence} must be answered by acceptLogout or refuse`);
    super.reply(sequence, message, nowMs);
  }

  /**
   * As `Session.refuse`. After a refused renewal of the token, the client may send LOGIN again, unless the token has expired meanwhile: then
   * the connection closes with TOKEN_EXPIRED.
   */
  override refuse(sequence: number, error: ProtocolError, nowMs: number, retryAfterMs?: number): void {
    super.refuse(sequence, error, nowMs, retryAfterMs);
    this.#core.loginRefused(sequence);
  }

  /**
   * Announces that the server is going to close. Open requests are still answered, new ones are refused with DRAINING, and the connection
   * closes after `grace_ms`. Before the end of the handshake, the connection closes at once with OVERLOADED.
   * @throws ProtocolError INVALID_MESSAGE for a `drain` that breaks a rule.
   */
  drain(drain: DrainInfoInit, nowMs: number): void {
    if (this.#core.enter(nowMs)) this.#core.drain(drain);
  }

  /**
   * Ends the session because a newer connection of the same user and terminal replaces it. With the same, non-empty `device_id` the
   * connection closes with REPLACED. With another or an empty `device_id` the client gets FORCE_LOGOUT, and the connection closes with
   * FORCED_LOGOUT. Does nothing on a connection that is not authenticated.
   * @param notice its `device_id` is the device of the newer connection.
   * @throws ProtocolError INVALID_MESSAGE for a `notice` that breaks a rule.
   */
  takeOver(notice: ForceLogoutInit, nowMs: number): void {
    if (this.#core.enter(nowMs)) this.#core.takeOver(notice);
  }
}

/** Commands that a client may send before LOGIN is accepted. */
const BEFORE_LOGIN: readonly number[] = [Command.LOGIN, Command.HEARTBEAT, Command.ERROR];

/** A Hello with which the constructor checks the options. */
const ANY_HELLO: Hello = { versions: [1], features: [], maxFrameBytes: 0, agent: '', commandDigests: new Map() };

/** What only the server does: Welcome, LOGIN, DRAIN, and ending a session that another one replaces. */
class ServerCore extends SessionCore {
  user: LoggedIn | undefined;
  /** The LOGIN that is being verified, by its sequence: at most one. */
  readonly logins = new Map<number, LoginInfo>();
  isBackground = false;
  readonly limits = new ConnectionLimits(this.unanswered);
  /** The LOGOUT of the client, which is answered last. */
  #logout: number | undefined;
  #tokenExpiresAtMs = Number.POSITIVE_INFINITY;
  readonly #heartbeatIntervalMs: number;
  readonly #loginTimeoutMs: number;
  readonly #connectionId: string;
  #anonymousBytes = 0;

  constructor(options: ServerSessionOptions, nowMs: number) {
    super(options, 'negotiating', nowMs);
    this.#heartbeatIntervalMs = options.heartbeatIntervalMs ?? DEFAULT_HEARTBEAT_INTERVAL_MS;
    this.#loginTimeoutMs = options.loginTimeoutMs ?? DEFAULT_LOGIN_TIMEOUT_MS;
    this.#connectionId = options.connectionId ?? '';
    // Invalid options fail now, not with the first client.
    this.#answer(ANY_HELLO);
  }

  get isLoggedIn(): boolean {
    return this.user !== undefined;
  }

  readonly isClient = false;

  maySend(cmd: number): boolean {
    return sendersOf(cmd).fromServer;
  }

  mayReceive(cmd: number): boolean {
    return sendersOf(cmd).fromClient;
  }

  isAllowedBeforeLogin(cmd: number): boolean {
    return BEFORE_LOGIN.includes(cmd);
  }

  expire(): void {
    if (!this.isWelcomed)
      this.fail(new ProtocolError('HANDSHAKE_TIMEOUT', `no Hello within ${this.settings.handshakeTimeoutMs} ms`));
    else if (this.state === 'draining') this.fail(new ProtocolError('DRAINING', 'the server is closing'));
    else if (this.logins.size > 0) this.#refuseOverdueLogin();
    else this.fail(new ProtocolError('IDLE_TIMEOUT', `no LOGIN within ${this.#loginTimeoutMs} ms`));
  }

  takeHandshake({ type, message }: AnyFrame): void {
    if (type === 'Hello' && !this.isWelcomed) this.#takeHello(message as Hello);
    // "a second Hello [is answered] by ERROR MALFORMED_HELLO. Both close the connection."
    else if (type === 'Hello') this.fail(new ProtocolError('MALFORMED_HELLO', 'a second Hello'));
    else if (!this.isWelcomed) this.fail(new ProtocolError('MALFORMED_HELLO', `expected Hello as the first frame, got ${type}`));
    else this.refuse(new ProtocolError('UNSUPPORTED_TYPE', `unexpected ${type} from a client`), 0, 0);
  }

  /** "A first frame that is not a valid Hello is answered by Reject MALFORMED_HELLO." */
  refuseHandshake(error: ProtocolError): ProtocolError {
    if (error.properties.local) return error;
    const text = textOfError(error);
    const sent = isOfFrame(error) ? new ProtocolError('MALFORMED_HELLO', text, { cause: error }) : error;
    const { retryAfterMs } = sent;
    // Without a Hello the peer may be of version 1.
    const code = olderValue(ErrorCodeTable, sent.properties.number, 1);
    const reject = createReject(code, { message: text, versions: this.settings.versions, retryAfterMs });
    this.enqueue(encodeFrame('Reject', reject));
    return sent;
  }

  countReceived(bytes: number): void {
    if (this.isLoggedIn) return;
    this.#anonymousBytes += bytes;
    const actual = this.#anonymousBytes;
    if (actual <= ANONYMOUS_MAX_BYTES) return;
    const text = `${actual} bytes before LOGIN was accepted, limit ${ANONYMOUS_MAX_BYTES}`;
    this.fail(new ProtocolError('RATE_LIMITED', text, { limit: ANONYMOUS_MAX_BYTES, actual }));
  }

  handle(message: SendInfo): void {
    const { cmd, sequence, data } = message;
    // The client may have sent LOGOUT before it got DRAIN.
    if (cmd === Command.LOGOUT && this.#logout === undefined) {
      this.#takeLogout(message);
      return;
    }
    // "Open requests are still answered; new ones are answered by DRAINING."
    if (this.state === 'draining' && sequence !== 0) {
      this.refuseRequest(new ProtocolError('DRAINING', 'the server is going to close'), sequence, cmd);
      return;
    }
    const unexpected = this.#judgeCommand(message);
    if (unexpected !== undefined) {
      this.refuseMessage(message, unexpected);
      return;
    }
    if (cmd === Command.LOGIN) {
      this.#takeLogin(message);
      return;
    }
    if (data?.$case === 'pushAck') {
      this.#takeAck(data.value.upToSequence);
      return;
    }
    const member = memberOf(cmd, true);
    if (member !== undefined && data?.$case !== member) {
      const text = `${commandName(cmd)} from a client must carry ${member}`;
      this.refuseMessage(message, new ProtocolError('COMMAND_DATA_MISMATCH', text, { path: 'data' }));
      return;
    }
    const sender = data === undefined ? this.user : senderOf(data, this.user);
    // "The `sender` of a message MUST be the authenticated user and terminal, otherwise it is PERMISSION_DENIED."
    if (sender?.userId !== this.user?.userId || sender?.terminal !== this.user?.terminal) {
      this.refuseMessage(message, new ProtocolError('PERMISSION_DENIED', 'sender does not match the authenticated user'));
      return;
    }
    const cleared = withoutPlatformFields(message);
    if (isProtocolError(cleared)) this.refuseMessage(message, cleared);
    else this.#deliverWithinLimits(cleared);
  }

  acceptReply(message: SendInfo): SendInfo | ProtocolError {
    return withoutPlatformFields(message);
  }

  takeHeartbeat({ background }: HeartbeatInfo): void {
    if (background === this.isBackground || !this.isLoggedIn) return;
    this.isBackground = background;
    this.events.add({ type: 'background', background });
  }

  answered(sequence: number, isAccepted: boolean): void {
    this.limits.answered(sequence, isAccepted, this.nowMs);
    if (sequence === this.#logout) this.#logout = undefined;
    this.#logOutWhenAnswered();
  }

  isLogout(sequence: number): boolean {
    return sequence === this.#logout;
  }

  acceptLogout(sequence: number): void {
    if (sequence !== this.#logout) throw new Error(`no open LOGOUT with sequence ${sequence}`);
    sendReply(this, sequence, { cmd: Command.LOGOUT });
    this.finish(undefined);
  }

  acceptLogin(sequence: number, session: SessionInfoInit): void {
    const login = this.logins.get(sequence);
    if (login === undefined) throw new Error(`no open LOGIN with sequence ${sequence}`);
    const { userId = 0n, terminal = 0 } = session;
    const before = this.user;
    if (terminal === Terminal.SERVER) {
      this.fail(new ProtocolError('UNAUTHENTICATED', 'the terminal SERVER never logs in'), sequence, Command.LOGIN);
      return;
    }
    // "A second LOGIN of another user is PERMISSION_DENIED, and closes."
    if (before !== undefined && (before.userId !== userId || before.terminal !== terminal)) {
      this.fail(
        new ProtocolError('PERMISSION_DENIED', 'the connection is authenticated as another user'),
        sequence,
        Command.LOGIN,
      );
      return;
    }
    // "`LoginInfo.terminal` MAY be left to the token; if both have it, they MUST be equal."
    if (login.terminal !== Terminal.UNSPECIFIED && login.terminal !== terminal) {
      const text = `LOGIN has terminal ${login.terminal}, its token has ${terminal}`;
      this.fail(new ProtocolError('UNAUTHENTICATED', text), sequence, Command.LOGIN);
      return;
    }
    sendReply(this, sequence, { cmd: Command.LOGIN, data: { $case: 'session', value: session } });
    const expiresAtMs = session.tokenExpiresAtMs ?? 0n;
    this.#tokenExpiresAtMs = expiresAtMs === 0n ? Number.POSITIVE_INFINITY : Number(expiresAtMs) - this.settings.timeOriginMs;
    this.#loginAnswered(sequence);
    if (!this.isOpen) return;
    this.user = { userId, terminal, deviceId: login.deviceId };
    this.events.add({ type: 'authenticated', session: createMessage(SessionInfoTable, session) as SessionInfo });
    // From now on the limit is `max_frame_bytes` of the Welcome (specification, section 2, Size).
    this.reader.accept(acceptedFrameBytes(this.settings.maxFrameBytes));
    if (this.state !== 'anonymous') return;
    this.ownDeadlineMs = Number.POSITIVE_INFINITY;
    this.state = 'authenticated';
  }

  /** A LOGIN was refused. An expired token ends the connection now: the next LOGIN must not postpone it again. */
  loginRefused(sequence: number): void {
    if (this.#loginAnswered(sequence) && this.tokenDeadlineMs <= this.nowMs) this.expireToken();
  }

  /** Returns false if it was no LOGIN. */
  #loginAnswered(sequence: number): boolean {
    if (!this.logins.delete(sequence)) return false;
    this.tokenDeadlineMs = this.#tokenExpiresAtMs;
    // The renewal of a token is finished: its deadline ends.
    if (this.state === 'authenticated') this.ownDeadlineMs = Number.POSITIVE_INFINITY;
    return true;
  }

  drain(drain: DrainInfoInit): void {
    if (this.state === 'draining') return;
    if (!this.isWelcomed) {
      this.fail(new ProtocolError('OVERLOADED', 'the server is going to close'));
      return;
    }
    this.#push({ cmd: Command.DRAIN, data: { $case: 'drain', value: drain } });
    if (!this.isOpen) return;
    this.ownDeadlineMs = this.nowMs + (drain.graceMs ?? 0);
    this.state = 'draining';
  }

  takeOver(notice: ForceLogoutInit): void {
    if (this.user === undefined) return;
    const { deviceId = '', reason = '' } = notice;
    if (deviceId !== '' && deviceId === this.user.deviceId) {
      this.fail(new ProtocolError('REPLACED', 'the device has reconnected'));
      return;
    }
    this.#push({ cmd: Command.FORCE_LOGOUT, data: { $case: 'forceLogout', value: notice } });
    this.fail(new ProtocolError('FORCED_LOGOUT', reason === '' ? 'another device has logged in' : reason));
  }

  #takeHello(hello: Hello): void {
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

  #takeLogin(message: SendInfo): void {
    const { cmd, sequence, data } = message;
    if (data?.$case !== 'login') {
      const text = 'LOGIN from a client must carry login';
      this.refuseMessage(message, new ProtocolError('COMMAND_DATA_MISMATCH', text, { path: 'data' }));
    } else if (sequence === 0) {
      // "LOGIN (always a request)"
      this.refuseMessage(message, new ProtocolError('INVALID_MESSAGE', 'LOGIN without a sequence', { path: 'sequence' }));
    } else if (this.logins.size > 0) {
      // Verifying a token is expensive: one at a time.
      this.refuse(new ProtocolError('RATE_LIMITED', 'another LOGIN is still being verified'), sequence, cmd);
    } else if (this.track(message)) {
      this.logins.set(sequence, data.value);
      // A renewal that came in time is finished first.
      this.tokenDeadlineMs = Number.POSITIVE_INFINITY;
      // The first LOGIN keeps its deadline, which started at the Welcome.
      if (this.isLoggedIn) this.ownDeadlineMs = this.nowMs + this.#loginTimeoutMs;
      this.events.add({ type: 'login', sequence, login: data.value });
    }
  }

  /** The error for a command that the client may not send at all, or not now. */
  #judgeCommand({ cmd, sequence }: SendInfo): ProtocolError | undefined {
    if (this.#logout !== undefined && cmd !== Command.ACK)
      return new ProtocolError('INVALID_MESSAGE', `${commandName(cmd)} after LOGOUT`, { path: 'cmd', actual: cmd });
    if (sequence !== 0 && replyOf(cmd, true) === undefined) return neverRequest(cmd);
    return featureError(cmd, this.agreement!.features);
  }

  #deliverWithinLimits(message: SendInfo): void {
    const { data } = message;
    // Most messages. The sender is in the pair, and only the application knows the group.
    const isJudged = data?.$case !== 'privateMessage' && data?.$case !== 'groupMessage';
    const verdict = isJudged ? this.limits.judge(message, this.user!.userId, this.nowMs) : undefined;
    if (isProtocolError(verdict)) this.refuseMessage(message, verdict);
    // Too many requests are open.
    else if (verdict === undefined && !this.deliver(message)) this.limits.answered(message.sequence, false, this.nowMs);
  }

  /** Each push that the ACK covers gets the receipt that the client would have sent. */
  #takeAck(upToSequence: number): void {
    for (const [replyTo, { cmd, messageId }] of this.requests.takeAcknowledged(upToSequence)) {
      const value = createMessage(SendResultTable, { code: SendCode.SUCCESS, cmd, messageId }) as SendResult;
      const message: SendInfo = { cmd: Command.SEND_RESULT, sequence: 0, replyTo, data: { $case: 'sendResult', value } };
      this.events.add({ type: 'reply', sequence: replyTo, message });
    }
  }

  #takeLogout(message: SendInfo): void {
    const { sequence } = message;
    if (sequence === 0) {
      this.refuseMessage(message, new ProtocolError('INVALID_MESSAGE', 'LOGOUT without a sequence', { path: 'sequence' }));
    } else if (this.track(message)) {
      this.#logout = sequence;
      this.#logOutWhenAnswered();
    }
  }

  /** "The server answers LOGOUT after the open requests" */
  #logOutWhenAnswered(): void {
    if (this.#logout !== undefined && this.unanswered.size === 1) this.events.add({ type: 'logout', sequence: this.#logout });
  }

  /** LOGIN was not answered in time. An unauthenticated client reconnects later; a client that renews its token stays. */
  #refuseOverdueLogin(): void {
    for (const sequence of this.logins.keys()) {
      this.events.add({ type: 'overdue', sequence });
      const code = this.isLoggedIn ? 'INTERNAL' : 'OVERLOADED';
      sendRefusal(this, sequence, new ProtocolError(code, `LOGIN was not answered within ${this.#loginTimeoutMs} ms`));
      this.loginRefused(sequence);
    }
  }

  /** @throws ProtocolError INVALID_MESSAGE for options that break a rule of Welcome. */
  #answer(hello: Hello): HelloAnswer {
    const { versions, features, maxFrameBytes, commands, timeOriginMs } = this.settings;
    return answerHello(hello, {
      versions,
      features,
      maxFrameBytes,
      commands,
      heartbeatIntervalMs: this.#heartbeatIntervalMs,
      serverTimeMs: BigInt(Math.round(timeOriginMs + this.nowMs)),
      connectionId: this.#connectionId,
    });
  }

  #push(message: SendInfoInit): void {
    this.enqueue(this.writer.encodePlain(message));
  }
}

type Sender = Pick<LoggedIn, 'userId' | 'terminal'>;

/** Who has written the data of a client, as it says; `user` where it does not say. */
function senderOf({ value }: NonNullable<SendInfo['data']>, user: Sender | undefined): Sender | undefined {
  if ('sender' in value) return value.sender;
  return 'reader' in value ? value.reader : user;
}

/** "the server clears it in what a client sends, at any depth" */
function withoutPlatformFields(message: SendInfo): SendInfo | ProtocolError {
  try {
    return clearPlatformFields(message);
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
}

/** 16 to 31 are errors of frames: the first frame is not a Hello. */
export function isOfFrame({ properties: { number } }: ProtocolError): boolean {
  return number >= ERRORS.FOREIGN_PROTOCOL.number && number < ERRORS.UNAUTHENTICATED.number;
}
