// The sessions of a server on their way to the routes and to the platform.
import { estimateSessionEvent } from '../../generated/im/protocol/v1/session_event.codec.js';
import { type SessionEventInit, SessionEventKind } from '../../generated/im/protocol/v1/session_event.js';
import type { SessionObservation } from '../connection/session-reporter.js';
import { ROUTE_LIFETIME_MS } from '../limits.js';
import type { Broker } from '../rocketmq/broker.js';
import { type Clock, settledWithin } from '../rocketmq/clock.js';
import { KeyedSerializer } from '../rocketmq/keyed-serializer.js';
import type { AppliedEvent, Routes, SupersededSession } from '../rocketmq/routes.js';
import { forceLogoutMessage, sessionEventMessage } from '../rocketmq/topic-messages.js';
import type { ConnectionRegistry } from '../session/connection-registry.js';
import { REASON_REPLACED } from '../session/session-options.js';
import { type Patience, Persistence } from './persistence.js';
import type { ServedConnection } from './served-connection.js';

/** Events that are handled at the same time, each of another user. */
const MAX_RUNNING = 64;
/** Memory of an event besides its bytes: the promises and closures around it. */
const EVENT_BYTES = 1024;
/** How long a login counts as the latest one although another server has given a higher epoch. After that, the user may have logged in there. */
const FRESH_MS = 2000;

/**
 * An event that the routes refuse while they accept others must not occupy its place for ever. In an outage events wait for the lifetime of a route:
 * after that they would change nothing, and the open sessions are entered again anyway.
 */
const PATIENCE: Patience = { maxFailures: 8, maxMs: ROUTE_LIFETIME_MS };

export interface SessionPublisherOptions<C extends ServedConnection> {
  readonly serverId: string;
  readonly connections: ConnectionRegistry<C>;
  readonly broker: Pick<Broker, 'publish'>;
  readonly routes: Routes | undefined;
  readonly maxWaitingBytes: number;
  readonly clock: Clock;
  /** Must not throw. */
  readonly report: (error: unknown, part: 'routes' | 'sessions', connection?: C) => void;
}

/**
 * Takes the SessionEvents of a server: enters each in the routes, ends the session that it supersedes, and publishes it. Those of a user in order,
 * those of others at the same time. While the routes or the broker are away, they wait.
 */
export class SessionPublisher<C extends ServedConnection> {
  readonly #options: SessionPublisherOptions<C>;
  readonly #events: KeyedSerializer;
  readonly #routes: Persistence;
  readonly #broker: Persistence;
  /** Events of a connection that wait or are handled. */
  readonly #pending = new Map<C, number>();
  readonly #running = new Set<Promise<void>>();
  /** Connections whose last event the routes have refused: another outage for them would never end. */
  readonly #refused = new WeakSet<C>();
  #observation: SessionObservation<C> | undefined;
  #bytes = 0;
  #isRestoring = false;
  #mustRestore = false;
  #isClosed = false;

