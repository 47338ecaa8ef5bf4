import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { UserInfoInit } from '../../generated/im/protocol/v1/user_info.js';
import { commandName } from '../codec/command-name.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import type { ClientConnection } from './client-connection.js';
import { LONGEST_TIMER_MS, type Platform } from './platform.js';

/** What a single request can be told. */
export interface RequestOptions {
  /** How long to wait for the reply, in milliseconds, the time without a connection included. Default: `requestTimeoutMs` of the client. */
  readonly timeoutMs?: number | undefined;
  /** Send it again if the connection is lost before the reply. Default: `resume` of the client. */
  readonly resume?: boolean | undefined;
}

/** A request of the application, from its start to its reply, over as many connections as it takes. */
class OutgoingRequest {
  readonly reply: Promise<SendInfo>;
  readonly resume: boolean;
  /** It is on its way on the present connection. */
  isSent = false;
  resolve: (reply: SendInfo) => void = () => {};
  reject: (error: unknown) => void = () => {};
  readonly #message: SendInfoInit;
  readonly #platform: Platform;
  readonly #askedAtMs: number;
  readonly #deadlineMs: number;
  /** By the server's clock. */
  #sentAtMs: number | undefined;

  /** @param timeoutMs 0 or more; Infinity = no bound. */
  constructor(message: SendInfoInit, timeoutMs: number, resume: boolean, platform: Platform) {
    this.#message = withClientMessageId(message, platform);
    this.#platform = platform;
    this.#askedAtMs = platform.nowMs();
    this.#deadlineMs = this.#askedAtMs + timeoutMs;
    this.resume = resume;
    this.reply = new Promise((resolve, reject) => {
      // While there is no connection nobody else watches the time.
      const expire = (): void => {
        if (!this.isSent) reject(new ProtocolError('TIMEOUT', `no connection for ${commandName(message.cmd ?? 0)} in time`));
      };
      // A connection may be there already, but for the last bytes that were not read yet.
      const wait = (): void => platform.turn(expire);
      const timer = timeoutMs > LONGEST_TIMER_MS ? undefined : platform.setTimer(wait, Math.ceil(timeoutMs));
      this.resolve = (reply) => {
        platform.clearTimer(timer);
        resolve(reply);
      };
      this.reject = (error) => {
        platform.clearTimer(timer);
        reject(error);
      };
    });
  }

  /** How long it still may wait, in milliseconds. */
  remainingMs(nowMs: number): number {
    return Math.max(0, this.#deadlineMs - nowMs);
  }

  /** The message for a connection, with what the application has left out. */
  message(connection: ClientConnection): SendInfoInit {
    const { cmd, data } = this.#message;
    if (data?.$case === 'heartbeat')
      return { cmd, data: { ...data, value: withTime(data.value, this.#platform.timeOriginMs + this.#askedAtMs) } };
    if (data?.$case !== 'privateMessage' && data?.$case !== 'groupMessage') return this.#message;
    // Sent again, it has the same time.
    this.#sentAtMs ??= connection.serverTimeMs(this.#askedAtMs);
    const { sender = senderOf(connection), content } = data.value;
    const value = { ...data.value, sender, content: content && withTime(content, this.#sentAtMs) };
    return { cmd, data: { ...data, value } as SendInfoInit['data'] };
  }
}

/** "`sender` must be the logged-in user and terminal" */
function senderOf({ session: { session } }: ClientConnection): UserInfoInit | undefined {
  return session && { userId: session.userId, terminal: session.terminal };
}

function withTime<T extends { readonly sentAtMs?: bigint | undefined }>(value: T, timeMs = 0): T {
  return (value.sentAtMs ?? 0n) === 0n && timeMs > 0 ? { ...value, sentAtMs: BigInt(Math.round(timeMs)) } : value;
}

/** "client_message_id is unique per sender": sent again, a message has to be known again. */
function withClientMessageId(message: SendInfoInit, platform: Platform): SendInfoInit {
  const { cmd, data } = message;
  if (data?.$case !== 'privateMessage' && data?.$case !== 'groupMessage') return message;
  const { content } = data.value;
  if (content === undefined || (content.clientMessageId ?? '') !== '') return message;
  const value = { ...data.value, content: { ...content, clientMessageId: platform.createId() } };
  return { cmd, data: { ...data, value } as SendInfoInit['data'] };
}

/** The requests of a client that have no reply yet, over all its connections. */
export class OutgoingRequests {
  readonly #platform: Platform;
  readonly #mayReconnect: (error: ProtocolError) => boolean;
  readonly #open = new Set<OutgoingRequest>();
  /** The connection whose transport takes no more now: requests wait until it does. */
  #full: ClientConnection | undefined;

  constructor(platform: Platform, mayReconnect: (error: ProtocolError) => boolean) {
    this.#platform = platform;
    this.#mayReconnect = mayReconnect;
  }

  /**
   * Sends a request, now or on the next connection. Its reply is a promise that is not to be dropped.
   * @param connection the one that is logged in; undefined = there is none.
   */
  add(message: SendInfoInit, timeoutMs: number, resume: boolean, connection: ClientConnection | undefined): Promise<SendInfo> {
    const request = new OutgoingRequest(message, timeoutMs, resume, this.#platform);
    this.#open.add(request);
    if (connection !== undefined) this.#send(request, connection);
    return request.reply.finally(() => this.#open.delete(request));
  }

  /** A connection has logged in, or takes more again: sends what waits for it, in its order. */
  sendAll(connection: ClientConnection): void {
    this.#full = undefined;
    for (const request of this.#open) this.#send(request, connection);
  }

  rejectAll(error: ProtocolError): void {
    for (const request of this.#open) request.reject(error);
  }

  #send(request: OutgoingRequest, connection: ClientConnection): void {
    if (request.isSent || connection === this.#full) return;
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
      const sequence = session.request(request.message(connection), nowMs, request.remainingMs(nowMs));
      request.isSent = true;
      replies.add(sequence, request.resolve, (error) => this.#failed(request, connection, error));
    } catch (error) {
      // The connection has just ended, or is about to: that is going to be told, and there may be another.
      const isEnding = session.state !== 'authenticated' && isProtocolError(error) && this.#mayReconnect(error);
      if (!isEnding) request.reject(error);
    }
    // Its reply may stand behind messages that the application has not taken.
    driver.resume();
    driver.settle();
  }

  #failed(request: OutgoingRequest, connection: ClientConnection, error: ProtocolError): void {
    // What all open requests fail with, when the connection ends, is one object.
    const isLost = error === connection.session.closeError;
    // The server has not taken it over: it is sent again in any case.
    const isMoving = !isLost && error.code === 'DRAINING' && connection.session.state !== 'authenticated';
    const again = this.#mayReconnect(error) && (isMoving || (isLost && request.resume));
    if (again && request.remainingMs(this.#platform.nowMs()) > 0) request.isSent = false;
    else request.reject(isLost ? connection.because(error) : error);
  }
}
