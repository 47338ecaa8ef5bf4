import type { DrainInfo } from '../../generated/im/protocol/v1/drain_info.js';
import type { LoginInfoInit } from '../../generated/im/protocol/v1/login_info.js';
import type { SessionInfo } from '../../generated/im/protocol/v1/session_info.js';
import { run, settle } from '../callbacks.js';
import { ProtocolError } from '../errors.js';
import { DEFAULT_LOGIN_TIMEOUT_MS } from '../limits.js';
import { soundError } from '../negotiate/reject.js';
import { backoffDelay } from '../session/backoff.js';
import { ClientSession } from '../session/client-session.js';
import type { DeliveredWindow } from '../session/delivered-window.js';
import type { SessionEvent } from '../session/session-event.js';
import { ClientConnection } from './client-connection.js';
import type { ClientOptions, ClientState } from './client-options.js';
import { LONGEST_TIMER_MS, type Platform } from './platform.js';
import { withCause } from './replies.js';
import type { Dial } from './transport.js';

/** How a client reaches its server. */
export interface Route {
  readonly dial: Dial;
  readonly platform: Platform;
  readonly transport: 'tcp' | 'websocket';
}

/** Who a Connector works for. */
export interface ConnectorOwner {
  /** A connection has logged in, for the first time. */
  loggedIn(connection: ClientConnection, session: SessionInfo): void;
  /** What a connection has to tell that is not about connections. */
  take(connection: ClientConnection, event: SessionEvent): void;
  /** A callback of the application failed; undefined = this library did. */
  failed(error: unknown, callback: string | undefined): void;
  /** There will be no connection any more. */
  ended(error: ProtocolError | undefined): void;
}

/** A connection that held so long, in milliseconds, was a good one: the next waits begin anew. */
const STABLE_MS = 10_000;

