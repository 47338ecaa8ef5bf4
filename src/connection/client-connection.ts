import type { DrainInfo } from '../../generated/im/protocol/v1/drain_info.js';
import type { UserInfoInit } from '../../generated/im/protocol/v1/user_info.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { subprotocolsFor } from '../negotiate/subprotocols.js';
import type { ClientSession } from '../session/client-session.js';
import type { SessionEvent } from '../session/session-event.js';
import { BLOCKED_MS, Driver, type Trace } from './driver.js';
import type { Platform } from './platform.js';
import { Replies, withCause } from './replies.js';
import type { Dial, Dialing, Transport } from './transport.js';

/** How long a probe waits for an answer, in milliseconds: this, or three round trips, but no more than LONGEST_PROBE_MS. */
const PROBE_MS = 1500;
const LONGEST_PROBE_MS = 10_000;

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
  #probeTimer: unknown;
  readonly #platform: Platform;
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
    this.#platform = platform;
    const takeEvent = (event: SessionEvent): void => {
      if (event.type === 'negotiated') this.#serverOriginMs = Number(event.agreement.serverTimeMs) - platform.nowMs();
      onEvent(this, event);
    };
    this.driver = new Driver(session, platform, { takeEvent, failed: onFailure }, trace, true);
  }

  /** Converts a time of our clock to Unix time of the server's clock, in milliseconds; undefined before the Welcome. */
  serverTimeMs(nowMs: number): number | undefined {
    if (this.#serverOriginMs === undefined) return undefined;
    // The Welcome was under way for half of a round trip.
    return Math.round(this.#serverOriginMs + nowMs + this.session.shortestRoundTripMs / 2);
  }

  /** Whether a probe is under way. */
  get isProbed(): boolean {
    return this.#probeTimer !== undefined;
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
      // Something that no other attempt changes: the package ws is missing.
      if (isProtocolError(cause)) {
        this.close(cause);
        return;
      }
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

  /**
   * Sends a heartbeat, and closes the connection if nothing arrives in time. Does nothing while another probe is under way.
   * @param onDead called before the connection closes.
   * @param isSecond the answer to the first one may have been late.
   */
  probe(onDead: () => void, isSecond = false): void {
    if (this.#probeTimer !== undefined || !this.session.isLoggedIn) return;
    const { session, driver } = this;
    const { receivedChunks } = driver;
    const waitMs = Math.ceil(Math.min(LONGEST_PROBE_MS, Math.max(PROBE_MS, 3 * (session.roundTripMs ?? 0))));
    const dueMs = driver.nowMs + waitMs;
    const decide = (): void => {
      if (this.#probeTimer === undefined) return;
      this.#probeTimer = undefined;
      // What arrives waits for the application.
      const isReading = !session.isPaused && session.undecodedBytes === 0;
      if (driver.receivedChunks > receivedChunks || !isReading || session.state === 'closed') return;
      // The event loop was blocked: the heartbeat may have been written only now. The timers of hidden pages are always late.
      if (!isSecond && driver.nowMs - dueMs > BLOCKED_MS) {
        this.probe(onDead, true);
        return;
      }
      onDead();
      this.close(new ProtocolError('IDLE_TIMEOUT', `no answer to a probe within ${waitMs} ms`));
    };
    // The answer may be there already, and not be read yet.
    this.#probeTimer = this.#platform.setTimer(() => this.#platform.turn(decide), waitMs);
    session.heartbeat(driver.nowMs);
    driver.settle();
  }

  close(error?: ProtocolError): void {
    this.session.close(this.driver.nowMs, error);
    this.driver.settle();
  }

  /** The connection has ended: cancels opening the transport, and a probe. */
  cancel(): void {
    this.#dialing?.cancel();
    if (this.#probeTimer !== undefined) this.#platform.clearTimer(this.#probeTimer);
    this.#probeTimer = undefined;
  }
}
