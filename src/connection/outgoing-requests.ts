import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import type { ClientConnection } from './client-connection.js';
import { OutgoingRequest } from './outgoing-request.js';
import type { Runtime } from './runtime.js';

/** The requests of a client that have no reply yet, over all its connections. */
export class OutgoingRequests {
  readonly #runtime: Runtime;
  readonly #mayReconnect: (error: ProtocolError) => boolean;
  readonly #open = new Set<OutgoingRequest>();
  /** The connection whose transport takes no more now: requests wait until it does. */
  #full: ClientConnection | undefined;

  constructor(runtime: Runtime, mayReconnect: (error: ProtocolError) => boolean) {
    this.#runtime = runtime;
    this.#mayReconnect = mayReconnect;
  }

  /**
   * Sends a request, now or on the next connection. Its reply is a promise that is not to be dropped.
   * @param connection the one that is logged in; undefined = there is none.
   */
  add(message: SendInfoInit, timeoutMs: number, resume: boolean, connection: ClientConnection | undefined): Promise<SendInfo> {
    const request = new OutgoingRequest(message, timeoutMs, resume, this.#runtime);
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
    if (again && request.remainingMs(this.#runtime.nowMs()) > 0) request.isSent = false;
    else request.reject(isLost ? connection.because(error) : error);
  }
}
