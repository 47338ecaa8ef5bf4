import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import { commandName } from '../codec/command-name.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import type { ClientConnection } from './client-connection.js';
import { withAuthor, withClientMessageId, withSentAt, withTime } from './complete-message.js';
import { LONGEST_TIMER_MS, type Platform } from './platform.js';
import type { CancelSignal } from './transport.js';

/** Options of a request. All optional. */
export interface RequestOptions {
  /**
   * Timeout for the reply, in milliseconds, including time without a connection: 0 or more; Infinity for none. Default: `requestTimeoutMs`
   * of the client.
   */
  readonly timeoutMs?: number | undefined;
  /** Sends the request again if the connection is lost before the reply. Default: `resume` of the client. */
  readonly resume?: boolean | undefined;
  /**
   * An AbortSignal that cancels the request: it rejects with the reason of the signal, and is not sent any more. The server may have it
   * already. Default: none.
   */
  readonly signal?: CancelSignal | undefined;
}

/** RequestOptions with their defaults. */
export interface RequestSettings extends Pick<RequestOptions, 'signal'> {
  readonly timeoutMs: number;
  readonly resume: boolean;
}

/** The open requests of a client, over all its connections. */
export class OutgoingRequests {
  readonly #platform: Platform;
  readonly #mayReconnect: (error: ProtocolError) => boolean;
  readonly #onReply: (request: SendInfoInit, reply: SendInfo) => void;
  readonly #open = new Set<OutgoingRequest>();
  /** The connection whose queue is full: requests wait for it to drain. */
  #full: ClientConnection | undefined;

  /** @param onReply called with each request as it was sent, and its reply, before the promise resolves. */
  constructor(
    platform: Platform,
    mayReconnect: (error: ProtocolError) => boolean,
    onReply: (request: SendInfoInit, reply: SendInfo) => void,
  ) {
    this.#platform = platform;
    this.#mayReconnect = mayReconnect;
    this.#onReply = onReply;
  }

  /**
   * Sends a request, now or on the next connection. Resolves with its reply.
   * @param options with their defaults.
   * @param connection the authenticated connection; undefined if there is none.
   */
  add(message: SendInfoInit, options: RequestSettings, connection: ClientConnection | undefined): Promise<SendInfo> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(abortReason(signal));
    const abort = (): void => request.reject(abortReason(signal!));
    const request = new OutgoingRequest(message, options, this.#platform, () => {
      this.#open.delete(request);
      signal?.removeEventListener('abort', abort);
    });
    this.#open.add(request);
    signal?.addEventListener('abort', abort);
    if (connection !== undefined) this.#send(request, connection);
    return request.reply;
  }

  /** A connection was authenticated, or has drained: sends the waiting requests, in order. */
  sendAll(connection: ClientConnection): void {
    this.#full = undefined;
    for (const request of [...this.#open]) this.#send(request, connection);
  }

  rejectAll(error: ProtocolError): void {
    for (const request of [...this.#open]) request.reject(error);
  }

  #send(request: OutgoingRequest, connection: ClientConnection): void {
    if (request.isSent || request.isDone || connection === this.#full) return;
    const { session, driver, replies } = connection;
    if (!driver.hasRoom()) {
      this.#full = connection;
      driver.onDrained = () => {
        driver.onDrained = undefined;
        if (session.state === 'authenticated') this.sendAll(connection);
      };
      return;
    }
    const { nowMs } = driver;
    try {
      const message = request.message(connection);
      const sequence = session.request(message, nowMs, request.remainingMs(nowMs));
      request.isSent = true;
      const resolve = (reply: SendInfo): void => {
        this.#onReply(message, reply);
        request.resolve(reply);
      };
      replies.add(sequence, resolve, (error) => this.#failed(request, connection, error));
    } catch (error) {
      // The connection is ending: the request waits for the next one.
      const isEnding = session.state !== 'authenticated' && isProtocolError(error) && this.#mayReconnect(error);
      if (!isEnding) request.reject(error);
    }
    // The reply may come after messages that the application has not read.
    driver.resume();
    driver.settle();
  }

  #failed(request: OutgoingRequest, connection: ClientConnection, error: ProtocolError): void {
    // When the connection ends, all its requests fail with the same object.
    const isLost = error === connection.session.closeError;
    // The server did not accept the request: it is safe to send it again.
    const isMoving = !isLost && error.code === 'DRAINING' && connection.session.state !== 'authenticated';
    const again = this.#mayReconnect(error) && (isMoving || (isLost && request.resume));
    if (again && request.remainingMs(this.#platform.nowMs()) > 0) request.isSent = false;
    else request.reject(isLost ? connection.because(error) : error);
  }
}

/** A request of the application until its reply, over one or more connections. */
class OutgoingRequest {
  readonly reply: Promise<SendInfo>;
  readonly resume: boolean;
  /** It was sent on the current connection. */
  isSent = false;
  /** It has its reply, or has failed. */
  isDone = false;
  resolve: (reply: SendInfo) => void = () => {};
  reject: (error: unknown) => void = () => {};
  readonly #message: SendInfoInit;
  readonly #platform: Platform;
  readonly #createdAtMs: number;
  readonly #deadlineMs: number;
  /** Unix time of the server's clock at its creation, in milliseconds. */
  #sentAtMs: number | undefined;

  /** @param onDone called once, when it has its reply or has failed. */
  constructor(message: SendInfoInit, { timeoutMs, resume }: RequestSettings, platform: Platform, onDone: () => void) {
    this.#message = withClientMessageId(message, () => platform.createId());
    this.#platform = platform;
    this.#createdAtMs = platform.nowMs();
    this.#deadlineMs = this.#createdAtMs + timeoutMs;
    this.resume = resume;
    this.reply = new Promise((resolve, reject) => {
      // On a connection, the session handles the timeout.
      const expire = (): void => {
        if (!this.isSent) this.reject(new ProtocolError('TIMEOUT', `no connection for ${commandName(message.cmd ?? 0)} in time`));
      };
      // The reply to LOGIN may be there already, and not be read yet.
      const wait = (): void => platform.turn(expire);
      const timer = timeoutMs > LONGEST_TIMER_MS ? undefined : platform.setTimer(wait, Math.ceil(timeoutMs));
      const done = (): void => {
        if (this.isDone) return;
        this.isDone = true;
        platform.clearTimer(timer);
        onDone();
      };
      this.resolve = (reply) => {
        done();
        resolve(reply);
      };
      this.reject = (error) => {
        done();
        reject(error);
      };
    });
  }

  /** Time until the timeout, in milliseconds. */
  remainingMs(nowMs: number): number {
    return Math.max(0, this.#deadlineMs - nowMs);
  }

  /** The message for a connection, with the fields that the application left out. */
  message(connection: ClientConnection): SendInfoInit {
    const { cmd, data } = this.#message;
    if (data?.$case === 'heartbeat')
      return { cmd, data: { ...data, value: withTime(data.value, this.#platform.timeOriginMs + this.#createdAtMs) } };
    // The time stays the same when the message is sent again.
    this.#sentAtMs ??= connection.serverTimeMs(this.#createdAtMs);
    return withAuthor(withSentAt(this.#message, this.#sentAtMs), connection.author);
  }
}

/** What a cancelled request rejects with: "reject with the signal's abort reason", as `fetch` does (DOM Standard, "Using AbortController"). */
function abortReason({ reason }: CancelSignal): unknown {
  return reason ?? new ProtocolError('CLOSED', 'the signal was aborted');
}
