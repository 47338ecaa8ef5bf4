import type { ClientInfo } from '../../generated/im/protocol/v1/client_info.js';
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { ConversationRef } from '../../generated/im/protocol/v1/conversation_ref.js';
import type { DrainInfoInit } from '../../generated/im/protocol/v1/drain_info.js';
import type { ForceLogoutInit } from '../../generated/im/protocol/v1/force_logout.js';
import type { LoginInfo } from '../../generated/im/protocol/v1/login_info.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { ServerLimitsInit, SessionInfoInit } from '../../generated/im/protocol/v1/session_info.js';
import { errorReporter, run, settle } from '../callbacks.js';
import { commandName } from '../codec/command-name.js';
import { conversationRefOf } from '../codec/conversation-ref.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import {
  CHUNK_MAX_BUFFERED_BYTES,
  CLIENT_MAX_WAITING_BYTES,
  CLIENT_MAX_WAITING_MESSAGES,
  SERVER_WAITING_BYTES,
  SERVER_WAITING_MESSAGES,
  SILENT_HALF_INTERVALS,
} from '../limits.js';
import type { Agreement } from '../negotiate/check-welcome.js';
import { notAMember } from '../session/connection-limits.js';
import type { RegisteredConnection } from '../session/connection-registry.js';
import type { LoggedIn, ServerSession } from '../session/server-session.js';
import type { SessionEvent, SessionState } from '../session/session-event.js';
import { AnswerWatch } from './answer-watch.js';
import { Backlog, type MessageEvent } from './backlog.js';
import type { ErrorContext } from './callback-context.js';
import { Driver, type Trace } from './driver.js';
import type { Platform } from './platform.js';
import { refusalOf } from './refusal.js';
import { Replies, withCause } from './replies.js';
import { type ObservedCall, OK, type Outcome, type OutcomeCode, type ServerObserver } from './server-observer.js';

/** Callbacks of a server. Errors of a callback do not affect the server or other connections: see `onError`. */
export interface ServerHandlers {
  /**
   * Verifies the token of a client that logs in or renews its token, and returns the user it belongs to. With `tokenExpiresAtMs` in the
   * result, the connection closes with TOKEN_EXPIRED at that time, unless the client renews its token before.
   *
   * After an error that is not a ProtocolError, or without an answer within `loginTimeoutMs`, the client gets OVERLOADED and reconnects
   * later. A client that renews its token gets INTERNAL and stays connected.
   * @throws ProtocolError to refuse: UNAUTHENTICATED for a bad token; OVERLOADED, with `retryAfterMs`, if it cannot be verified
   * now; a number from 1000 on for a reason of the application, after which the client does not reconnect.
   */
  login(login: LoginInfo, connection: ServerConnection): LoginResult | Promise<LoginResult>;
  /**
   * Handles a message of an authenticated client: PRIVATE_MESSAGE, GROUP_MESSAGE or a command of the application. Messages of one
   * connection are handled one after the other; those that wait when the connection ends are dropped. If `message.sequence` is
   * not 0, the returned message is the reply, and `undefined` becomes UNSUPPORTED_COMMAND.
   * @throws ProtocolError to refuse: with a code of this protocol, or with a number of the application from 1000 on, and with
   * `retryAfterMs` if the client may try again. Any other error is INTERNAL to the client, and so is an error of a frame that closes
   * connections (UNSUPPORTED_VERSION, FRAME_TOO_LARGE), which the handler got from elsewhere.
   */
  message(message: SendInfo, connection: ServerConnection): SendInfoInit | undefined | Promise<SendInfoInit | undefined>;
  /**
   * Whether a user is in a conversation: asked before `message` for everything that names a conversation, except the ROOM with which a client
   * joins one. The library itself answers for rooms, and refuses a private conversation of two other users. Otherwise the client gets
   * NOT_A_MEMBER, the same whether the conversation exists or not. Default: not asked.
   * @returns true, false, or the number of members, where 0 = not a member: TYPING is dropped in a conversation with more members than
   * `limits.typingGroupSize` of the session. Anything else counts as a failure: the client gets INTERNAL.
   * @throws ProtocolError to refuse with another error. Any other error is INTERNAL to the client.
   */
  member?(conversation: ConversationRef, user: LoggedIn, connection: ServerConnection): Membership | Promise<Membership>;
  /**
   * The user logs out, and all requests of the connection are answered. Unbind the push token of the device. Then the client gets its answer,
   * also if this fails or does not answer within the idle timeout, and the connection closes: `connection.isLoggedOut` is true in `onClose`.
   */
  onLogout?(connection: ServerConnection): unknown;
  /** The connection is authenticated. Called once for each connection, not for a renewed token. */
  onLogin?(connection: ServerConnection): void;
  /**
   * The connection has ended. Called once for every connection, also if it never authenticated: then `connection.user` is undefined, and
   * `onLogin` was not called.
   * @param error the reason; undefined if one side closed the connection without an error. On WebSocket, the client closed with 1000, 1001 or
   * no code; on TCP, it ended the stream between two frames.
   */
  onClose?(connection: ServerConnection, error: ProtocolError | undefined): void;
  /** Something was refused or dropped, and the connection stays open. `cause` of an INTERNAL is the error of a callback. */
  onNotice?(connection: ServerConnection, error: ProtocolError): void;
  /**
   * A callback threw or rejected, returned something that cannot be sent, or did not answer in time. A ProtocolError thrown to
   * refuse a request is not reported. Default: a line on stderr.
   */
  onError?(error: unknown, context: ServerErrorContext): unknown;
}

