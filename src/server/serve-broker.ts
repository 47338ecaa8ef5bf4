// Joins an IM server to a broker: deliveries to its clients, SessionEvents and results to the platform.
import type { SessionEventInit } from '../../generated/im/protocol/v1/session_event.js';
import { type CallbackContext, errorReporter, type OnError, run } from '../callbacks.js';
import type { SessionObservation } from '../connection/session-reporter.js';
import { ProtocolError } from '../errors.js';
import type { Broker, Consumer, Delivery, Subscription } from '../rocketmq/broker.js';
import { type Clock, SYSTEM_CLOCK } from '../rocketmq/clock.js';
import { Deduplicator } from '../rocketmq/deduplicator.js';
import { consumerGroup } from '../rocketmq/name-rules.js';
import { requireCount, requireMs } from '../rocketmq/option-rules.js';
import type { Routes } from '../rocketmq/routes.js';
import { sendResultMessage } from '../rocketmq/topic-messages.js';
import { topics } from '../rocketmq/topics.js';
import type { ConnectionRegistry } from '../session/connection-registry.js';
import { type DeliverOptions, deliver } from './deliver.js';
import { Persistence } from './persistence.js';
import type { ServedConnection } from './served-connection.js';
import { SessionPublisher } from './session-publisher.js';

const MIB = 1_048_576;
const DEFAULT_CLOSE_TIMEOUT_MS = 10_000;

/** The server that `listen` returns, as `serveBroker` needs it. */
export interface BrokeredServer<C extends ServedConnection> {
  readonly connections: ConnectionRegistry<C>;
  observeSessions(serverId: string, listener: (event: SessionEventInit, connection: C) => unknown): SessionObservation<C>;
}

/** Options of `serveBroker`. Only `serverId` is required. */
export interface ServeBrokerOptions<C extends ServedConnection>
  extends Pick<DeliverOptions<C>, 'around' | 'audience' | 'uplink'> {
  /**
   * The id of the server: 1 to 108 letters, digits, `_` and `-`, the same after a restart. Its topics and consumer groups are named after it. As in
   * `listen`, which may leave it out.
   */
  readonly serverId: string;
  /**
   * The routes that all servers share. The server keeps the routes of its sessions up to date, and ends a session on another server when the user
   * logs in again here. Create them with the same `sessions` as `listen`. Default: none. Then the platform keeps the routes, from the
   * SessionEvents, and ends superseded sessions.
   */
  readonly routes?: Routes | undefined;
  /** Drops duplicates of messages. Events have a Deduplicator in memory. Default: a new Deduplicator. */
  readonly deduplicator?: Pick<Deduplicator, 'wrap'> | undefined;
  /** `maxInFlight` and `retry` of both subscriptions: see `Subscription`. Default: those of the broker. */
  readonly subscription?: Pick<Subscription, 'maxInFlight' | 'retry'> | undefined;
  /**
   * Maximum size of the SessionEvents that wait while the broker or the routes are unavailable, in bytes of memory: about 1200 for each. Further
   * events are dropped, and `onError` gets OVERLOADED. The next REFRESHED of the session, within five minutes, replaces a dropped OPENED; the
   * route of an ended session expires within 15 minutes. Default 67108864 (64 MiB).
   */
  readonly maxWaitingBytes?: number | undefined;
  /** How long `close` waits for SessionEvents and results to be accepted by the broker and the routes, in milliseconds. Default 10000. */
  readonly closeTimeoutMs?: number | undefined;
  /**
   * Called with the reason why a message, or a part of it, was dropped: `Delivered.dropped`. A redelivery would not help. Default: `onError`.
   */
  readonly onDropped?: ((error: ProtocolError, delivery: Delivery) => unknown) | undefined;
  /**
   * Receives the first error of each outage of the broker and of the routes, and every error after which something is lost. Default: a line on
   * stderr.
   */
  readonly onError?: OnError<ServeBrokerErrorContext> | undefined;
  /** The clock, which tests may replace. Default: the clock of the platform. */
  readonly clock?: Clock | undefined;
}

