import type { DrainInfoInit } from '../../generated/im/protocol/v1/drain_info.js';
import { errorReporter, run } from '../callbacks.js';
import { LONGEST_TIMER_MS } from '../connection/platform.js';
import { ServerConnection, type ServerHooks } from '../connection/server-connection.js';
import { type SessionListener, type SessionObservation, SessionReporter } from '../connection/session-reporter.js';
import { ProtocolError } from '../errors.js';
import { DEFAULT_HANDSHAKE_TIMEOUT_MS } from '../limits.js';
import { ConnectionRegistry } from '../session/connection-registry.js';
import { ServerMachine } from '../session/server-machine.js';
import type { ServerSession } from '../session/server-session.js';
import { type ServerSettings, serverSettings } from '../session/server-settings.js';
import { Admission, RETRY_AFTER_MS } from './admission.js';
import { AttachedPort } from './attached-port.js';
import { LINGER_MS, startDeadline } from './deadline.js';
import { drainInfoOf } from './drain-info.js';
import type { Arrival, Entrance, Host } from './entrance.js';
import { unwatchBudget } from './handshake-budget.js';
import { LegacySwitch } from './legacy/legacy-switch.js';
import { Translations } from './legacy/translations.js';
import type { AcceptRequest, DrainOptions, ListenOptions, Server, ServerStatus } from './listen-options.js';
import type { Ws } from './load-ws.js';
import { Observer } from './observer.js';
import { OwnPort } from './own-port.js';
import { nodePlatform } from './platform.js';
import type { ServerMetrics } from './server-metrics.js';
import type { TrustedProxies } from './trusted-proxies.js';

/** What a server keeps of the arrival of a connection. */
type Held = Pick<Arrival, 'socket' | 'release'>;

/** The server of `listen`: keeps the connections of the clients that come in through its entrance. */
export class ListeningServer implements Server {
  readonly connections: ConnectionRegistry<ServerConnection>;
  readonly #options: ListenOptions;
  readonly #maxConnections: number;
  readonly #admission: Admission;
  readonly #entrance: Entrance;
  readonly #open = new Map<ServerConnection, Held>();
  /** For all connections. */
  readonly #hooks: ServerHooks;
  /** Made with the first client of a transport. */
  readonly #settings: { tcp?: ServerSettings; websocket?: ServerSettings } = {};
  #idPrefix: string;
  #reporter: SessionReporter<ServerConnection> | undefined;
  readonly #observer: Observer;
  /** For older clients. */
  readonly #translations: Translations | undefined;
  #count = 0;
  #phase: Exclude<ServerStatus, 'full'> = 'ready';
  /** Ends the wait of `notReadyMs`. */
  #hurry = (): void => {};
  #drain: DrainInfoInit | undefined;
  #onEmpty: (() => void)[] = [];