/**
 * The result of the handler `login`: the session of the user. `userId` and `terminal` are required; `tokenExpiresAtMs` is Unix time in
 * milliseconds, by default unknown: the session does not expire.
 */
export type LoginResult = SessionInfoInit & {
  /**
   * For the SessionEvents of the connection: a number that grows with each login of the user and terminal, from one counter for all servers, 1 to
   * 2^63 - 1. Default: the server's clock in milliseconds. Ignored for a renewed token.
   */
  readonly epoch?: bigint | undefined;
};

/** Whether a user is in a conversation, or the number of its members: 0 = the user is not in it. */
export type Membership = boolean | number;

/** Where a callback of a server failed. */
export interface ServerErrorContext extends ErrorContext {
  /** The connection that the error is about, if there is one. */
  readonly connection?: ServerConnection | undefined;
  /** The authenticated user of the connection. */
  readonly user?: LoggedIn | undefined;
}

/** The HTTP request with which a WebSocket begins. */
export interface HttpRequest {
  /** Its headers, with names in lower case, as `IncomingMessage.headers` of Node. They may have secrets: cookies, `authorization`. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Its path and query, as the client sent them: `/ws?room=5`. */
  readonly url: string;
}

/** Where a connection comes from. */
export type Origin = Pick<ServerConnection, 'id' | 'transport' | 'remoteAddress' | 'connectedAtMs' | 'httpRequest'>;

/** Calls of a connection to its server. They must not throw. */
export interface ServerHooks {
  /** Default: nothing is observed. */
  readonly observer?: ServerObserver<ServerConnection> | undefined;
  /** The connection is authenticated. @param epoch of the handler `login`. */
  onUser(connection: ServerConnection, epoch: bigint | undefined): void;
  /** `isBackground` has changed. */
  onBackground(connection: ServerConnection): void;
  /** The connection has ended. @param error undefined if one side closed it without an error. */
  onEnd(connection: ServerConnection, error: ProtocolError | undefined): void;
}

/** A connection of a server to one client. */
export class ServerConnection implements RegisteredConnection {
  /** Identifies the connection in logs of both sides. Starts with `idPrefix`. */
  readonly id: string;
  /** How the client is connected; `tcp` includes TLS. */
  readonly transport: 'tcp' | 'websocket';
  /**
   * The IP address of the client: IPv4 without the prefix `::ffff:`. `''` if unknown, as on a Unix socket. Behind a proxy, the address of the
   * proxy, unless `trustProxy` names it.
   */
  readonly remoteAddress: string;
  /** When the client connected: Unix time in milliseconds. */
  readonly connectedAtMs: number;
  /** The HTTP request with which the WebSocket began: its headers and its URL. Undefined on TCP. */
  readonly httpRequest: HttpRequest | undefined;
  /** @internal */
  readonly driver: Driver<ServerSession>;
  readonly #platform: Platform;
  readonly #handlers: ServerHandlers;
  readonly #hooks: ServerHooks;
  #replies: Replies | undefined;
  #backlog: Backlog | undefined;
  #isBusy = false;
  /** The command of the message that is being handled. */
  #handledCommand = 0;
  /** Reports a slow `message` handler. */
  #watch: AnswerWatch | undefined;
  /** The backlog is being handled. */
  #isDrainingBacklog = false;
  /** The LOGIN that is being verified. */
  #login: LoginInfo | undefined;
  #loginCall: ObservedCall | undefined;
  #client: ClientInfo | undefined;
  #onClosed: (() => void)[] | undefined;
  /** The LOGOUT to answer after the messages before it. */
  #logout: number | undefined;
  /** `onLogout` was called. */
  #isLoggingOut = false;
  #droppedChunks = 0;
  /** What the platform allows, as its last session says. */
  #limits: ServerLimitsInit | undefined;
  readonly #onError: (error: unknown, context: ServerErrorContext) => void;