/** Where an error occurred. */
export interface ServeBrokerErrorContext extends CallbackContext {
  /** `messages` to clients, their `results`, the SessionEvents of `sessions`, or the `routes`. */
  readonly part: 'messages' | 'results' | 'sessions' | 'routes';
  /** The connection whose SessionEvent was lost. */
  readonly connection?: ServedConnection | undefined;
}

/** A server that is joined to a broker. */
export interface ServedBroker {
  /** Size of the SessionEvents that wait, in bytes: see `maxWaitingBytes`. */
  readonly waitingBytes: number;
  /**
   * Unsubscribes from the broker, waits for the messages that are being handled, and up to `closeTimeoutMs` for SessionEvents and results that the
   * broker or the routes do not accept. Drain or close the server first, so that the ends of its sessions are published. Does not close the
   * broker. Never rejects: `onError` gets the errors.
   */
  close(): Promise<void>;
}

/**
 * Joins a server to a broker:
 *
 * - ReceiveInfos on the topics of the server are delivered to its connections, each once, and the SendResults are published. A message is
 *   acknowledged when its results are published. Redeliveries are dropped.
 * - Each SessionEvent is entered in the routes, then published on `im_session`.
 * - Of two sessions of a user and terminal (or device, see the option `sessions` of `listen`) on different servers, the one with the lower epoch is
 *   ended by FORCE_LOGOUT. If the application gives no epochs, the later login wins, also if the clocks of the servers differ. If a
 *   FORCE_LOGOUT is lost, the REFRESHED of the session ends it, within five minutes.
 *
 * While the broker or the routes are unavailable, SessionEvents and results wait, and are retried with a delay of 100 ms to 5 s. When the routes
 * are available again, all open sessions are entered again. An event that the routes refuse eight times while they accept others, or for 15
 * minutes, is published without them, and `onError` gets the error. The next event of its session, a REFRESHED within five minutes, tries again.
 *
 * ```ts
 * const server = await listen({ serverId: '7', login, message });
 * const joined = await serveBroker(server, broker, { serverId: '7', routes });
 * // At the end:
 * await server.close();
 * await joined.close();
 * ```
 * @param server the result of `listen`.
 * @throws ProtocolError (as a rejection) INVALID_MESSAGE if `serverId` is invalid or differs from that of `listen`, if `listen` has none and
 * clients are connected already, or if `routes` have other `sessions` than `listen`; the errors of `Broker.subscribe`. Then nothing stays
 * subscribed.
 * @throws RangeError (as a rejection) for invalid numbers.
 */
export async function serveBroker<C extends ServedConnection>(
  server: BrokeredServer<C>,
  broker: Pick<Broker, 'publish' | 'subscribe'>,
  options: ServeBrokerOptions<C>,
): Promise<ServedBroker> {
  const service = new BrokerService(server, broker, options);
  await service.start();
  return service;
}

class BrokerService<C extends ServedConnection> implements ServedBroker {
  readonly #server: BrokeredServer<C>;
  readonly #broker: Pick<Broker, 'publish' | 'subscribe'>;
  readonly #options: ServeBrokerOptions<C>;
  readonly #report: (error: unknown, context: ServeBrokerErrorContext) => void;
  readonly #sessions: SessionPublisher<C>;
  readonly #results: Persistence;
  readonly #closeTimeoutMs: number;
  readonly #clock: Clock;
  #consumers: Consumer[] = [];
  #closed: Promise<void> | undefined;

