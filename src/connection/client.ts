import { FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import type { LoginInfoInit } from '../../generated/init/im/protocol/v1/login_info.js';
import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import { Command } from '../../generated/types/im/protocol/v1/command.js';
import type { DrainInfo } from '../../generated/types/im/protocol/v1/drain_info.js';
import { SendCode } from '../../generated/types/im/protocol/v1/send_code.js';
import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';
import type { SessionInfo } from '../../generated/types/im/protocol/v1/session_info.js';
import { commandName } from '../codec/command-name.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { DEFAULT_REQUEST_TIMEOUT_MS } from '../limits.js';
import type { Agreement } from '../negotiate/agreement.js';
import { subprotocolsFor } from '../negotiate/subprotocols.js';
import { type Backoff, backoffDelay } from '../session/backoff.js';
import { ClientSession, type ClientSessionOptions } from '../session/client-session.js';
import { DeliveredWindow } from '../session/delivered-window.js';
import type { SessionEvent } from '../session/session-event.js';
import { Driver, type Trace } from './driver.js';
import { Incoming } from './incoming.js';
import type { CancelSignal, Dial, Dialing, Link } from './link.js';
import { OutgoingRequest, type RequestOptions } from './outgoing-request.js';
import { Replies } from './replies.js';
import { type ReplyData, type RequestData, replyData, requestMessage } from './request-types.js';
import type { Runtime } from './runtime.js';

/** What a client can be told. */
export interface ClientOptions extends Omit<ClientSessionOptions, 'login' | 'transport' | 'timeOriginMs' | 'delivered'> {
  /**
   * How to log in; a function is asked before each connection, so that a new token can be had. Where it fails, the connection counts as
   * lost, and is tried again; a ProtocolError whose `properties` do not allow that (UNAUTHENTICATED) ends the client.
   */
  readonly login: LoginInfoInit | (() => LoginInfoInit | Promise<LoginInfoInit>);
  /** How long to wait between tries to connect anew; false = a connection that is lost is not replaced. Default: `{}`. */
  readonly reconnect?: Backoff | false | undefined;
  /**
   * Sends requests again, on the next connection, that were not answered when theirs was lost. Default false: they fail. The server may
   * have taken one over all the same: it knows a message again by its client_message_id.
   */
  readonly resume?: boolean | undefined;
  /** Ends the client. */
  readonly signal?: CancelSignal | undefined;
  /** How many ids of messages are remembered, so that one that comes twice is handed over once. Default 4096. */
  readonly deliveredIds?: number | undefined;
  /** Answers commands of the application (1000 and up) that the server sends as requests. Default: UNSUPPORTED_COMMAND. */
  readonly onRequest?: ((message: SendInfo) => SendInfoInit | undefined | Promise<SendInfoInit | undefined>) | undefined;
  /** The client has logged in: once for each connection. */
  readonly onLogin?: ((session: SessionInfo) => void) | undefined;
  /** The connection was lost, and another try is made after `delayMs`. */
  readonly onReconnect?: ((error: ProtocolError, delayMs: number) => void) | undefined;
  /** Something was refused or dropped, and the connection is kept: for a log. */
  readonly onNotice?: ((error: ProtocolError) => void) | undefined;
  /** Sees all bytes, for a log or a test. */
  readonly trace?: Trace | undefined;
}

/** Where a client stands: `authenticated` means that requests go out at once. */
export type ClientState = 'connecting' | 'authenticated' | 'draining' | 'reconnecting' | 'closed';

/** So many messages wait for the application before the connection is not read any more. */
const INCOMING_MESSAGES = 1024;
/** Where a connection cannot stop reading (a browser), it is closed when so many wait. */
const MAX_INCOMING_MESSAGES = 65_536;
/** A connection that held so long, in milliseconds, was a good one: the next waits begin anew. */
const STABLE_MS = 10_000;

/**
 * A client that stays connected: it logs in, keeps the connection alive, comes back when it is lost, moves when the server drains, and
 * gives requests as promises and messages of the server by iteration.
 */
export class Client implements AsyncIterable<SendInfo> {
  /** Resolves when the client has ended: with why, or with undefined after `close`. */
  readonly closed: Promise<ProtocolError | undefined>;
  readonly #dial: Dial;
  readonly #runtime: Runtime;
  readonly #options: ClientOptions;
  readonly #websocket: boolean;
  readonly #delivered: DeliveredWindow;
  readonly #incoming: Incoming<SendInfo>;
  readonly #requests = new Set<OutgoingRequest>();
  #current: Connected | undefined;
  /** The connection that the server is going to close, while the next one is made. */
  #retiring: Connected | undefined;
  #state: ClientState = 'connecting';
  #failures = 0;
  #timer: unknown;
  /** Between being asked for a connection and having one, while `login` is asked. */
  #isPreparing = false;
  #resolveClosed: (error: ProtocolError | undefined) => void = () => {};
  #onFirst: { resolve(client: Client): void; reject(error: ProtocolError): void } | undefined;

  private constructor(dial: Dial, runtime: Runtime, websocket: boolean, options: ClientOptions) {
    this.#dial = dial;
    this.#runtime = runtime;
    this.#websocket = websocket;
    this.#options = options;
    this.#delivered = new DeliveredWindow(options.deliveredIds);
    this.#incoming = new Incoming((message) => this.#taken(message));
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  /**
   * Connects and logs in.
   * @param websocket the transport is a WebSocket, not TCP.
   * @throws ProtocolError why the first connection could not be made: later ones are tried again, this one is not.
   */
  static connect(dial: Dial, runtime: Runtime, websocket: boolean, options: ClientOptions): Promise<Client> {
    const client = new Client(dial, runtime, websocket, options);
    const { signal } = options;
    const abort = (): void => client.#end(new ProtocolError('CLOSED', 'the signal was aborted', { cause: signal?.reason }));
    client.closed.then(() => signal?.removeEventListener('abort', abort));
    return new Promise((resolve, reject) => {
      client.#onFirst = { resolve, reject };
      if (signal?.aborted) abort();
      else void client.#connect();
      signal?.addEventListener('abort', abort);
    });
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Who is logged in, on the present connection or the last. */
  session: SessionInfo | undefined;

  /** What was agreed on for the present connection. */
  get agreement(): Agreement | undefined {
    return this.#current?.driver.session.agreement;
  }

  /** How long the last heartbeat took to come back, in milliseconds; undefined until one did on this connection. */
  get roundTripMs(): number | undefined {
    return this.#current?.driver.session.roundTripMs;
  }

  /**
   * Sends a request and resolves with the data of its reply. Without a connection it waits for the next, as long as its time allows.
   *
   * A message gets its `sender` from the session, and a new `client_message_id`, where these are left out.
   * @throws ProtocolError what the server answered; TIMEOUT; CLOSED, or why the connection was lost; INVALID_MESSAGE and the like for
   * `data` that breaks a rule.
   */
  async request<C extends number>(cmd: C, data: RequestData<C>, options: RequestOptions = {}): Promise<ReplyData<C>> {
    if (this.#state === 'closed') throw new ProtocolError('CLOSED', 'the client has ended');
    const { timeoutMs = this.#options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS } = options;
    const { resume = this.#options.resume ?? false } = options;
    const deadlineMs = this.#runtime.nowMs() + timeoutMs;
    const message = requestMessage(cmd, data as object | undefined);
    const request = new OutgoingRequest(message, deadlineMs, resume, this.#runtime);
    this.#requests.add(request);
    try {
      this.#send(request);
      return replyData<C>(await request.reply);
    } finally {
      this.#requests.delete(request);
    }
  }

  /**
   * Sends a message that wants no reply.
   * @throws ProtocolError CLOSED without a connection that is logged in; what `Session.push` throws.
   */
  send(message: SendInfoInit): void {
    const driver = this.#current?.driver;
    if (driver === undefined) throw new ProtocolError('CLOSED', `no connection for ${commandName(message.cmd ?? 0)}`);
    driver.session.push(message, driver.nowMs);
    driver.settle();
  }

  /** Logs in anew on the present connection, with a new token. @throws ProtocolError as `request`. */
  login(login: LoginInfoInit): Promise<SessionInfo> {
    return this.request(Command.LOGIN, login);
  }

  /**
   * Notes a message that came by another way (fetched from the platform): returns false if it was handed over before, and sees to it that
   * it is not handed over again.
   */
  markDelivered(messageId: bigint): boolean {
    return this.#delivered.add(messageId);
  }

  /**
   * What the server sends of itself, in its order, each message once. There is one stream: two loops share it. The server learns that a
   * message has arrived when the loop has got it. It ends with the client: it throws why, or ends after `close`.
   */
  [Symbol.asyncIterator](): AsyncIterator<SendInfo> {
    return this.#incoming;
  }

  /** Ends the client. Requests that are open fail with CLOSED. */
  close(): Promise<ProtocolError | undefined> {
    this.#end(undefined);
    return this.closed;
  }

  async #connect(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#isPreparing = true;
    const info = await this.#askLogin();
    this.#isPreparing = false;
    if (info === undefined || this.#isEnded()) return;
    const { login: _login, signal: _signal, ...options } = this.#options;
    try {
      const { nowMs, timeOriginMs } = { nowMs: this.#runtime.nowMs(), timeOriginMs: this.#runtime.timeOriginMs };
      const transport = this.#websocket ? 'websocket' : 'tcp';
      const delivered = this.#delivered;
      const session = new ClientSession({ ...options, login: info, transport, timeOriginMs, delivered }, nowMs);
      const connected: Connected = { replies: new Replies(), driver: undefined as never, cause: undefined };
      connected.driver = new Driver(session, this.#runtime, (event) => this.#take(connected, event), options.trace);
      this.#current = connected;
      await this.#open(connected);
    } catch (error) {
      this.#end(isProtocolError(error) ? error : new ProtocolError('INTERNAL', 'the client failed', { cause: error }));
    }
  }

  /** What to log in with; undefined = there is nothing now, and that has been seen to. */
  async #askLogin(): Promise<LoginInfoInit | undefined> {
    const { login } = this.#options;
    if (typeof login !== 'function') return login;
    try {
      return await login();
    } catch (cause) {
      // Who hands out tokens is often away together with the server.
      const error = isProtocolError(cause) ? cause : withCause(new ProtocolError('CLOSED', 'login failed'), cause);
      if (!this.#isEnded()) this.#retry(error, 0, false);
      return undefined;
    }
  }

  async #open(connected: Connected): Promise<void> {
    const { driver } = connected;
    const { session } = driver;
    let link: Link;
    try {
      const owner = {
        received: (bytes: Uint8Array) => driver.received(bytes),
        drained: () => driver.drained(),
        ended: (closeCode?: number, cause?: unknown) => {
          connected.cause = cause;
          driver.ended(closeCode);
        },
      };
      connected.dialing = this.#dial(subprotocolsFor(session.hello.versions), owner);
      link = await connected.dialing.link;
    } catch (error) {
      connected.cause = error;
      driver.ended();
      return;
    }
    try {
      session.open(driver.nowMs, link.subprotocol);
    } catch (error) {
      // A LOGIN that breaks a rule: it would do so on any connection.
      if (!isProtocolError(error)) throw error;
      session.close(driver.nowMs, error);
    }
    driver.attach(link);
  }

  #take(connected: Connected, event: SessionEvent): void {
    switch (event.type) {
      case 'authenticated':
        this.#loggedIn(connected, event.session);
        break;
      case 'message':
        this.#receive(connected, event.message);
        break;
      case 'reply':
      case 'failed':
        connected.replies.take(event);
        if (connected === this.#retiring) this.#move();
        break;
      case 'notice':
        this.#options.onNotice?.(event.error);
        break;
      case 'drain':
        this.#drain(connected, event.drain);
        break;
      case 'closed':
        this.#lost(connected, event.error, event.retryAfterMs);
    }
  }

  #loggedIn(connected: Connected, session: SessionInfo): void {
    this.session = session;
    if (connected !== this.#current || this.#state === 'authenticated') return;
    this.#state = 'authenticated';
    connected.loggedInAtMs = this.#runtime.nowMs();
    const retiring = this.#retiring;
    this.#retiring = undefined;
    if (retiring !== undefined) {
      retiring.driver.session.close(retiring.driver.nowMs);
      retiring.driver.settle();
    }
    this.#onFirst?.resolve(this);
    this.#onFirst = undefined;
    this.#options.onLogin?.(session);
    for (const request of this.#requests) this.#send(request);
  }

  /** Sends a request, if there is a connection for it and it is not on its way. */
  #send(request: OutgoingRequest): void {
    const connected = this.#current;
    if (this.#state !== 'authenticated' || connected === undefined || request.isSent) return;
    const { session } = connected.driver;
    const { nowMs } = connected.driver;
    try {
      const sequence = session.request(request.message(this.session), nowMs, Math.max(0, request.deadlineMs - nowMs));
      request.isSent = true;
      connected.replies.add(sequence, request.resolve, (error) => this.#failed(connected, request, error));
    } catch (error) {
      request.reject(error);
    }
    connected.driver.settle();
  }

  #failed(connected: Connected, request: OutgoingRequest, error: ProtocolError): void {
    const isLost = connected.driver.session.state === 'closed' && this.#mayReconnect(error);
    const isDraining = error.code === 'DRAINING';
    // DRAINING was never taken over: it is sent again in any case.
    const isLate = request.deadlineMs <= this.#runtime.nowMs();
    if (!isLate && ((isLost && request.resume) || (isDraining && this.#options.reconnect !== false))) {
      request.isSent = false;
      return;
    }
    request.reject(connected.cause === undefined ? error : withCause(error, connected.cause));
  }

  #receive(connected: Connected, message: SendInfo): void {
    if (message.cmd >= FIRST_APPLICATION_COMMAND && message.sequence !== 0) {
      void this.#answer(connected, message);
      return;
    }
    if (message.sequence !== 0) this.#origins.set(message, connected);
    this.#incoming.add(message);
    const { length } = this.#incoming;
    const { link, session, nowMs } = connected.driver;
    if (length >= INCOMING_MESSAGES && link?.pause !== undefined) link.pause();
    else if (length >= MAX_INCOMING_MESSAGES) {
      const text = `${length} messages wait for the application, limit ${MAX_INCOMING_MESSAGES}`;
      session.close(nowMs, new ProtocolError('SLOW_CONSUMER', text, { limit: MAX_INCOMING_MESSAGES, actual: length }));
    }
  }

  /** On which connection a message came that wants a reply. */
  readonly #origins = new WeakMap<SendInfo, Connected>();

  /** "the client's SEND_RESULT SUCCESS once the application has it" */
  #taken(message: SendInfo): void {
    if (this.#incoming.length < INCOMING_MESSAGES / 2) this.#current?.driver.link?.resume?.();
    const connected = this.#origins.get(message);
    if (connected === undefined) return;
    const { cmd, sequence, data } = message;
    const { session, nowMs } = connected.driver;
    const messageId = data !== undefined && 'content' in data.value ? (data.value.content?.messageId ?? 0n) : 0n;
    const value = { code: SendCode.SUCCESS, cmd, messageId };
    session.reply(sequence, { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } }, nowMs);
    connected.driver.settle();
  }

  async #answer(connected: Connected, message: SendInfo): Promise<void> {
    const { session } = connected.driver;
    const { sequence, cmd } = message;
    try {
      const reply = await this.#options.onRequest?.(message);
      if (reply === undefined) throw new ProtocolError('UNSUPPORTED_COMMAND', `${commandName(cmd)} is not handled here`);
      session.reply(sequence, reply, connected.driver.nowMs);
    } catch (error) {
      const told = isProtocolError(error) ? error : new ProtocolError('INTERNAL', 'the client failed', { cause: error });
      this.#options.onNotice?.(told);
      session.refuse(sequence, told, connected.driver.nowMs);
    }
    connected.driver.settle();
  }

  /** The server is going to close: the next connection is made, after a random time, once nothing waits for a reply on this one. */
  #drain(connected: Connected, { reconnectAfterMs }: DrainInfo): void {
    if (connected !== this.#current || this.#options.reconnect === false || this.#state !== 'authenticated') return;
    this.#state = 'draining';
    this.#retiring = connected;
    this.#current = undefined;
    this.#timer = this.#runtime.setTimer(
      () => {
        this.#timer = undefined;
        this.#move();
      },
      Math.floor(this.#random() * reconnectAfterMs),
    );
  }

  #move(): void {
    const retiring = this.#retiring;
    const isUnderWay = this.#timer !== undefined || this.#isPreparing || this.#current !== undefined;
    if (isUnderWay || this.#state !== 'draining') return;
    if (retiring !== undefined && retiring.driver.session.openRequests > 0) return;
    void this.#connect();
  }

  /** A connection has ended. */
  #lost(connected: Connected, reason: ProtocolError | undefined, retryAfterMs: number): void {
    connected.dialing?.cancel();
    if (connected === this.#retiring) {
      this.#retiring = undefined;
      this.#move();
      return;
    }
    if (connected !== this.#current) return;
    this.#current = undefined;
    if (this.#state === 'closed') return;
    const known = reason ?? new ProtocolError('CLOSED', 'the connection has closed');
    const error = connected.cause === undefined ? known : withCause(known, connected.cause);
    const { loggedInAtMs } = connected;
    const isStable = loggedInAtMs !== undefined && this.#runtime.nowMs() - loggedInAtMs >= STABLE_MS;
    this.#retry(error, retryAfterMs, isStable);
  }

  /** Connects anew after a while, or ends. @param isStable the connection was a good one. */
  #retry(error: ProtocolError, retryAfterMs: number, isStable: boolean): void {
    if (this.#onFirst !== undefined || !this.#mayReconnect(error)) {
      this.#end(error);
      return;
    }
    this.#failures = isStable ? 1 : this.#failures + 1;
    const backoff = this.#options.reconnect || {};
    const delayMs = Math.max(retryAfterMs, backoffDelay(this.#failures, this.#random(), backoff));
    this.#state = 'reconnecting';
    this.#timer = this.#runtime.setTimer(() => {
      this.#timer = undefined;
      void this.#connect();
    }, Math.ceil(delayMs));
    this.#options.onReconnect?.(error, delayMs);
  }

  /** "n the client may reconnect by itself" */
  #mayReconnect(error: ProtocolError): boolean {
    return this.#options.reconnect !== false && error.properties.reconnect;
  }

  #end(error: ProtocolError | undefined): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    if (this.#timer !== undefined) this.#runtime.clearTimer(this.#timer);
    for (const connected of [this.#current, this.#retiring]) {
      if (connected === undefined) continue;
      connected.driver.session.close(connected.driver.nowMs);
      connected.driver.settle();
      connected.dialing?.cancel();
    }
    const reason = error ?? new ProtocolError('CLOSED', 'the client has ended');
    for (const request of this.#requests) request.reject(reason);
    this.#incoming.end(error);
    this.#onFirst?.reject(reason);
    this.#onFirst = undefined;
    this.#resolveClosed(error);
  }

  #isEnded(): boolean {
    return this.#state === 'closed';
  }

  #random(): number {
    return (this.#options.random ?? Math.random)();
  }
}

/** One connection of a client. */
interface Connected {
  driver: Driver<ClientSession>;
  readonly replies: Replies;
  dialing?: Dialing;
  loggedInAtMs?: number;
  /** What the transport says of its end. */
  cause: unknown;
}

function withCause(error: ProtocolError, cause: unknown): ProtocolError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ProtocolError(error.code, `${error.message.slice(`[${error.code}] `.length)}: ${reason}`, { cause });
}