  /** @internal */
  constructor(
    { id, transport, remoteAddress, connectedAtMs, httpRequest }: Origin,
    session: ServerSession,
    platform: Platform,
    handlers: ServerHandlers,
    hooks: ServerHooks,
    trace?: Trace,
  ) {
    this.id = id;
    this.transport = transport;
    this.remoteAddress = remoteAddress;
    this.connectedAtMs = connectedAtMs;
    this.httpRequest = httpRequest;
    this.#platform = platform;
    this.#handlers = handlers;
    this.#hooks = hooks;
    this.#onError = errorReporter(handlers.onError && ((error, context) => handlers.onError?.(error, context)));
    this.driver = new Driver(
      session,
      platform,
      (event) => this.#take(event),
      (error) => this.#report(error, undefined),
      trace && ((...args) => this.#call('trace', () => trace(...args))),
    );
    const { observer } = hooks;
    if (observer === undefined) return;
    const traffic = observer.traffic[transport];
    session.traffic = traffic;
    this.driver.onWritten = (bytes, frames) => {
      traffic.bytesSent += bytes;
      traffic.framesSent += frames;
    };
    session.onRefused = (error) => observer.frameRefused(this, error);
    this.driver.onStuck = (isStuck) => observer.queueFull(this, isStuck);
  }

  /** The state of the session: see docs/connections.md. */
  get state(): SessionState {
    return this.driver.session.state;
  }

  /** The authenticated user; undefined before LOGIN. */
  get user(): LoggedIn | undefined {
    return this.driver.session.user;
  }

  /** The negotiated version of the protocol; undefined before the handshake. */
  get version(): number | undefined {
    return this.driver.session.agreement?.version;
  }

  /** What both sides have agreed on: version, features, limits, heartbeats; undefined before the handshake. */
  get agreement(): Agreement | undefined {
    return this.driver.session.agreement;
  }

  /** Name and version of the client software, as its Hello says; may be empty. Undefined before the handshake. */
  get agent(): string | undefined {
    return this.driver.session.agent;
  }

  /** The device and the application, as the client described them in its LOGIN; undefined if it did not. */
  get client(): ClientInfo | undefined {
    return this.#client;
  }

  /** Whether the application of the client is in the background, as its last HEARTBEAT said. */
  get isBackground(): boolean {
    return this.driver.session.isBackground;
  }

  /** Maximum size of a frame that the client accepts, header included, in bytes; undefined before the handshake. */
  get maxFrameBytes(): number | undefined {
    return this.driver.session.agreement?.maxFrameBytes;
  }

  /**
   * Calls back once when the connection has ended, at once if it has. For those that keep something for a connection; a server has the handler
   * `onClose`, which is called after these.
   * @param listener errors are reported to `onError`.
   */
  whenClosed(listener: () => void): void {
    if (this.state === 'closed') this.#call('whenClosed', listener);
    else this.#onClosed = [...(this.#onClosed ?? []), listener];
  }

  /** The user has logged out: `onLogout` was called, and the connection has ended, with or without the answer to the client. */
  get isLoggedOut(): boolean {
    return this.#isLoggingOut && this.state === 'closed';
  }

  /** The rooms that the client has joined: see `ServerSession.rooms`. */
  get rooms(): ReadonlySet<bigint> {
    return this.driver.session.rooms;
  }

  /** Whether the client is subscribed to the presence of a user. */
  isSubscribedTo(userId: bigint): boolean {
    return this.driver.session.isSubscribedTo(userId, this.driver.nowMs);
  }

  /** The ids of the users to whose presence the client is subscribed, at most 1000. A copy. */
  presenceSubscriptions(): bigint[] {
    return this.driver.session.presenceSubscriptions(this.driver.nowMs);
  }

  /** Number of chunks of messages that were not sent because too much waited to be written: see `push`. */
  get droppedChunks(): number {
    return this.#droppedChunks;
  }

  /** Number of bytes that wait to be written, in the session and in the transport. */
  get bufferedBytes(): number {
    return this.driver.session.queuedBytes + (this.driver.transport?.bufferedBytes ?? 0);
  }

  /**
   * Sends a message that expects no reply. A CHUNK is dropped while 65536 bytes wait to be written: the client requests it again, or gets
   * the finished message.
   * @throws ProtocolError as `Session.push`.
   */
  push(message: SendInfoInit): void {
    if (message.cmd === Command.CHUNK && this.#dropsChunk()) return;
    this.driver.session.push(message, this.driver.nowMs);
    this.driver.settle();
  }

  /**
   * Sends a frame that was encoded for several connections: see `SharedFrame`. Returns SUCCESS; CHANNEL_NOT_FOUND if the connection is
   * closed or not authenticated; TOO_LARGE if the frame exceeds the limit of the client; NOT_ONLINE for a CHUNK that was dropped as by `push`.
   * @param cmd the command of the message. Default: not a CHUNK.
   */
  pushFrame(frame: Uint8Array, cmd?: number): SendCode {
    if (cmd === Command.CHUNK && this.#dropsChunk()) return SendCode.NOT_ONLINE;
    const code = this.driver.session.pushFrame(frame, this.driver.nowMs);
    if (code === SendCode.SUCCESS) this.driver.settlePushed();
    else this.driver.settle();
    return code;
  }

  /**
   * Sends a message that expects a reply: a push whose receipt the client confirms by SEND_RESULT, or a command of the
   * application. Resolves with the reply.
   * @param timeoutMs in milliseconds. Default: `requestTimeoutMs` of the server.
   * @throws ProtocolError the error with which the client answered; TIMEOUT; CLOSED or the reason why the connection closed; as
   * `Session.request`.
   */
  request(message: SendInfoInit, timeoutMs?: number): Promise<SendInfo> {
    return new Promise((resolve, reject) => {
      const sequence = this.driver.session.request(message, this.driver.nowMs, timeoutMs);
      this.#replies ??= new Replies();
      this.#replies.add(sequence, resolve, reject);
      this.driver.resume();
      this.driver.settle();
    });
  }

  /** Logs the user out, because another device replaces it or for another reason: see `ServerSession.takeOver`. */
  takeOver(notice: ForceLogoutInit): void {
    this.driver.session.takeOver(notice, this.driver.nowMs);
    this.driver.settle();
  }

  /** Announces that the server is going to close this connection: see `ServerSession.drain`. */
  drain(drain: DrainInfoInit): void {
    this.driver.session.drain(drain, this.driver.nowMs);
    this.driver.settle();
  }

  /** Closes the connection. An error is sent to the client first, unless it is local. */
  close(error?: ProtocolError): void {
    this.driver.session.close(this.driver.nowMs, error);
    this.driver.settle();
  }

  /** "CHUNKs of a connection that lags are dropped, not queued" */
  #dropsChunk(): boolean {
    if (this.bufferedBytes < CHUNK_MAX_BUFFERED_BYTES) return false;
    this.#droppedChunks += 1;
    this.#hooks.observer?.chunkDropped();
    return true;
  }

  #take(event: SessionEvent): void {
    switch (event.type) {
      case 'negotiated':
        this.#hooks.observer?.negotiated(this);
        break;
      case 'logout':
        this.#logout = event.sequence;
        this.#logOutIfIdle();
        break;
      case 'login':
        this.#verify(event.sequence, event.login);
        break;
      case 'overdue':
        this.#login = undefined;
        this.#endLogin(this.driver.session.isLoggedIn, { code: this.#failedLoginCode });
        this.#report(new ProtocolError('TIMEOUT', 'login has not answered in time'), 'login', Command.LOGIN);
        break;
      case 'message':
        this.#receive(event);
        break;
      case 'reply':
      case 'failed':
        this.#replies?.take(event);
        break;
      case 'background':
        this.#hooks.onBackground(this);
        break;
      case 'notice':
        this.#notify(event.error);
        break;
      case 'closed':
        this.#backlog = undefined;
        if (this.#login !== undefined) this.#endLogin(this.driver.session.isLoggedIn, this.#closedOutcome);
        this.#login = undefined;
        this.#logout = undefined;
        this.#watch?.close();
        this.#end(this.#endError(event.error));
    }
  }

  #end(error: ProtocolError | undefined): void {
    this.#hooks.onEnd(this, error);
    for (const listener of this.#onClosed ?? []) this.#call('whenClosed', listener);
    this.#onClosed = undefined;
    this.#call('onClose', () => this.#handlers.onClose?.(this, error));
  }

  /** The error for `onClose`; undefined if one side closed the connection without an error. */
  #endError(error: ProtocolError | undefined): ProtocolError | undefined {
    if (error === undefined || (error.code === 'CLOSED' && this.driver.isEndedCleanly)) return undefined;
    return withCause(error, this.driver.cause);
  }

  #verify(sequence: number, login: LoginInfo): void {
    this.#login = login;
    const call = this.#hooks.observer?.loginBegins(this, this.driver.session.isLoggedIn);
    this.#loginCall = call;
    const verify = (): LoginResult | Promise<LoginResult> => this.#handlers.login(login, this);
    settle(
      () => (call === undefined ? verify() : call.run(verify)),
      (info) => {
        if (this.#finishVerification(login)) this.#accept(sequence, login, info);
        this.driver.settle();
      },
      (error) => {
        if (this.#finishVerification(login)) this.#refuseLogin(sequence, error);
        else if (refusalOf(error) === undefined) this.#report(error, 'login', Command.LOGIN);
        this.driver.settle();
      },
    );
  }

  /** Returns false if the answer is late: the connection has ended, or the LOGIN is overdue. */
  #finishVerification(login: LoginInfo): boolean {
    if (this.#login !== login) return false;
    this.#login = undefined;
    return true;
  }

  #accept(sequence: number, login: LoginInfo, result: LoginResult): void {
    const { session } = this.driver;
    const wasLoggedIn = session.isLoggedIn;
    let epoch: bigint | undefined;
    let outcome = OK;
    try {
      epoch = requireEpoch(result.epoch);
      session.acceptLogin(sequence, withoutEpoch(result), this.driver.nowMs);
      this.#limits = result.limits;
    } catch (error) {
      // The handler returned an invalid session.
      outcome = this.#failLogin(sequence, error);
    }
    // The session has refused the user of the token.
    if (outcome === OK && session.state === 'closed') outcome = this.#closedOutcome;
    this.#endLogin(wasLoggedIn, outcome);
    if (wasLoggedIn || !session.isLoggedIn || session.state === 'closed') return;
    this.#client = login.client;
    this.#hooks.onUser(this, epoch);
    this.#call('onLogin', () => this.#handlers.onLogin?.(this));
  }

  #refuseLogin(sequence: number, thrown: unknown): void {
    const { session, nowMs } = this.driver;
    const wasLoggedIn = session.isLoggedIn;
    const refusal = refusalOf(thrown);
    if (refusal !== undefined) session.refuse(sequence, refusal, nowMs);
    const outcome = refusal === undefined ? this.#failLogin(sequence, thrown) : { code: refusal.code, thrown };
    this.#endLogin(wasLoggedIn, outcome);
  }

