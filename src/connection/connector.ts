import type { DrainInfo } from '../../generated/im/protocol/v1/drain_info.js';
import type { LoginInfoInit } from '../../generated/im/protocol/v1/login_info.js';
import type { SessionInfo } from '../../generated/im/protocol/v1/session_info.js';
import { run } from '../callbacks.js';
import { ProtocolError } from '../errors.js';
import { DEFAULT_LOGIN_TIMEOUT_MS } from '../limits.js';
import { sendableError } from '../negotiate/reject.js';
import { backoffDelay } from '../session/backoff.js';
import { ClientSession } from '../session/client-session.js';
import type { DeliveredWindow } from '../session/delivered-window.js';
import type { SessionEvent } from '../session/session-event.js';
import { ClientConnection } from './client-connection.js';
import type { ClientOptions, ClientState } from './client-options.js';
import { LoginCaller } from './login-caller.js';
import type { Platform } from './platform.js';
import { withCause } from './replies.js';
import type { Dial, WatchNetwork } from './transport.js';

/** How a client reaches its server. */
export interface Route {
  readonly dial: Dial;
  readonly platform: Platform;
  readonly transport: 'tcp' | 'websocket';
  /** Watches the network and the sleep of the device. Undefined: not watched. */
  readonly watch?: WatchNetwork | undefined;
}

/** Callbacks of a Connector. */
export interface ConnectorOwner {
  /** A connection is authenticated. Not called for a renewed token. */
  loggedIn(connection: ClientConnection, session: SessionInfo): void;
  /** The client has no connection. @param delayMs until the next attempt. */
  lost(error: ProtocolError, delayMs: number): void;
  /** The state has changed in another way: the server drains, or an attempt to connect begins. */
  changed(): void;
  /** An event of a connection that the Connector does not handle. */
  take(connection: ClientConnection, event: SessionEvent): void;
  /** A callback of the application failed. `callback` is undefined for an error inside the library. */
  failed(error: unknown, callback: string | undefined): void;
  /** The client has ended: there are no further connections. */
  ended(error: ProtocolError | undefined): void;
}

/** A connection that was authenticated for this long, in milliseconds, resets the backoff. */
const STABLE_MS = 10_000;

/** An attempt to connect that lasts longer than this, in milliseconds, is made again when the network has changed. */
const SLOW_ATTEMPT_MS = 1500;

/** Keeps a client connected: makes the first connection, reconnects with backoff, and moves when the server drains. */
export class Connector {
  readonly #route: Route;
  readonly #options: ClientOptions;
  readonly #delivered: DeliveredWindow;
  readonly #owner: ConnectorOwner;
  #login: ClientOptions['login'];
  /** What the last LOGIN had. */
  #token: string | undefined;
  /** Why another token is needed. */
  #expired: ProtocolError | undefined;
  #current: ClientConnection | undefined;
  /** The draining connection, kept until the next one is authenticated. */
  #retiring: ClientConnection | undefined;
  #state: ClientState = 'connecting';
  #background: boolean;
  /** The client logs out. */
  #isLast = false;
  /** No connection was authenticated so far. */
  #isFirst = true;
  #failures = 0;
  /** A server has drained since the last stable connection. */
  #hasDrained = false;
  #timer: unknown;
  /** The timer waits for the next attempt to connect. */
  #isWaitingToRetry = false;
  /** The server has asked not to come earlier. */
  #notBeforeMs = 0;
  /** The next attempt is made at once: the connection was given up because it may be dead. */
  #isHurried = false;
  /** Number of the present attempt, and when it began. */
  #attempt = 0;
  #attemptSinceMs = 0;
  /** The `login` function was called and has not answered. */
  #isAskingForLogin = false;
  readonly #loginCaller: LoginCaller;

  constructor(route: Route, options: ClientOptions, delivered: DeliveredWindow, owner: ConnectorOwner) {
    this.#route = route;
    this.#options = options;
    this.#delivered = delivered;
    this.#owner = owner;
    this.#login = options.login;
    this.#background = options.background ?? false;
    this.#loginCaller = new LoginCaller(route.platform, options.loginTimeoutMs ?? DEFAULT_LOGIN_TIMEOUT_MS);
  }