/** Sees to it that there is a connection: makes the first, another when it is lost, and moves when the server drains. */
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
  /** The connection that the server is going to close, while the next one is made. */
  #retiring: ClientConnection | undefined;
  #state: ClientState = 'connecting';
  /** The first connection is tried once. */
  #isFirst = true;
  #failures = 0;
  /** A server has drained since the last connection that held. */
  #hasMoved = false;
  #timer: unknown;
  /** Between being asked for a connection and having one, while `login` is asked. */
  #isPreparing = false;

  constructor(route: Route, options: ClientOptions, delivered: DeliveredWindow, owner: ConnectorOwner) {
    this.#route = route;
    this.#options = options;
    this.#delivered = delivered;
    this.#owner = owner;
    this.#login = options.login;
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Where requests go; undefined = they wait. */
  get forRequests(): ClientConnection | undefined {
    return this.#state === 'authenticated' ? this.#current : undefined;
  }

  /** Where somebody is logged in, if only for a while; undefined = nowhere. */
  get loggedIn(): ClientConnection | undefined {
    return this.forRequests ?? this.#retiring;
  }

  /** "n the client may reconnect by itself" */
  mayReconnect(error: ProtocolError): boolean {
    return this.#options.reconnect !== false && error.properties.reconnect;
  }

  /** A token that replaces the one that was given at first. */
  renewed(login: LoginInfoInit): void {
    if (typeof this.#login !== 'function') this.#login = login;
    this.#token = login.accessToken;
  }

  async connect(): Promise<void> {
    if (this.#isEnded()) return;
    this.#isPreparing = true;
    const login = await (typeof this.#login === 'function' ? this.#ask(this.#login) : this.#login);
    this.#isPreparing = false;
    if (login === undefined || this.#isEnded()) return;
    // "A client comes back after TOKEN_EXPIRED only with a token other than the refused one."
    if (this.#expired !== undefined && login.accessToken === this.#token) return this.end(this.#expired);
    this.#token = login.accessToken;
    this.#expired = undefined;
    const { signal: _signal, trace, ...options } = this.#options;
    const { dial, platform, transport } = this.#route;
    try {
      const { timeOriginMs } = platform;
      const settings = { ...options, login, transport, timeOriginMs, delivered: this.#delivered };
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
      this.end(soundError(error) ?? new ProtocolError('INTERNAL', 'the client failed', { cause: error }));
    }
  }

  end(error: ProtocolError | undefined): void {
    if (this.#isEnded()) return;
    this.#state = 'closed';
    this.#stopWaiting();
    // First, so that requests fail for this reason, and not because their connection closes.
    this.#owner.ended(error);
    for (const connection of [this.#current, this.#retiring]) connection?.close();
  }

  /** What to log in with; undefined = there is nothing now, and that has been seen to. */
  #ask(login: () => LoginInfoInit | Promise<LoginInfoInit>): Promise<LoginInfoInit | undefined> {
    const { loginTimeoutMs = DEFAULT_LOGIN_TIMEOUT_MS } = this.#options;
    const asked = new Promise<LoginInfoInit>((resolve, reject) => {
      const late = (): void => reject(new ProtocolError('TIMEOUT', `login has not answered within ${loginTimeoutMs} ms`));
      // What hands out the token may have answered already, and was not read yet.
      this.#wait(Math.min(loginTimeoutMs, LONGEST_TIMER_MS), () => this.#route.platform.turn(late));
      settle(login, (answer) => (answer == null ? reject(new TypeError('login returned nothing')) : resolve(answer)), reject);
    });
    return asked.finally(() => this.#stopWaiting()).catch((cause) => this.#loginFailed(cause));
  }

  /** What is not a refusal is tried again: whoever hands out tokens is often away together with the server. */
  #loginFailed(cause: unknown): undefined {
    const refusal = soundError(cause);
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
        this.#leave(connection, event.drain);
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
    connection.loggedInAtMs = this.#route.platform.nowMs();
    const retiring = this.#retiring;
    this.#retiring = undefined;
    retiring?.close();
    // A server may announce its end while LOGIN is being looked at.
    if (connection.drain !== undefined) this.#leave(connection, connection.drain);
    this.#owner.loggedIn(connection, session);
  }

  /** The server is going to close: the next connection is made, after a random time, once nothing waits for a reply on this one. */
  #leave(connection: ClientConnection, { reconnectAfterMs }: DrainInfo): void {
    if (connection !== this.#current || this.#options.reconnect === false || this.#state !== 'authenticated') return;
    this.#state = 'draining';
    this.#retiring = connection;
    this.#current = undefined;
    const isStable = this.#isStable(connection);
    let delayMs = Math.floor(this.#random() * reconnectAfterMs);
    if (isStable) this.#failures = 0;
    // A server that drains each new connection would be asked again and again.
    else if (this.#hasMoved) delayMs = Math.max(delayMs, Math.ceil(this.#backoff(++this.#failures)));
    this.#hasMoved = true;
    this.#wait(delayMs, () => this.#move());
  }

  #move(): void {
    const isUnderWay = this.#timer !== undefined || this.#isPreparing || this.#current !== undefined;
    if (isUnderWay || this.#state !== 'draining') return;
    if (this.#retiring !== undefined && this.#retiring.session.openRequests > 0) return;
    void this.connect();
  }

  /** A connection has ended. */
  #lost(connection: ClientConnection, reason: ProtocolError | undefined, retryAfterMs: number): void {
    connection.cancel();
    if (connection === this.#retiring) {
      this.#retiring = undefined;
      // Our own next connection may have taken its place: that is why it is REPLACED, or logged out.
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

  /** Connects anew after a while, or ends. @param isStable the connection was a good one. */
  #retry(error: ProtocolError, retryAfterMs: number, isStable: boolean): void {
    if (this.#isFirst || !this.mayReconnect(error)) {
      this.end(error);
      return;
    }
    if (isStable) this.#hasMoved = false;
    this.#failures = isStable ? 1 : this.#failures + 1;
    const delayMs = Math.max(retryAfterMs, this.#backoff(this.#failures));
    this.#state = 'reconnecting';
    this.#wait(Math.ceil(delayMs), () => void this.connect());
    this.#call('onReconnect', () => this.#options.onReconnect?.(error, delayMs));
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
    if (this.#timer !== undefined) this.#route.platform.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #isEnded(): boolean {
    return this.#state === 'closed';
  }

  #random(): number {
    return (this.#options.random ?? Math.random)();
  }
}
