import type { DrainInfo } from '../../generated/im/protocol/v1/drain_info.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { subprotocolsFor } from '../negotiate/subprotocols.js';
import type { ClientSession } from '../session/client-session.js';
import type { SessionEvent } from '../session/session-event.js';
import { Driver, type Trace } from './driver.js';
import type { Platform } from './platform.js';
import { Replies, withCause } from './replies.js';
import type { Dial, Dialing, Transport } from './transport.js';

/** One connection of a client, from its opening to its end. */
export class ClientConnection {
  readonly driver: Driver<ClientSession>;
  readonly session: ClientSession;
  readonly replies = new Replies();
  /** What the server announced, once it has. */
  drain: DrainInfo | undefined;
  loggedInAtMs: number | undefined;
  /** The server's clock when ours was 0. */
  #serverOriginMs: number | undefined;
  #dialing: Dialing | undefined;
  /** Why it could not be opened. */
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

  /** Unix time in milliseconds by the server's clock, at a time of this side's; undefined until the server has told it. */
  serverTimeMs(nowMs: number): number | undefined {
    return this.#serverOriginMs === undefined ? undefined : Math.round(this.#serverOriginMs + nowMs);
  }

  /** Opens the transport and greets. What comes of it are events. */
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
      // A LOGIN that breaks a rule: it would do so on any connection.
      if (!isProtocolError(error)) throw error;
      session.close(driver.nowMs, error);
    }
    driver.attach(transport);
  }

  /** The error, with what the transport says of it. */
  because(error: ProtocolError): ProtocolError {
    return withCause(error, this.#cause ?? this.driver.cause);
  }

  close(error?: ProtocolError): void {
    this.session.close(this.driver.nowMs, error);
    this.driver.settle();
  }

  /** Gives up what is being opened. */
  cancel(): void {
    this.#dialing?.cancel();
  }
}