  get state(): ClientState {
    return this.#state;
  }

  get background(): boolean {
    return this.#background;
  }

  set background(background: boolean) {
    this.#background = background;
    for (const connection of [this.#current, this.#retiring]) connection?.setBackground(background);
  }

  /** The connection for requests; undefined while they have to wait. */
  get forRequests(): ClientConnection | undefined {
    return this.#state === 'authenticated' ? this.#current : undefined;
  }

  /** The authenticated connection, draining or not; undefined if there is none. */
  get loggedIn(): ClientConnection | undefined {
    return this.forRequests ?? this.#retiring;
  }

  /** The token of the last LOGIN. */
  get token(): string | undefined {
    return this.#token;
  }

  /** This connection, or the next one, is the last: the client does not reconnect. */
  logOut(): void {
    this.#isLast = true;
  }

  /** Writes what waits on all connections. */
  settle(): void {
    for (const connection of [this.#current, this.#retiring]) connection?.driver.settle();
  }

  /** Whether the client may reconnect after this error. */
  mayReconnect(error: ProtocolError): boolean {
    return !this.#isLast && this.#options.reconnect !== false && error.properties.reconnect;
  }

  /** Replaces the token of later connections, unless `login` is a function. */
  renewed(login: LoginInfoInit): void {
    if (typeof this.#login !== 'function') this.#login = login;
    this.#token = login.accessToken;
  }

  /**
   * The network has changed, or the application asks for it: tries again now instead of after the backoff, and checks a connection that may be
   * dead. Never earlier than the server has asked for.
   */
  attemptNow(): void {
    if (this.#isEnded()) return;
    this.#failures = 0;
    if (this.#isWaitingToRetry) this.#hurry();
    else if (this.loggedIn !== undefined) this.check();
    else this.#redial();
  }

  /** Sends a heartbeat, and replaces the connection if nothing arrives in time. */
  check(): void {
    this.loggedIn?.probe(() => {
      this.#isHurried = true;
    });
  }

  /**
   * This device has slept.
   * @param hasClockStopped the clock stood still meanwhile: what is known of the server's clock is wrong.
   */
  woke(sleptMs: number, hasClockStopped: boolean): void {
    // The clock may not have counted it.
    this.#attemptSinceMs -= sleptMs;
    if (hasClockStopped) this.#notBeforeMs -= sleptMs;
    const connection = this.loggedIn;
    const silentMs = connection?.session.silenceLimitMs ?? Number.POSITIVE_INFINITY;
    if (connection === undefined || (sleptMs < silentMs && !hasClockStopped)) this.attemptNow();
    else this.#replace(connection, `this device slept for ${Math.round(sleptMs)} ms`);
  }

  async connect(): Promise<void> {
    if (this.#isEnded()) return;
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.#attemptSinceMs = this.#route.platform.nowMs();
    this.#isAskingForLogin = true;
    const login = await (typeof this.#login === 'function' ? this.#askForLogin(this.#login, attempt) : this.#login);
    if (attempt !== this.#attempt) return;
    this.#isAskingForLogin = false;
    if (login === undefined || this.#isEnded()) return;
    // "A client comes back after TOKEN_EXPIRED only with a token other than the refused one."
    if (this.#expired !== undefined && login.accessToken === this.#token) return this.end(this.#expired);
    this.#token = login.accessToken;
    this.#expired = undefined;
    const { signal: _signal, sync: _sync, outbox: _outbox, trace, ...options } = this.#options;
    const { dial, platform, transport } = this.#route;
    try {
      const { timeOriginMs } = platform;
      const settings = { ...options, login, transport, timeOriginMs, delivered: this.#delivered, background: this.#background };
      const session = new ClientSession(settings, platform.nowMs());
      this.#current = new ClientConnection(
        session,
        platform,
        (connection, event) => this.#take(connection, event),
        (error) => this.#owner.failed(error, undefined),
        trace && ((...args) => this.#call('trace', () => trace(...args))),
      );
      await this.#current.open(dial);
    } catch (error) {
      this.end(sendableError(error) ?? new ProtocolError('INTERNAL', 'the client failed', { cause: error }));
    }
  }

  end(error: ProtocolError | undefined): void {
    if (this.#isEnded()) return;
    this.#state = 'closed';
    this.#stopWaiting();
    // Before the connections close, so that requests fail with this error.
    this.#owner.ended(error);
    for (const connection of [this.#current, this.#retiring]) connection?.close();
  }

  /** Makes the next attempt now, or as soon as the server allows it. */
  #hurry(): void {
    const waitMs = this.#notBeforeMs - this.#route.platform.nowMs();
    this.#stopWaiting();
    if (waitMs > 0) this.#waitToRetry(waitMs);
    else this.#tryAgain();
  }

  /** Gives up an attempt that may have been made on another network. */
  #redial(): void {
    const connection = this.#current;
    const isSlow = this.#route.platform.nowMs() - this.#attemptSinceMs > SLOW_ATTEMPT_MS;
    if (!isSlow || !this.#isRetried(new ProtocolError('CLOSED', ''))) return;
    if (connection !== undefined) this.#replace(connection, 'the network has changed');
    else if (this.#isAskingForLogin) {
      this.#stopWaiting();
      void this.connect();
    }
  }

  #replace(connection: ClientConnection, why: string): void {
    this.#failures = 0;
    this.#isHurried = true;
    connection.close(new ProtocolError('IDLE_TIMEOUT', `the connection may be dead: ${why}`));
  }

  /**
   * Calls `login`. Resolves with undefined if it failed: then the retry, or the end, is arranged. What comes after another attempt has begun
   * is ignored.
   */
  async #askForLogin(login: () => LoginInfoInit | Promise<LoginInfoInit>, attempt: number): Promise<LoginInfoInit | undefined> {
    try {
      return await this.#loginCaller.ask(login);
    } catch (cause) {
      return attempt === this.#attempt ? this.#loginFailed(cause) : undefined;
    }
  }

  /** Retries unless `login` refused: the source of the tokens may be unreachable together with the server. */
  #loginFailed(cause: unknown): undefined {
    const refusal = sendableError(cause);
    const isRefusal = refusal !== undefined && !refusal.properties.local;
    if (!isRefusal) this.#owner.failed(cause, 'login');
    if (this.#isEnded()) return;
    this.#retry(isRefusal ? refusal : withCause(new ProtocolError('CLOSED', 'login failed'), cause), 0, false);
  }

  #take(connection: ClientConnection, event: SessionEvent): void {
    switch (event.type) {
      case 'authenticated':
        this.#authenticated(connection, event.session);
        break;
      case 'drain':
        connection.drain = event.drain;
        this.#retire(connection, event.drain);
        break;
      case 'closed':
        this.#lost(connection, event.error, event.retryAfterMs);
        break;
      default:
        this.#owner.take(connection, event);
        if (connection === this.#retiring) this.#move();
    }
  }

  #authenticated(connection: ClientConnection, session: SessionInfo): void {
    if (connection !== this.#current || this.#state === 'authenticated') return;
    this.#state = 'authenticated';
    this.#isFirst = false;
    this.#isHurried = false;
    connection.loggedInAtMs = this.#route.platform.nowMs();
    const retiring = this.#retiring;
    this.#retiring = undefined;
    retiring?.close();
    // DRAIN may arrive before the reply to LOGIN.
    if (connection.drain !== undefined) this.#retire(connection, connection.drain);
    this.#owner.loggedIn(connection, session);
  }

  /** The server drains: connect again after a random delay, when no request of this connection waits for a reply. */
  #retire(connection: ClientConnection, { reconnectAfterMs }: DrainInfo): void {
    const isMoving = this.#options.reconnect !== false && !this.#isLast;
    if (connection !== this.#current || !isMoving || this.#state !== 'authenticated') return;
    this.#state = 'draining';
    this.#retiring = connection;
    this.#current = undefined;
    const isStable = this.#isStable(connection);
    let delayMs = Math.floor(this.#random() * reconnectAfterMs);
    if (isStable) this.#failures = 0;
    // Back off from a server that drains each new connection.
    else if (this.#hasDrained) delayMs = Math.max(delayMs, Math.ceil(this.#backoff(++this.#failures)));
    this.#hasDrained = true;
    this.#wait(delayMs, () => this.#move());
    this.#owner.changed();
  }

  #move(): void {
    const isConnecting = this.#timer !== undefined || this.#isAskingForLogin || this.#current !== undefined;
    if (isConnecting || this.#state !== 'draining') return;
    if (this.#retiring !== undefined && this.#retiring.session.openRequests > 0) return;
    void this.connect();
  }

  #lost(connection: ClientConnection, reason: ProtocolError | undefined, retryAfterMs: number): void {
    // Chromium closes the connections of a frozen page, and reports it after `resume`.
    if (connection.isProbed) this.#isHurried = true;
    connection.cancel();
    if (connection === this.#retiring) {
      this.#retiring = undefined;
      // It may be REPLACED or logged out by our own next connection: then it is no reason to end.
      if (this.#current === undefined && reason !== undefined && !this.mayReconnect(reason)) this.end(reason);
      else this.#move();
    } else if (connection === this.#current) {
      this.#current = undefined;
      if (this.#isEnded()) return;
      const error = connection.because(reason ?? new ProtocolError('CLOSED', 'the connection has closed'));
      if (error.code === 'TOKEN_EXPIRED') this.#expired = error;
      this.#retry(error, retryAfterMs, this.#isStable(connection));
    }
  }

  /** Reconnects after a delay, or ends. @param isStable resets the backoff. */
  #retry(error: ProtocolError, retryAfterMs: number, isStable: boolean): void {
    const isHurried = this.#isHurried;
    this.#isHurried = false;
    if (!this.#isRetried(error)) {
      this.end(error);
      return;
    }
    if (isStable) this.#hasDrained = false;
    this.#failures = isStable ? 1 : this.#failures + 1;
    const delayMs = Math.max(retryAfterMs, isHurried ? 0 : this.#backoff(this.#failures));
    this.#notBeforeMs = this.#route.platform.nowMs() + retryAfterMs;
    this.#state = this.#isFirst ? 'connecting' : 'reconnecting';
    this.#waitToRetry(delayMs);
    this.#owner.lost(error, delayMs);
    this.#call('onReconnect', () => this.#options.onReconnect?.(error, delayMs));
  }

  /** Whether another attempt is made after this error. */
  #isRetried(error: ProtocolError): boolean {
    return (!this.#isFirst || this.#options.retryFirst === true) && this.mayReconnect(error);
  }

  #waitToRetry(delayMs: number): void {
    this.#isWaitingToRetry = true;
    this.#wait(Math.ceil(delayMs), () => this.#tryAgain());
  }

  #tryAgain(): void {
    this.#isWaitingToRetry = false;
    this.#owner.changed();
    void this.connect();
  }

  #call(callback: string, call: () => unknown): void {
    run(call, (error) => this.#owner.failed(error, callback));
  }

  #isStable({ loggedInAtMs = Number.POSITIVE_INFINITY }: ClientConnection): boolean {
    return this.#route.platform.nowMs() - loggedInAtMs >= STABLE_MS;
  }

  #backoff(failures: number): number {
    return backoffDelay(failures, this.#random(), this.#options.reconnect || {});
  }

  #wait(ms: number, then: () => void): void {
    this.#timer = this.#route.platform.setTimer(() => {
      this.#timer = undefined;
      then();
    }, ms);
  }

  #stopWaiting(): void {
    this.#loginCaller.cancel();
    if (this.#timer !== undefined) this.#route.platform.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#isWaitingToRetry = false;
  }

  #isEnded(): boolean {
    return this.#state === 'closed';
  }

  #random(): number {
    return (this.#options.random ?? Math.random)();
  }
}