  /** @param ws the package, or the error of loading it. Undefined if WebSocket is disabled. */
  constructor(options: ListenOptions, ws: Ws | ProtocolError | undefined, proxies: TrustedProxies | undefined) {
    const { handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS, maxConnections = Number.POSITIVE_INFINITY, server } = options;
    this.connections = new ConnectionRegistry(options.sessions);
    this.#options = options;
    this.#maxConnections = maxConnections;
    this.#idPrefix = idPrefixOf(options);
    this.#reporter = this.#createReporter();
    this.#observer = new Observer(this, options.commands);
    this.#translations = options.legacy && new Translations(options.legacy);
    // Invalid options fail now, not with the first client.
    this.#session('tcp', '', 0);
    const timeoutMs = Math.min(handshakeTimeoutMs, LONGEST_TIMER_MS);
    const settings = { timeoutMs, maxConnections, ws, proxies };
    this.#admission = new Admission(options, timeoutMs, proxies);
    this.#hooks = {
      observer: this.#observer,
      onUser: (user, epoch) => {
        this.#observer.authenticated(user);
        unwatchBudget(this.#open.get(user)!.socket);
        // Before the end of the connection that it replaces.
        this.#reporter?.opened(user, epoch);
        this.connections.add(user);
      },
      onBackground: (changed) => this.#reporter?.changed(changed),
      onEnd: (ended, error) => this.#ended(ended, error),
    };
    const open = this.#open;
    const host: Host = {
      get connectionCount() {
        return open.size;
      },
      decide: (request, decided) => {
        const refuse = (refusal: ProtocolError): void => {
          this.#observer.refused(request, refusal);
          decided(refusal, () => {});
        };
        const full = this.#overloaded(request);
        if (full !== undefined) return refuse(full);
        this.#admission.decide(request, (refusal, release) => {
          // Others may have come while `accept` was asked.
          const refused = refusal ?? this.#overloaded(request);
          if (refused === undefined) return decided(undefined, release);
          release();
          refuse(refused);
        });
      },
      connect: (arrival) => this.#connect(arrival),
    };
    this.#entrance =
      server === undefined ? new OwnPort(options, settings, host) : new AttachedPort(server, options, settings, host);
  }

  /** @throws Error of the system if it cannot listen. */
  start(): Promise<void> {
    return this.#entrance.start();
  }

  get port(): number {
    return this.#entrance.port;
  }

  get connectionCount(): number {
    return this.#open.size;
  }

  metrics(): ServerMetrics {
    return this.#observer.metrics(this.#open.keys());
  }

  get status(): ServerStatus {
    return this.#phase === 'ready' && this.#open.size >= this.#maxConnections ? 'full' : this.#phase;
  }

  async drain(options: DrainOptions): Promise<void> {
    const drain = drainInfoOf(options);
    const { notReadyMs = 0 } = options;
    this.#hurry();
    if (this.#phase === 'ready' && notReadyMs > 0) await this.#leave(notReadyMs);
    if (this.#phase === 'closed') return this.close();
    this.#phase = 'draining';
    this.#drain = drain;
    const answered = this.#entrance.drain();
    for (const connection of [...this.#open.keys()]) connection.drain(drain);
    const ended = new Promise<void>((resolve) => {
      if (this.#open.size === 0) resolve();
      else this.#onEmpty.push(resolve);
    });
    // Sessions close after the grace period.
    await Promise.all([ended, within(answered, Math.max(drain.graceMs ?? 0, LINGER_MS))]);
    await this.close();
  }

  async close(): Promise<void> {
    this.#phase = 'closed';
    this.#hurry();
    this.#admission.close();
    this.#entrance.stop();
    for (const connection of [...this.#open.keys()]) connection.close();
    await this.#entrance.closed();
  }

  #leave(ms: number): Promise<void> {
    this.#phase = 'leaving';
    const hurried = new Promise<void>((resolve) => {
      this.#hurry = resolve;
    });
    return within(hurried, ms);
  }

  observeSessions(serverId: string, listener: SessionListener<ServerConnection>): SessionObservation<ServerConnection> {
    this.#reporter ??= this.#identify(serverId);
    if (this.#reporter.serverId !== serverId)
      throw new ProtocolError('INVALID_MESSAGE', 'serverId: expected that of listen', { path: 'serverId' });
    return this.#observe(this.#reporter, listener);
  }

  /** The server gets its id after `listen`. @throws ProtocolError INVALID_MESSAGE if connections have ids without it. */
  #identify(serverId: string): SessionReporter<ServerConnection> {
    if (this.#open.size > 0)
      throw new ProtocolError('INVALID_MESSAGE', 'serverId: clients are connected, pass it to listen', { path: 'serverId' });
    const reporter = new SessionReporter<ServerConnection>(serverId, nodePlatform);
    this.#idPrefix = idPrefixOf({ idPrefix: this.#options.idPrefix, serverId });
    // The ids of connections are longer now.
    this.#check('tcp');
    return reporter;
  }

  #connect({ socket, transport, remoteAddress, httpRequest, sinceMs, release, open }: Arrival): ServerConnection {
    this.#count += 1;
    const id = this.#id(this.#count);
    const session = this.#session(transport, id, sinceMs);
    const connectedAtMs = Math.floor(nodePlatform.timeOriginMs + sinceMs);
    const origin = { id, transport, remoteAddress, connectedAtMs, httpRequest };
    const { trace } = this.#options;
    const connection: ServerConnection = new ServerConnection(
      origin,
      session,
      nodePlatform,
      this.#options,
      this.#hooks,
      trace && ((direction, bytes) => trace(connection, direction, bytes)),
    );
    this.#open.set(connection, { socket, release });
    this.#observer.opened(connection);
    const translations = this.#translations;
    const either = translations && new LegacySwitch(connection, translations, this.#options.maxFrameBytes);
    connection.driver.attach(either === undefined ? open(connection.driver) : either.over(open(either)));
    if (this.#drain !== undefined) connection.drain(this.#drain);
    else if (this.#open.size > this.#maxConnections)
      connection.close(new ProtocolError('OVERLOADED', `${this.#open.size - 1} connections are open`));
    return connection;
  }

  /** Why a WebSocket is refused before its handshake: with HTTP 503. Clients of TCP get a Reject. */
  #overloaded({ transport }: AcceptRequest): ProtocolError | undefined {
    const [{ size }, limit] = [this.#open, this.#maxConnections];
    if (transport !== 'websocket' || size < limit || this.#drain !== undefined) return undefined;
    const details = { limit, actual: size + 1, retryAfterMs: RETRY_AFTER_MS };
    return new ProtocolError('OVERLOADED', `${size} connections are open`, details);
  }

  #id(count: number): string {
    return `${this.#idPrefix}${count}`;
  }

  /** @throws ProtocolError INVALID_MESSAGE for an invalid `serverId`. */
  #createReporter(): SessionReporter<ServerConnection> | undefined {
    const { serverId, onSessionEvent } = this.#options;
    if (serverId === undefined && onSessionEvent === undefined) return undefined;
    const reporter = new SessionReporter<ServerConnection>(serverId ?? '', nodePlatform);
    if (onSessionEvent !== undefined) this.#observe(reporter, onSessionEvent);
    return reporter;
  }

  #observe(
    reporter: SessionReporter<ServerConnection>,
    listener: SessionListener<ServerConnection>,
  ): SessionObservation<ServerConnection> {
    const report = errorReporter(this.#options.onError);
    return reporter.observe((event, connection) =>
      run(
        () => listener(event, connection),
        (error) => report(error, { callback: 'onSessionEvent', connection, user: connection.user }),
      ),
    );
  }

  #session(transport: ServerConnection['transport'], connectionId: string, sinceMs: number): ServerSession {
    this.#settings[transport] ??= this.#check(transport);
    return new ServerMachine({ connectionId }, sinceMs, this.#settings[transport]);
  }

  /** The options for all sessions over a transport. @throws ProtocolError INVALID_MESSAGE for options that break a rule. */
  #check(transport: ServerConnection['transport']): ServerSettings {
    const { timeOriginMs } = nodePlatform;
    const connectionId = this.#id(Number.MAX_SAFE_INTEGER);
    return serverSettings({ ...this.#options, transport, timeOriginMs, connectionId }, 0);
  }

  #ended(connection: ServerConnection, error: ProtocolError | undefined): void {
    const { socket, release } = this.#open.get(connection)!;
    release?.();
    this.#open.delete(connection);
    this.#entrance.ended(socket);
    this.connections.remove(connection);
    this.#observer.ended(connection, error);
    this.#reporter?.ended(connection, error, connection.isLoggedOut);
    if (this.#open.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}

/** Connection ids of a server that has an id are never used again, not even after a restart. */
function idPrefixOf({ idPrefix = '', serverId }: Pick<ListenOptions, 'idPrefix' | 'serverId'>): string {
  if (serverId === undefined) return idPrefix;
  const startedAtMs = Math.floor(nodePlatform.timeOriginMs + nodePlatform.nowMs());
  return `${idPrefix}${startedAtMs.toString(36)}-`;
}

/** Resolves with the promise, or after `ms` milliseconds. */
async function within(promise: Promise<void>, ms: number): Promise<void> {
  let cancel = (): void => {};
  const late = new Promise<void>((resolve) => {
    cancel = startDeadline(resolve, ms);
  });
  await Promise.race([promise, late]);
  cancel();
}