  /** The client cannot be verified now: it reconnects later, or stays if it renews its token. */
  #failLogin(sequence: number, cause: unknown): Outcome {
    const { session, nowMs } = this.driver;
    this.#report(cause, 'login', Command.LOGIN);
    const code = this.#failedLoginCode;
    session.refuse(sequence, new ProtocolError(code, 'LOGIN cannot be verified now', { cause }), nowMs);
    return { code, thrown: cause };
  }

  get #failedLoginCode(): 'INTERNAL' | 'OVERLOADED' {
    return this.driver.session.isLoggedIn ? 'INTERNAL' : 'OVERLOADED';
  }

  #endLogin(isRenewal: boolean, outcome: Outcome): void {
    this.#hooks.observer?.loginEnded(this, isRenewal, outcome, this.#loginCall);
    this.#loginCall = undefined;
  }

  /** The outcome of what was open when the connection closed. */
  get #closedOutcome(): Outcome {
    return { code: this.driver.session.closeError?.code ?? 'CLOSED' };
  }

  #receive(arrival: MessageEvent): void {
    if (!this.#isBusy) {
      this.#handle(arrival.message);
      return;
    }
    this.#backlog ??= new Backlog();
    this.#backlog.add(arrival);
    const { length, bytes } = this.#backlog;
    // The handler may wait for a reply, which may come after these messages: allow more.
    const isAwaitingReply = this.#replies !== undefined && this.#replies.size > 0;
    const maxLength = isAwaitingReply ? CLIENT_MAX_WAITING_MESSAGES : SERVER_WAITING_MESSAGES;
    const maxBytes = isAwaitingReply ? CLIENT_MAX_WAITING_BYTES : SERVER_WAITING_BYTES;
    if (length >= maxLength || bytes >= maxBytes) this.driver.pause();
  }

  /** Calls the handler. Messages that arrive meanwhile wait in the backlog. */
  #handle(message: SendInfo): void {
    this.#isBusy = true;
    const call = this.#hooks.observer?.requestBegins(this, message);
    settle(
      () => (call === undefined ? this.#answerOf(message) : call.run(() => this.#answerOf(message))),
      (reply) => this.#done(message, this.#answer(message, reply), call),
      (thrown) => this.#done(message, { code: this.#refuse(message, thrown), thrown }, call),
    );
    if (this.#isBusy) this.#watchAnswer(message.cmd);
  }

  /** The handler of a command has not answered yet. */
  #watchAnswer(cmd: number): void {
    if (this.state === 'closed') return;
    this.#watch ??= this.#createWatch();
    this.#watch.begin();
    this.#handledCommand = cmd;
  }

  /** "Before anything else the server asks the application whether the user is in the pair or a member" */
  #answerOf(message: SendInfo): Answer | Promise<Answer> {
    const { member } = this.#handlers;
    const ref = member && message.cmd !== Command.ROOM ? conversationRefOf(message.data) : undefined;
    // The session knows the rooms of the connection.
    if (ref === undefined || ref.kind?.$case === 'roomId') return this.#handlers.message(message, this);
    const membership = this.#handlers.member!(ref as ConversationRef, this.user!, this);
    const go = (found: Membership): Answer | Promise<Answer> => {
      if (!isMember(found)) throw notAMember();
      // The connection may have ended meanwhile: its messages are dropped.
      if (this.state === 'closed' || this.#isTooLargeForTyping(message, found)) return undefined;
      return this.#handlers.message(message, this);
    };
    return isPromise(membership) ? Promise.resolve(membership).then(go) : go(membership);
  }

  /** "none above typing_group_size: the rest is dropped without an error" */
  #isTooLargeForTyping({ cmd }: SendInfo, members: Membership): boolean {
    const { typingGroupSize = 0 } = this.#limits ?? {};
    return cmd === Command.TYPING && typingGroupSize > 0 && typeof members === 'number' && members > typingGroupSize;
  }

  #logOutIfIdle(): void {
    if (this.#logout === undefined || this.#isLoggingOut || this.#isBusy || this.#backlog !== undefined) return;
    this.#isLoggingOut = true;
    settle(
      () => this.#handlers.onLogout?.(this),
      () => this.#answerLogout(),
      (error) => {
        this.#report(error, 'onLogout', Command.LOGOUT);
        this.#answerLogout();
      },
    );
    this.#watchAnswer(Command.LOGOUT);
  }

  #answerLogout(): void {
    if (this.#logout === undefined) return;
    this.driver.session.acceptLogout(this.#logout, this.driver.nowMs);
    this.driver.settle();
  }

  /** The limit is the idle timeout: a handler should not take longer. LOGOUT is answered without its handler then. */
  #createWatch(): AnswerWatch {
    const { heartbeatIntervalMs } = this.driver.session.agreement!;
    return new AnswerWatch(this.#platform, (heartbeatIntervalMs / 2) * SILENT_HALF_INTERVALS, (lastedMs) => {
      const isLogout = this.#handledCommand === Command.LOGOUT;
      const callback = isLogout ? 'onLogout' : 'message';
      const error = new ProtocolError('TIMEOUT', `${callback} has not answered for ${lastedMs} ms`);
      this.#report(error, callback, this.#handledCommand);
      if (isLogout) this.#answerLogout();
      // While reading is paused, nothing would notice that the client has gone.
      if (this.driver.session.isPaused) this.close(new ProtocolError('OVERLOADED', 'earlier messages are not handled yet'));
    });
  }

  /** A message was answered. */
  #done(message: SendInfo, outcome: Outcome, call: ObservedCall | undefined): void {
    this.#hooks.observer?.requestEnded(this, message, outcome, call);
    this.#isBusy = false;
    this.#watch?.end();
    if (this.#isDrainingBacklog) return;
    this.#isDrainingBacklog = true;
    while (!this.#isBusy && this.#backlog !== undefined && this.#backlog.length > 0) this.#handle(this.#backlog.take()!.message);
    this.#isDrainingBacklog = false;
    if (this.#backlog?.length === 0) this.#backlog = undefined;
    if (this.#backlog === undefined) this.driver.resume();
    this.driver.settle();
    this.#logOutIfIdle();
  }

  #answer(message: SendInfo, reply: SendInfoInit | undefined): Outcome {
    const { sequence, cmd } = message;
    if (sequence === 0) return OK;
    if (this.state === 'closed') return this.#closedOutcome;
    if (reply === undefined) {
      const code = this.#refuse(message, new ProtocolError('UNSUPPORTED_COMMAND', `${commandName(cmd)} is not handled here`));
      return { code };
    }
    try {
      this.driver.session.reply(sequence, reply, this.driver.nowMs);
      return OK;
    } catch (thrown) {
      // The handler returned an invalid reply, or one that is too large for the client.
      return { code: this.#fail(message, thrown), thrown };
    }
  }

  /** Sends an error of a handler to the client. Only a ProtocolError is shown to it. Returns the code that the client gets. */
  #refuse(message: SendInfo, thrown: unknown): OutcomeCode {
    const refusal = refusalOf(thrown);
    return refusal === undefined ? this.#fail(message, thrown) : this.#sendError(message, refusal);
  }

  #fail(message: SendInfo, cause: unknown): OutcomeCode {
    // The connection has ended, and the handler says so: no failure.
    if (this.state === 'closed' && isProtocolError(cause, 'CLOSED')) return cause.code;
    this.#report(cause, 'message', message.cmd);
    return this.#sendError(message, new ProtocolError('INTERNAL', 'the server failed', { cause }));
  }

  #sendError({ sequence }: SendInfo, error: ProtocolError): OutcomeCode {
    const { session, nowMs } = this.driver;
    if (sequence !== 0 && session.state !== 'closed') session.refuse(sequence, error, nowMs);
    else this.#notify(error);
    return error.code;
  }

  #notify(error: ProtocolError): void {
    this.#call('onNotice', () => this.#handlers.onNotice?.(this, error));
  }

  #call(callback: string, call: () => unknown): void {
    run(call, (error) => this.#report(error, callback));
  }

  #report(error: unknown, callback: string | undefined, command?: number): void {
    this.#onError(error, { callback, connection: this, user: this.user, command });
  }
}

const MAX_INT64 = 0x7fff_ffff_ffff_ffffn;

/** @throws TypeError for what a SessionEvent cannot carry. */
function requireEpoch(epoch: bigint | undefined): bigint | undefined {
  if (epoch === undefined || (typeof epoch === 'bigint' && epoch >= 1n && epoch <= MAX_INT64)) return epoch;
  throw new TypeError(`epoch: expected a bigint from 1 to ${MAX_INT64}, got ${typeof epoch} ${epoch}`);
}

/** The session as the encoder accepts it. */
function withoutEpoch(result: LoginResult): SessionInfoInit {
  if (!('epoch' in result)) return result;
  const { epoch: _epoch, ...session } = result;
  return session;
}

/** @throws TypeError for what is no Membership: a mistake of the application must not let anybody in. */
function isMember(found: unknown): boolean {
  if (typeof found === 'boolean') return found;
  if (typeof found === 'number' && found >= 0) return found > 0;
  throw new TypeError(`member: expected a boolean or a number of members, got ${typeof found}`);
}

type Answer = SendInfoInit | undefined;

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>> | null)?.then === 'function';
}
