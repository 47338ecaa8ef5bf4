import { Command } from '../../generated/im/protocol/v1/command.js';
import type { LoginInfoInit } from '../../generated/im/protocol/v1/login_info.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { SessionInfo } from '../../generated/im/protocol/v1/session_info.js';
import type { StreamContentInit } from '../../generated/im/protocol/v1/stream_content.js';
import { errorReporter, run } from '../callbacks.js';
import { commandName } from '../codec/command-name.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { DEFAULT_LOGIN_TIMEOUT_MS, DEFAULT_REQUEST_TIMEOUT_MS } from '../limits.js';
import type { Agreement } from '../negotiate/check-welcome.js';
import { DeliveredWindow } from '../session/delivered-window.js';
import type { SessionEvent } from '../session/session-event.js';
import type { ErrorContext } from './callback-context.js';
import type { ClientConnection } from './client-connection.js';
import type { ClientOptions, ClientSnapshot, ClientState } from './client-options.js';
import { ClientParts } from './client-parts.js';
import { ClientStatus } from './client-status.js';
import { withAuthor, withClientMessageId, withSentAt } from './complete-message.js';
import { Connector, type Route } from './connector.js';
import type { MessageHandler } from './handlers.js';
import { OutgoingRequests, type RequestOptions } from './outgoing-requests.js';
import type { Platform } from './platform.js';
import { Receiver } from './receiver.js';
import { type PushData, type ReplyData, type RequestData, replyData, requestMessage } from './request-types.js';
import { TokenRenewal } from './token-renewal.js';

export type { ClientOptions, ClientSnapshot, ClientState } from './client-options.js';

/**
 * A client that stays connected: it logs in, sends heartbeats, reconnects when the connection is lost, and moves when the server drains.
 * Requests are promises; messages of the server are read by iteration, or go to the handlers of `on`.
 */
export class Client implements AsyncIterable<SendInfo> {
  /** Resolves when the client has ended: with the reason, or with `undefined` after `close`. Never rejects. */
  readonly closed: Promise<ProtocolError | undefined>;
  /** Resolves with the session of the first login. Rejects with the reason if the client ends before it; an unhandled rejection is not reported. */
  readonly ready: Promise<SessionInfo>;
  /** The session of the current connection, or of the last one. */
  session: SessionInfo | undefined;
  readonly #options: ClientOptions;
  readonly #delivered: DeliveredWindow;
  readonly #connector: Connector;
  readonly #requests: OutgoingRequests;
  readonly #receiver: Receiver;
  readonly #status: ClientStatus;
  readonly #parts: ClientParts;
  readonly #renewal: TokenRenewal | undefined;
  #loggingOut: Promise<void> | undefined;
  readonly #platform: Platform;
  readonly #report: (error: unknown, context: ErrorContext) => void;

