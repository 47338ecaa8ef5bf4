import type { DrainInfo } from '../../generated/im/protocol/v1/drain_info.js';
import type { UserInfoInit } from '../../generated/im/protocol/v1/user_info.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { subprotocolsFor } from '../negotiate/subprotocols.js';
import type { ClientSession } from '../session/client-session.js';
import type { SessionEvent } from '../session/session-event.js';
import { Driver, type Trace } from './driver.js';
import type { Platform } from './platform.js';
import { Replies, withCause } from './replies.js';
import type { Dial, Dialing, Transport } from './transport.js';

/** One connection of a client, from dialing to its end. */
export class ClientConnection {
  readonly driver: Driver<ClientSession>;
  readonly session: ClientSession;
  readonly replies = new Replies();
  /** The DRAIN of the server, if it has sent one. */
  drain: DrainInfo | undefined;
  loggedInAtMs: number | undefined;
  /** Unix time of the server's clock, in milliseconds, when our clock was 0. */
  #serverOriginMs: number | undefined;
  #dialing: Dialing | undefined;
  /** The reason why the transport could not be opened. */
  #cause: unknown;

  constructor(
    session: ClientSession,
    platform: Platform,
    onEvent: (connection: ClientConnection, event: SessionEvent) => void,
    onFailure: (error: unknown) => void,
    trace?: Trace,
  ) {
    this.session = session;
    const take = (event: SessionEvent): void => {
      if (event.type === 'negotiated') this.#serverOriginMs = Number(event.agreement.serverTimeMs) - platform.nowMs();
      onEvent(this, event);
    };
    this.driver = new Driver(session, platform, take, onFailure, trace, true);
  }

  /** Converts a time of our clock to Unix time of the server's clock, in milliseconds; undefined before the Welcome. */
  serverTimeMs(nowMs: number): number | undefined {
    return this.#serverOriginMs === undefined ? undefined : Math.round(this.#serverOriginMs + nowMs);
  }

  /** The authenticated user and terminal. */
  get author(): UserInfoInit | undefined {
    const { session } = this.session;
    return session && { userId: session.userId, terminal: session.terminal };
  }

  /** Opens the transport and sends Hello. The outcome is reported by events. */
  async open(dial: Dial): Promise<void> {
    const { driver, session } = this;
    let transport: Transport;
    try {
      this.#dialing = dial(subprotocolsFor(session.hello.versions), driver);
      transport = await this.#dialing.transport;
    } catch (cause) {
      this.#cause = cause;
      this.close(new ProtocolError('CLOSED', 'the connection could not be opened'));
      return;
    }
    try {
      session.open(driver.nowMs, transport.subprotocol);
    } catch (error) {
      // A LOGIN that breaks a rule.
      if (!isProtocolError(error)) throw error;
      session.close(driver.nowMs, error);
    }
    driver.attach(transport);
  }

  /** The error, with the error of the transport as its cause. */
  because(error: ProtocolError): ProtocolError {
    return withCause(error, this.#cause ?? this.driver.cause);
  }

  setBackground(background: boolean): void {
    this.session.setBackground(background, this.driver.nowMs);
    this.driver.settle();
  }

  close(error?: ProtocolError): void {
    this.session.close(this.driver.nowMs, error);
    this.driver.settle();
  }

  /** Cancels opening the transport. */
  cancel(): void {
    this.#dialing?.cancel();
  }
}
