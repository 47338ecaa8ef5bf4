import type { ClientInfo } from '../../generated/im/protocol/v1/client_info.js';
import { Command } from '../../generated/im/protocol/v1/command.js';
import type { ConversationRef } from '../../generated/im/protocol/v1/conversation_ref.js';
import type { DrainInfoInit } from '../../generated/im/protocol/v1/drain_info.js';
import type { ForceLogoutInit } from '../../generated/im/protocol/v1/force_logout.js';
import type { LoginInfo } from '../../generated/im/protocol/v1/login_info.js';
import { SendCode } from '../../generated/im/protocol/v1/send_code.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { ServerLimitsInit } from '../../generated/im/protocol/v1/session_info.js';
import { errorReporter, run } from '../callbacks.js';
import type { ProtocolError } from '../errors.js';
import { CHUNK_MAX_BUFFERED_BYTES } from '../limits.js';
import type { Agreement } from '../negotiate/check-welcome.js';
import type { RegisteredConnection } from '../session/connection-registry.js';
import type { LoggedIn, ServerSession } from '../session/server-session.js';
import type { SessionEvent, SessionState } from '../session/session-event.js';
import type { ErrorContext } from './callback-context.js';
import { Driver, type Trace } from './driver.js';
import { type LoginResult, LoginVerification } from './login-verification.js';
import type { Platform } from './platform.js';
import { Replies, withCause } from './replies.js';
import { type Membership, RequestHandling } from './request-handling.js';
import type { Outcome, ServerObserver } from './server-observer.js';

export type { LoginResult } from './login-verification.js';
export type { Membership } from './request-handling.js';

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

/** The connection of a session. */
const CONNECTION = Symbol('connection');

type Connected = ServerSession & { [CONNECTION]?: ServerConnection };

function frameRefused(this: ServerSession, error: ProtocolError): void {
  const connection = (this as Connected)[CONNECTION];
  if (connection !== undefined) connection.hooks.observer?.frameRefused(connection, error);
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
  /** @internal */
  readonly handlers: ServerHandlers;
  /** @internal */
  readonly hooks: ServerHooks;
  /** @internal What the platform allows, as its last session says. */
  limits: ServerLimitsInit | undefined;
  readonly #platform: Platform;
  #replies: Replies | undefined;
  #requests: RequestHandling<ServerConnection> | undefined;
  /** The LOGIN that is being verified. */
  #login: LoginVerification<ServerConnection> | undefined;
  #client: ClientInfo | undefined;
  #onClosed: (() => void)[] | undefined;
  #droppedChunks = 0;
  #legacy: string | undefined;

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
    this.handlers = handlers;
    this.hooks = hooks;
    this.driver = new Driver(session, platform, this, trace && ((...args) => this.#call('trace', () => trace(...args))));
    const { observer } = hooks;
    if (observer === undefined) return;
    session.traffic = observer.traffic[transport];
    // One function for all sessions, as in Driver.
    (session as Connected)[CONNECTION] = this;
    session.onRefused = frameRefused;
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

  /** The profile of an older client, as `box-im`: see the option `legacy` of `listen`. Undefined for clients of this protocol. */
  get legacy(): string | undefined {
    return this.#legacy;
  }

  /** @internal The client is an older one. */
  becomeLegacy(profile: string): void {
    this.#legacy = profile;
  }

  /** @internal Refuses a text of an older client. @param closes the connection, which a text before LOGIN does in any case. */
  refuseText(error: ProtocolError, closes: boolean): void {
    this.driver.session.refuseInput(error, closes, this.driver.nowMs);
    this.driver.settle();
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
    return this.#requests?.isLoggingOut === true && this.state === 'closed';
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
    this.hooks.observer?.chunkDropped();
    return true;
  }

  /** @internal */
  takeEvent(event: SessionEvent): void {
    switch (event.type) {
      case 'negotiated':
        this.hooks.observer?.negotiated(this);
        break;
      case 'logout':
        this.#handling.logOut(event.sequence);
        break;
      case 'login':
        this.#login = new LoginVerification(this, event.sequence, event.login);
        this.#login.start();
        break;
      case 'overdue':
        this.#login?.expire();
        this.#login = undefined;
        break;
      case 'message':
        this.#handling.receive(event);
        break;
      case 'reply':
      case 'failed':
        this.#replies?.take(event);
        break;
      case 'background':
        this.hooks.onBackground(this);
        break;
      case 'notice':
        this.notify(event.error);
        break;
      case 'closed':
        this.#login?.close();
        this.#login = undefined;
        this.#requests?.close();
        this.#end(this.#endError(event.error));
    }
  }

  /** @internal */
  failed(error: unknown): void {
    this.report(error, undefined);
  }

  /** @internal */
  written(bytes: number, frames: number): void {
    const traffic = this.hooks.observer?.traffic[this.transport];
    if (traffic === undefined) return;
    traffic.bytesSent += bytes;
    traffic.framesSent += frames;
  }

  /** @internal */
  stuck(isStuck: boolean): void {
    this.hooks.observer?.queueFull(this, isStuck);
  }

  /** @internal The LOGIN that was being verified is answered. */
  verified(): void {
    this.#login = undefined;
  }

  /** @internal The first LOGIN was accepted. */
  authenticated(client: ClientInfo | undefined, epoch: bigint | undefined): void {
    this.#client = client;
    this.hooks.onUser(this, epoch);
    this.#call('onLogin', () => this.handlers.onLogin?.(this));
  }

  /** @internal Requests of this side wait for their replies. */
  get isAwaitingReply(): boolean {
    return this.#replies !== undefined && this.#replies.size > 0;
  }

  /** @internal The outcome of what was open when the connection closed. */
  get closedOutcome(): Outcome {
    return { code: this.driver.session.closeError?.code ?? 'CLOSED' };
  }

  get #handling(): RequestHandling<ServerConnection> {
    this.#requests ??= new RequestHandling(this, this.#platform);
    return this.#requests;
  }

  #end(error: ProtocolError | undefined): void {
    this.hooks.onEnd(this, error);
    for (const listener of this.#onClosed ?? []) this.#call('whenClosed', listener);
    this.#onClosed = undefined;
    this.#call('onClose', () => this.handlers.onClose?.(this, error));
  }

  /** The error for `onClose`; undefined if one side closed the connection without an error. */
  #endError(error: ProtocolError | undefined): ProtocolError | undefined {
    if (error === undefined || (error.code === 'CLOSED' && this.driver.isEndedCleanly)) return undefined;
    return withCause(error, this.driver.cause);
  }

  /** @internal */
  notify(error: ProtocolError): void {
    this.#call('onNotice', () => this.handlers.onNotice?.(this, error));
  }

  /** @internal Reports an error to `onError`. */
  report(error: unknown, callback: string | undefined, command?: number): void {
    const { handlers } = this;
    const report = errorReporter<ServerErrorContext>(
      handlers.onError && ((thrown, context) => handlers.onError?.(thrown, context)),
    );
    report(error, { callback, connection: this, user: this.user, command });
  }

  #call(callback: string, call: () => unknown): void {
    run(call, (error) => this.report(error, callback));
  }
}