  private constructor(route: Route, options: ClientOptions) {
    this.#options = options;
    this.#platform = route.platform;
    this.#report = errorReporter(options.onError);
    this.#status = new ClientStatus((error) => this.#failed(error, 'subscribe'));
    this.closed = this.#status.closed;
    this.ready = this.#status.ready;
    this.subscribe = this.#status.subscribe;
    this.getSnapshot = this.#status.getSnapshot;
    this.#delivered = new DeliveredWindow(options.deliveredIds);
    this.#connector = new Connector(route, options, this.#delivered, {
      loggedIn: (connection, session) => this.#loggedIn(connection, session),
      lost: (error, delayMs) => this.#lost(error, delayMs),
      changed: () => this.#stateChanged(),
      take: (connection, event) => this.#take(connection, event),
      ended: (error) => this.#ended(error),
      failed: (error, callback) => this.#failed(error, callback),
    });
    this.#receiver = new Receiver(route.platform, options, {
      settleAll: () => this.#connector.settle(),
      failed: (error, callback, command) => this.#failed(error, callback, command),
    });
    this.#parts = new ClientParts(route.platform, options, {
      request: (cmd, data) => this.request(cmd as Command.SYNC, data, { resume: false }),
      serverTimeMs: () => this.serverTimeMs,
      notice: (error) => this.#notice(error),
      failed: (error, callback) => this.#failed(error, callback),
    });
    this.#renewal = this.#createRenewal(options);
    this.#requests = new OutgoingRequests(
      route.platform,
      (error) => this.#connector.mayReconnect(error),
      (request, reply) => options.sync?.replied(request, reply),
    );
  }

  /** @internal Called by `createClient` of the entries. */
  static create(route: Route, options: ClientOptions): Client {
    const client = new Client(route, options);
    const { signal } = options;
    client.#parts.attach();
    const abort = (): void =>
      client.#connector.end(new ProtocolError('CLOSED', 'the signal was aborted', { cause: signal?.reason }));
    if (signal?.aborted) {
      abort();
      return client;
    }
    signal?.addEventListener('abort', abort);
    const unwatch = route.watch?.({
      online: () => client.#connector.attemptNow(),
      offline: () => client.#connector.check(),
      woke: (sleptMs, hasClockStopped) => client.#connector.woke(sleptMs, hasClockStopped),
    });
    void client.closed.then(() => {
      client.#call('watch', () => unwatch?.());
      client.#call('signal', () => signal?.removeEventListener('abort', abort));
    });
    void client.#connector.connect();
    return client;
  }

  /** The state of the client. */
  get state(): ClientState {
    return this.#connector.state;
  }

  /**
   * The result of the negotiation of the current connection: version, features, limits, connection id. Undefined while not authenticated.
   */
  get agreement(): Agreement | undefined {
    return this.#connector.loggedIn?.session.agreement;
  }

  /**
   * The current time by the server's clock: Unix time in milliseconds. It comes from the Welcome, corrected by half of the shortest round trip of
   * a heartbeat. Undefined while not authenticated.
   */
  get serverTimeMs(): number | undefined {
    return this.#connector.loggedIn?.serverTimeMs(this.#platform.nowMs());
  }

  /** Round-trip time of the last heartbeat, in milliseconds; undefined before the first one of this connection. */
  get roundTripMs(): number | undefined {
    return this.#connector.loggedIn?.session.roundTripMs;
  }

  /**
   * Whether the application is in the background. A change is sent to the server at once, and again on each new connection. Set
   * it by the life cycle of the application: then the platform knows which terminals need a push notification.
   */
  get background(): boolean {
    return this.#connector.background;
  }

  set background(background: boolean) {
    this.#connector.background = background;
  }

  /**
   * Calls a listener after each change of `getSnapshot`, and so of `state`. Returns a function that removes it. Bound, so that React's
   * `useSyncExternalStore(client.subscribe, client.getSnapshot)` accepts it.
   */
  readonly subscribe: (listener: () => void) => () => void;

  /** The current state of the client with its session and error. The same object until something in it changes. Bound. */
  readonly getSnapshot: () => ClientSnapshot;

  /**
   * Calls a handler with each message of the server that has this command: with its data, and the whole message. Any number of handlers get
   * the message, in the order in which they were added. It is confirmed to the server when they have been called. If a handler throws or
   * rejects, `onError` gets the error.
   *
   * A message that a handler gets goes to the loops over the client as well, if one runs. A message without a handler waits for a loop, or for
   * a handler that is added later: such messages fill the limits of the iteration. `'other'` stands for all commands without a handler.
   *
   * Requests of the server with commands of an application go to `onRequest`, messages of conversations to the option `sync` if it is set.
   * @returns a function that removes the handler.
   * @throws TypeError if `command` is not an integer or `'other'`, or `handler` is not a function.
   */
  on<C extends number | 'other'>(command: C, handler: MessageHandler<C>): () => void {
    return this.#receiver.on(command, handler as MessageHandler<'other'>);
  }

  /**
   * Without a connection: tries to connect now instead of after the backoff, but not earlier than the server has asked for. With a connection:
   * sends a heartbeat, and replaces the connection if nothing arrives within 1.5 seconds or three round trips. Does nothing after the end.
   */
  reconnectNow(): void {
    this.#connector.attemptNow();
  }

  /**
   * Sends a request and resolves with the data of its reply. Without a connection, it waits for the next one until its timeout.
   *
   * If they are left out, a message gets the `sender` of the session, a new `client_message_id`, and as `sent_at_ms` the time of this call by
   * the server's clock. A HEARTBEAT gets the time by the clock of this side.
   * @throws ProtocolError the error with which the server answered; TIMEOUT; CLOSED or the reason why the connection was lost; as
   * `encodeFrame` for `data` that breaks a rule.
   * @throws the reason of `options.signal`, an AbortError by default.
   * @throws RangeError for a `timeoutMs` below 0.
   */
  async request<C extends number>(cmd: C, data: RequestData<C>, options: RequestOptions = {}): Promise<ReplyData<C>> {
    this.#requireOpen();
    const { timeoutMs = this.#options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS } = options;
    if (!(timeoutMs >= 0)) throw new RangeError(`timeoutMs: expected 0 or more, got ${timeoutMs}`);
    const { resume = this.#options.resume ?? false, signal } = options;
    const message = requestMessage(cmd, data as object | undefined);
    const reply = replyData<C>(await this.#requests.add(message, { timeoutMs, resume, signal }, this.#connector.forRequests));
    if (cmd === Command.LOGIN) this.#renewed(data as LoginInfoInit, reply as SessionInfo);
    return reply;
  }

  /**
   * Sends a message that expects no reply: TYPING, or a message whose reply does not matter. Its data is completed as that of a request.
   * @throws ProtocolError as `send`.
   */
  push<C extends number>(cmd: C, data: PushData<C>): void {
    const message = requestMessage(cmd, data as object | undefined);
    const connection = this.#connector.loggedIn;
    const sentAtMs = connection?.serverTimeMs(connection.driver.nowMs);
    const complete = withSentAt(
      withClientMessageId(message, () => this.#platform.createId()),
      sentAtMs,
    );
    this.send(withAuthor(complete, connection?.author));
  }

  /**
   * Sends a message that expects no reply, as it is.
   * @throws ProtocolError CLOSED without an authenticated connection; as `Session.push`.
   */
  send(message: SendInfoInit): void {
    this.#requireOpen();
    const connection = this.#connector.loggedIn;
    if (connection === undefined) throw new ProtocolError('CLOSED', `no connection for ${commandName(message.cmd ?? 0)}`);
    const { session, driver } = connection;
    session.push(message, driver.nowMs);
    driver.settle();
  }

  /**
   * Confirms a message to the server, with the option `confirm: 'stored'`: the application has stored it. On a connection of version 2, one
   * ACK confirms all messages up to the first that is not confirmed. Does nothing for a message that was confirmed before or expects no
   * receipt.
   */
  confirm(message: SendInfo): void {
    this.#receiver.inbox.confirm(message);
  }

  /**
   * Logs the user out, and ends the client: `closed` resolves, and the client does not reconnect. The server answers the open requests first,
   * and unbinds the push token of the device. Without a connection, the client waits for the next one, for at most `requestTimeoutMs`. On
   * a connection of version 1 this is the same as `close`. A second call returns the same promise.
   * @throws ProtocolError the error with which the server answered; TIMEOUT; the reason why the connection was lost. The client has ended
   * then too, but the server may still know its push token.
   */
  logout(): Promise<void> {
    this.#loggingOut ??= this.state === 'closed' ? Promise.resolve() : this.#logOut();
    return this.#loggingOut;
  }

  /**
   * Renews the token on the current connection. Later connections use it too, unless the option `login` is a function.
   * @throws ProtocolError as `request`.
   */
  login(login: LoginInfoInit): Promise<SessionInfo> {
    return this.request(Command.LOGIN, login);
  }

  /**
   * Marks a message as delivered, because it arrived in another way, for example with the history of a chat. Returns false if it was
   * delivered before. The client does not deliver it again.
   * @param stream for a streamed message, its body as it arrived: the client delivers the message again once its state or index is higher.
   */
  markDelivered(messageId: bigint, stream?: StreamContentInit): boolean {
    return this.#delivered.add(messageId, stream);
  }

  /**
   * Iterates over the pushes of the server, in order, each message once. All loops share one stream. A message is confirmed to the server
   * when a loop receives it, or when the handlers of `on` have been called. When the client ends, the iteration throws the reason, or ends after `close`.
   *
   * A client that receives messages must iterate, or have handlers for them: while 1024 messages or 1048576 bytes wait, it does not read from the connection, unless a
   * request waits for its reply.
   */
  [Symbol.asyncIterator](): AsyncIterator<SendInfo> {
    return this.#receiver.inbox.messages.iterator();
  }

  async #logOut(): Promise<void> {
    const { requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = this.#options;
    this.#connector.logOut();
    try {
      await this.#requests.add(
        { cmd: Command.LOGOUT },
        { timeoutMs: requestTimeoutMs, resume: false },
        this.#connector.forRequests,
      );
    } catch (error) {
      if (!isProtocolError(error, 'LOSSY_DOWNGRADE')) throw error;
    } finally {
      this.#connector.end(undefined);
    }
  }

  /** Ends the client, and returns `closed`. Pending requests fail with CLOSED. */
  close(): Promise<ProtocolError | undefined> {
    this.#connector.end(undefined);
    return this.closed;
  }

  #requireOpen(): void {
    if (this.state === 'closed') throw new ProtocolError('CLOSED', 'the client has ended');
    if (this.#loggingOut !== undefined) throw new ProtocolError('CLOSED', 'the client logs out');
  }

  #createRenewal({ login, loginTimeoutMs = DEFAULT_LOGIN_TIMEOUT_MS }: ClientOptions): TokenRenewal | undefined {
    if (typeof login !== 'function') return undefined;
    return new TokenRenewal(this.#platform, {
      login,
      loginTimeoutMs,
      isConnected: () => this.#connector.forRequests !== undefined && this.#loggingOut === undefined,
      renew: (info) => this.login(info),
      failed: (error) => this.#failed(error, 'login', Command.LOGIN),
    });
  }

  /** Plans the renewal of a token that was accepted. */
  #planRenewal(connection: ClientConnection | undefined, token: string | undefined, session: SessionInfo): void {
    const nowMs = this.#platform.nowMs();
    const serverMs = connection?.serverTimeMs(nowMs);
    const isKnown = session.tokenExpiresAtMs !== 0n && serverMs !== undefined;
    this.#renewal?.schedule(token ?? '', isKnown ? nowMs + Number(session.tokenExpiresAtMs) - serverMs : undefined);
  }

  #loggedIn(connection: ClientConnection, session: SessionInfo): void {
    this.session = session;
    this.#planRenewal(connection, this.#connector.token, session);
    this.#status.loggedIn(session);
    if (this.#connector.forRequests === connection) this.#requests.sendAll(connection);
    this.#parts.loggedIn(session, connection.session.agreement, this.state === 'draining');
    this.#status.change({ state: this.state, session, error: undefined, retryInMs: undefined });
    this.#call('onLogin', () => this.#options.onLogin?.(session));
  }

  #renewed(login: LoginInfoInit, session: SessionInfo): void {
    this.session = session;
    this.#connector.renewed(login);
    this.#status.change({ session });
    this.#planRenewal(this.#connector.forRequests, login.accessToken, session);
  }

  #stateChanged(): void {
    if (this.state === 'draining') this.#parts.draining();
    this.#status.change({ state: this.state, retryInMs: undefined });
  }

  #lost(error: ProtocolError, delayMs: number): void {
    this.#parts.lost();
    this.#status.change({ state: this.state, error, retryInMs: delayMs });
  }

  #take(connection: ClientConnection, event: SessionEvent): void {
    switch (event.type) {
      case 'message':
        this.#receiver.receive(connection, event);
        break;
      case 'reply':
      case 'failed':
        connection.replies.take(event);
        // The end of the connection may arrive before the promise of `logout` continues.
        if (event.type === 'reply' && event.message.cmd === Command.LOGOUT) this.#connector.end(undefined);
        break;
      case 'notice':
        this.#notice(event.error);
    }
  }

  #notice(error: ProtocolError): void {
    this.#call('onNotice', () => this.#options.onNotice?.(error));
  }

  #call(callback: string, call: () => unknown): void {
    run(call, (error) => this.#failed(error, callback));
  }

  #failed(error: unknown, callback: string | undefined, command?: number): void {
    const id = this.agreement?.connectionId;
    const connection = id === undefined ? undefined : { id };
    this.#report(error, { callback, connection, user: this.session, command });
  }

  #ended(error: ProtocolError | undefined): void {
    const reason = error ?? new ProtocolError('CLOSED', 'the client has ended');
    this.#renewal?.stop();
    this.#requests.rejectAll(reason);
    this.#receiver.ended(error);
    this.#parts.ended(error);
    this.#status.ended(error);
  }
}