  constructor(server: BrokeredServer<C>, broker: Pick<Broker, 'publish' | 'subscribe'>, options: ServeBrokerOptions<C>) {
    const {
      serverId,
      routes,
      maxWaitingBytes = 64 * MIB,
      closeTimeoutMs = DEFAULT_CLOSE_TIMEOUT_MS,
      clock = SYSTEM_CLOCK,
    } = options;
    requireSame(routes?.sessions, server.connections.sessions);
    requireCount('maxWaitingBytes', maxWaitingBytes, 1);
    requireMs('closeTimeoutMs', closeTimeoutMs);
    this.#server = server;
    this.#broker = broker;
    this.#options = options;
    this.#closeTimeoutMs = closeTimeoutMs;
    this.#clock = clock;
    this.#report = errorReporter(options.onError);
    this.#results = new Persistence(clock, (error) => this.#report(error, { part: 'results' }));
    this.#sessions = new SessionPublisher<C>({
      serverId,
      connections: server.connections,
      broker,
      routes,
      maxWaitingBytes,
      clock,
      report: (error, part, connection) => this.#report(error, { part, connection }),
    });
  }

  get waitingBytes(): number {
    return this.#sessions.waitingBytes;
  }

  async start(): Promise<void> {
    const { serverId, deduplicator = new Deduplicator(), subscription } = this.#options;
    this.#sessions.start((listener) => this.#server.observeSessions(serverId, listener));
    const handler = (delivery: Delivery): Promise<void> => this.#deliver(delivery);
    try {
      for (const [group, names, filter] of [
        [consumerGroup('server', serverId), topics.ofServer(serverId), deduplicator],
        // Events are never redelivered: those that a RedisDeduplicator cannot ask Redis about would be lost.
        [consumerGroup('event', serverId), topics.ofEvents(serverId), new Deduplicator()],
      ] as const)
        this.#consumers.push(await this.#broker.subscribe({ ...subscription, group, topics: names }, filter.wrap(handler)));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const left = this.#consumers.splice(0).map((consumer) => consumer.close());
    const timer = this.#clock.setTimer(() => this.#results.close(), this.#closeTimeoutMs);
    const outcomes = await Promise.allSettled([...left, this.#sessions.close(this.#closeTimeoutMs)]);
    this.#clock.clearTimer(timer);
    this.#results.close();
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') this.#report(outcome.reason, { part: 'messages', callback: 'close' });
  }

  /** @throws (as a rejection) the error of a result that could not be published before the end: the message is redelivered to the next process. */
  async #deliver(delivery: Delivery): Promise<void> {
    const { around, audience, uplink } = this.#options;
    const { body, bornAtMs } = delivery;
    const { results, serviceName, dropped } = deliver(body, this.#server, { around, audience, uplink, bornAtMs });
    if (dropped !== undefined) this.#drop(dropped, delivery);
    const kind = topics.parse(delivery.message.topic);
    for (const result of results) {
      const message = sendResultMessage(result, { kind: kind?.carries === 'ReceiveInfo' ? kind.kind : undefined });
      await this.#publishResult(message, serviceName);
    }
  }

  async #publishResult(message: ReturnType<typeof sendResultMessage>, serviceName: string): Promise<void> {
    try {
      await this.#results.run(() => this.#broker.publish(message, { serviceName }));
    } catch (error) {
      this.#report(error, { part: 'results' });
      // Permanent: a redelivery would be pushed again, and its result would fail again.
      if (this.#closed !== undefined) throw error;
    }
  }

  #drop(error: ProtocolError, delivery: Delivery): void {
    const { onDropped } = this.#options;
    if (onDropped === undefined) this.#report(error, { part: 'messages' });
    else
      run(
        () => onDropped(error, delivery),
        (thrown) => this.#report(thrown, { part: 'messages', callback: 'onDropped' }),
      );
  }
}

/** @throws ProtocolError INVALID_MESSAGE: routes with other sessions would end those that `listen` allows. */
function requireSame(ofRoutes: string | undefined, ofServer: string): void {
  if (ofRoutes === undefined || ofRoutes === ofServer) return;
  throw new ProtocolError('INVALID_MESSAGE', `routes: expected sessions ${ofServer} as in listen, got ${ofRoutes}`, {
    path: 'routes',
  });
}