  constructor(options: SessionPublisherOptions<C>) {
    const { clock, report, maxWaitingBytes } = options;
    this.#options = options;
    this.#events = new KeyedSerializer(MAX_RUNNING, maxWaitingBytes);
    this.#routes = new Persistence(
      clock,
      (error) => report(error, 'routes'),
      () => this.#track(this.#restore()),
      PATIENCE,
    );
    this.#broker = new Persistence(clock, (error) => report(error, 'sessions'));
  }

  get waitingBytes(): number {
    return this.#bytes;
  }

  /** @param observe calls the listener with each event. */
  start(observe: (listener: (event: SessionEventInit, connection: C) => void) => SessionObservation<C>): void {
    this.#observation = observe((event, connection) => this.#take(event, connection));
  }

  /** Waits for the events that wait, at most `timeoutMs`. What is left then fails, and is reported. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosed = true;
    this.#observation?.stop();
    await settledWithin(this.#settled(), timeoutMs / 2, this.#options.clock);
    this.#routes.close();
    // What has waited for the routes goes to the platform without them.
    await settledWithin(this.#settled(), timeoutMs / 2, this.#options.clock);
    this.#broker.close();
    await this.#settled();
  }

  async #settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #take(event: SessionEventInit, connection: C): void {
    const waiting = this.#pending.get(connection) ?? 0;
    // Any event refreshes the route: while another one waits, this one would say nothing new.
    if (event.kind === SessionEventKind.REFRESHED && waiting > 0) return;
    const { atMs = 0n, epoch = 0n } = event;
    const loginAtMs = this.#options.clock.nowMs() - Number(atMs - epoch);
    const bytes = estimateSessionEvent(event) + EVENT_BYTES;
    this.#pending.set(connection, waiting + 1);
    this.#bytes += bytes;
    const work = this.#events
      .run(String(event.user?.userId), () => this.#handle(event, connection, loginAtMs), bytes)
      .catch((error: unknown) => this.#options.report(error, 'sessions', connection))
      .finally(() => {
        this.#bytes -= bytes;
        const left = (this.#pending.get(connection) ?? 1) - 1;
        if (left === 0) this.#pending.delete(connection);
        else this.#pending.set(connection, left);
      });
    this.#track(work);
  }

  async #handle(event: SessionEventInit, connection: C, loginAtMs: number): Promise<void> {
    // A failure of the routes does not keep the event from the platform.
    const entered = await this.#enter(event, connection, loginAtMs).catch((error: unknown) => {
      this.#options.report(error, 'routes', connection);
      return event;
    });
    await this.#broker.run(() => this.#options.broker.publish(sessionEventMessage(entered)));
  }

  /**
   * Enters an event in the routes. Returns it, or the one with the epoch that it has got there.
   * @param loginAtMs by the clock of this class, if the epoch of the session is that of the server's clock.
   */
  async #enter(event: SessionEventInit, connection: C, loginAtMs = 0): Promise<SessionEventInit> {
    const { routes, clock } = this.#options;
    if (routes === undefined) return event;
    const { deviceId } = connection.user ?? {};
    let isFirst = true;
    const apply = (attempt: number): Promise<AppliedEvent> => {
      isFirst = attempt === 1;
      return routes.apply(event, { deviceId });
    };
    const applied = await this.#routes.run(apply, () => this.#refused.add(connection));
    this.#refused.delete(connection);
    const isOwn = this.#isOwn(applied.superseded, connection);
    // The user has just logged in here, and the clock of another server is ahead.
    const isFresh = isFirst && event.kind === SessionEventKind.OPENED && clock.nowMs() < loginAtMs + FRESH_MS;
    const raised = isOwn && isFresh ? this.#raise(connection, applied) : undefined;
    if (raised !== undefined) return this.#enter(raised, connection, loginAtMs);
    // With one session for each device, the later one is of the same.
    const isSameDevice = this.#options.connections.sessions === 'one-per-device';
    if (isOwn) connection.takeOver({ user: userOf(event), deviceId: isSameDevice ? deviceId : '', reason: REASON_REPLACED });
    else if (applied.superseded !== undefined) await this.#end(applied.superseded, userOf(event), deviceId);
    return event;
  }

  #raise(connection: C, { epoch }: AppliedEvent): SessionEventInit | undefined {
    return this.#observation?.raise(connection, epoch);
  }

  #isOwn(superseded: SupersededSession | undefined, { id }: C): boolean {
    return superseded?.serverId === this.#options.serverId && superseded.connectionId === id;
  }

  /** Ends a session: of this server at once, of another one by a message to it. */
  async #end(superseded: SupersededSession, user: { userId: bigint; terminal: number }, deviceId = ''): Promise<void> {
    const { serverId, connections, broker } = this.#options;
    const notice = { user, deviceId, reason: REASON_REPLACED };
    if (superseded.serverId === serverId) {
      const connection = connections.ofUser(user.userId).find(({ id }) => id === superseded.connectionId);
      connection?.takeOver(notice);
    } else await this.#broker.run(() => broker.publish(forceLogoutMessage(superseded, notice)));
  }

  /** The routes are back, and may have lost what they knew: enters all open sessions, again if the routes go away meanwhile. */
  async #restore(): Promise<void> {
    this.#mustRestore = true;
    if (this.#isRestoring) return;
    this.#isRestoring = true;
    while (this.#mustRestore && !this.#isClosed) {
      this.#mustRestore = false;
      await this.#enterAll();
    }
    this.#isRestoring = false;
  }

  async #enterAll(): Promise<void> {
    let batch: Promise<unknown>[] = [];
    for (const [event, connection] of this.#observation?.sessions() ?? []) {
      if (this.#isClosed) break;
      // An event that waits enters it; its next event, if the routes have refused the last one.
      if (this.#pending.has(connection) || this.#refused.has(connection)) continue;
      const entered = this.#enter(event, connection).catch((error: unknown) => {
        if (!this.#isClosed) this.#options.report(error, 'routes', connection);
      });
      batch.push(entered);
      if (batch.length < MAX_RUNNING) continue;
      await Promise.all(batch);
      batch = [];
    }
    await Promise.all(batch);
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }
}

function userOf({ user }: SessionEventInit): { userId: bigint; terminal: number } {
  const { userId = 0n, terminal = 0 } = user ?? {};
  return { userId, terminal };
}
