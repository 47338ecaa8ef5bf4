import { type SessionEventInit, SessionEventKind } from '../../generated/im/protocol/v1/session_event.js';
import type { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import type { UplinkInfoInit } from '../../generated/im/protocol/v1/uplink_info.js';
import { ROUTE_LIFETIME_MS } from '../limits.js';
import type { MemoryRoutesOptions } from './memory-routes.js';
import { requireMs } from './option-rules.js';
import { type RedisClient, RedisScript } from './redis-client.js';
import { REDIS_ROUTES_SCRIPT } from './redis-routes-script.js';
import { backgroundOf, isEndKind } from './route-slot.js';
import type { AppliedEvent, ApplyOptions, FoundRoutes, Route, RouteSessions, Routes } from './routes.js';

/** Options of RedisRoutes. All optional. */
export interface RedisRoutesOptions extends Pick<MemoryRoutesOptions, 'sessions'> {
  /**
   * Begins each key. Systems that share a Redis need different ones. With braces, all keys have one slot in a Redis Cluster, as the script requires.
   * Default `{im}:`.
   */
  readonly prefix?: string | undefined;
  /** How long a call may take, in milliseconds, before it fails with TIMEOUT. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Replaces the clock of Redis, for tests. The clocks of the processes need not agree. Default: the clock of Redis. */
  readonly clock?: MemoryRoutesOptions['clock'];
}

const DEFAULT_TIMEOUT_MS = 5000;
/** Users that one call of the script looks up: it blocks Redis for about a millisecond. */
const USERS_PER_CALL = 500;
/** The values of a route in the answer of the script. */
const ROUTE_VALUES = 5;
/** Digits of the largest epoch, 2^63 - 1. */
const EPOCH_DIGITS = 19;

/**
 * Routes in Redis, for several processes: with the rules of MemoryRoutes, each call an atomic step. Needs Redis 5 or later.
 *
 * ```ts
 * const routes = new RedisRoutes(await createClient({ url, disableOfflineQueue: true }).connect());   // the package redis
 * const routes = new RedisRoutes(new Redis(url, { maxRetriesPerRequest: 1 }));                        // the package ioredis
 * ```
 *
 * A user has a key with about 200 bytes for each session, which expires with its routes. If Redis loses its data, a route is created again by the
 * next event of its session: within SESSION_REFRESH_MS (5 minutes), or at once if `serveBroker` has noticed the failure.
 */
export class RedisRoutes implements Routes {
  readonly sessions: RouteSessions;
  readonly #script: RedisScript;
  readonly #prefix: string;
  readonly #clock: RedisRoutesOptions['clock'];

  /**
   * @param client a connected client. The application closes it. Disable its offline queue: the library retries calls that fail.
   * @throws RangeError for an invalid `timeoutMs`.
   */
  constructor(client: RedisClient, options: RedisRoutesOptions = {}) {
    const { prefix = '{im}:', timeoutMs = DEFAULT_TIMEOUT_MS, sessions = 'one-per-terminal' } = options;
    requireMs('timeoutMs', timeoutMs);
    this.#script = new RedisScript(client, REDIS_ROUTES_SCRIPT, timeoutMs);
    this.#prefix = prefix;
    this.#clock = options.clock;
    this.sessions = sessions;
  }

  async find(userIds: Iterable<bigint>): Promise<FoundRoutes> {
    const ids = [...new Set(userIds)];
    const parts = Array.from({ length: Math.ceil(ids.length / USERS_PER_CALL) }, (_, i) =>
      ids.slice(i * USERS_PER_CALL, (i + 1) * USERS_PER_CALL),
    );
    const found = new Map<bigint, Route[]>();
    // The client sends all at once.
    const answers = await Promise.all(parts.map((part) => this.#run('find', part, [])));
    for (const [i, answer] of (answers as string[][][]).entries())
      for (const [j, values] of answer.entries()) if (values.length > 0) found.set(parts[i][j], this.#routes(values));
    return found;
  }

  async apply(event: SessionEventInit, { deviceId = '' }: ApplyOptions = {}): Promise<AppliedEvent> {
    const {
      user,
      serverId = '',
      connectionId = '',
      kind = SessionEventKind.UNSPECIFIED,
      atMs = 0n,
      epoch = 0n,
      version = 1,
    } = event;
    const { userId = 0n, terminal = 0 } = user ?? {};
    const background = backgroundOf(kind);
    const answer = await this.#run(
      'apply',
      [userId],
      [
        String(terminal),
        serverId,
        connectionId,
        String(atMs),
        String(version),
        String(epoch).padStart(EPOCH_DIGITS, '0'),
        isEndKind(kind) ? '1' : '0',
        background === undefined ? '' : background ? '1' : '0',
        deviceId,
      ],
    );
    const [applied, server, connection, highest] = (answer as unknown[]).map(String);
    const superseded = server === '' ? undefined : { serverId: server, connectionId: connection === '' ? undefined : connection };
    return { applied: applied === '1', superseded, epoch: BigInt(highest) };
  }

  async applyUplink({
    sender,
    serverId = '',
    connectionId = '',
    receivedAtMs = 0n,
    version = 1,
  }: UplinkInfoInit): Promise<boolean> {
    const { userId = 0n, terminal = 0 } = sender ?? {};
    const args = [String(terminal), serverId, connectionId, String(receivedAtMs), String(version)];
    return String(await this.#run('uplink', [userId], args)) === '1';
  }

  async set(userId: bigint, terminal: Terminal, serverId: string | number, version?: number): Promise<string | undefined> {
    const previous = await this.#run('set', [userId], [String(terminal), String(serverId), String(version ?? '')]);
    return String(previous) === '' ? undefined : String(previous);
  }

  async delete(userId: bigint, terminal: Terminal, serverId: string | number): Promise<boolean> {
    return String(await this.#run('delete', [userId], [String(terminal), String(serverId)])) === '1';
  }

  async deleteServer(serverId: string | number): Promise<void> {
    await this.#run('deleteServer', [], [String(serverId)]);
  }

  async version2Servers(): Promise<string[]> {
    return ((await this.#run('version2', [], [])) as unknown[]).map(String);
  }

  #run(operation: string, userIds: readonly bigint[], args: readonly string[]): Promise<unknown> {
    const keys = [`${this.#prefix}servers`, ...userIds.map((userId) => `${this.#prefix}user:${userId}`)];
    const nowMs = this.#clock === undefined ? '' : String(Math.floor(this.#clock.nowMs()));
    return this.#script.run(keys, [operation, this.sessions, String(ROUTE_LIFETIME_MS), nowMs, ...args]);
  }

  #routes(values: readonly string[]): Route[] {
    const hasSeveral = this.sessions !== 'one-per-terminal';
    return Array.from({ length: values.length / ROUTE_VALUES }, (_, i) => {
      const [terminal, serverId, version, background, connectionId] = values
        .slice(i * ROUTE_VALUES, (i + 1) * ROUTE_VALUES)
        .map(String);
      return {
        terminal: Number(terminal) as Terminal,
        serverId,
        version: version === '' ? undefined : Number(version),
        background: background === '' ? undefined : background === '1',
        connectionId: hasSeveral && connectionId !== '' ? connectionId : undefined,
      };
    });
  }
}
