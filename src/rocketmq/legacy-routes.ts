// Where users are online, as older systems keep it in Redis: `im:user:server_id:7:0` is "3" if user 7 is connected to server 3 on terminal 0.
import { type SessionEventInit, SessionEventKind } from '../../generated/im/protocol/v1/session_event.js';
import type { Terminal } from '../../generated/im/protocol/v1/terminal.js';
import type { LegacyProfile } from '../legacy/index.js';
import { refuse } from './broker-errors.js';
import { requireCount, requireMs } from './option-rules.js';
import { type RedisClient, RedisCommands, RedisScript } from './redis-client.js';
import { isEndKind } from './route-slot.js';
import type { FoundRoutes, Route } from './routes.js';

/** Options of LegacyRoutes. `profile` is required. */
export interface LegacyRoutesOptions {
  /** The older system, for the numbers of its terminals. */
  readonly profile: LegacyProfile;
  /** Whether keys have the user id in braces, `im:user:server_id:{7}:0`, as newer releases of box-im for a Redis Cluster. Default false. */
  readonly hashTag?: boolean | undefined;
  /** How long a route is kept without an event of its session, in seconds: 301 or more. Default 600, as in the older systems. */
  readonly lifetimeS?: number | undefined;
  /** How long a call of Redis may take, in milliseconds, before it fails with TIMEOUT. Default 5000. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 5000;
/** Sessions report every five minutes. */
const SHORTEST_LIFETIME_S = 301;
const KEYS_PER_CALL = 1000;
const MAX_SERVER_ID = 'im:max_server_id';

/** Enters or removes a route, unless another server has the user by now; a login takes the route over. Returns the other server. */
const SCRIPT = `
local current = redis.call('GET', KEYS[1])
local isOther = current and current ~= ARGV[2]
if ARGV[1] == 'end' then
  if current and not isOther then redis.call('DEL', KEYS[1]) end
elseif ARGV[1] == 'login' or not isOther then
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
end
return isOther and current or ''`;

/** The routes of an older system: for `planFanOut` of a new platform, and to enter the sessions of new servers for old platforms. */
export class LegacyRoutes {
  readonly #commands: RedisCommands;
  readonly #script: RedisScript;
  readonly #terminals: ReadonlyMap<number, number>;
  readonly #hashTag: boolean;
  readonly #lifetimeS: number;
  /** The connection that a key stands for: keys name the server alone, which may have a later connection of the user by now. */
  readonly #entered = new Map<string, string>();

  /**
   * @param client a connected client of node-redis or ioredis. The application closes it.
   * @throws RangeError for invalid numbers.
   */
  constructor(client: RedisClient, options: LegacyRoutesOptions) {
    const { profile, hashTag = false, lifetimeS = 600, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    requireCount('lifetimeS', lifetimeS, SHORTEST_LIFETIME_S);
    requireMs('timeoutMs', timeoutMs);
    this.#commands = new RedisCommands(client, timeoutMs);
    this.#script = new RedisScript(client, SCRIPT, timeoutMs);
    // The number for an unknown terminal is never in a route.
    this.#terminals = new Map([...profile.lookup.terminalNumber].filter(([terminal]) => terminal !== 0));
    this.#hashTag = hashTag;
    this.#lifetimeS = lifetimeS;
  }

  /**
   * Finds the routes of users, as `Routes.find`. Their version is unknown: the connections get what version 1 knows.
   * @throws ProtocolError (as a rejection) TIMEOUT or INTERNAL if Redis fails.
   */
  async find(userIds: Iterable<bigint>): Promise<FoundRoutes> {
    const places = [...new Set(userIds)].flatMap((userId) =>
      [...this.#terminals].map(([terminal, number]) => ({ userId, terminal, key: this.#key(userId, number) })),
    );
    const found = new Map<bigint, Route[]>();
    for (let i = 0; i < places.length; i += KEYS_PER_CALL) {
      const part = places.slice(i, i + KEYS_PER_CALL);
      const values = await this.#commands.within(() => this.#commands.call(['MGET', ...part.map(({ key }) => key)]));
      for (const [j, value] of (values as unknown[]).entries()) {
        const { userId, terminal } = part[j];
        const serverId = serverOf(value);
        if (serverId === undefined) continue;
        const routes = found.get(userId) ?? [];
        found.set(userId, [...routes, { terminal: terminal as Terminal, serverId }]);
      }
    }
    return found;
  }

  /**
   * Enters the session of an event, so that old platforms find it, or removes it. A login (OPENED) takes over the route of another server; later
   * events of a session leave it alone.
   * @param event with a `serverId` that is a number, as those of older servers: see `nextLegacyServerId`.
   * @returns for a login, the server that had the route: it must end its session of the user and terminal, see `forceLogoutMessage`.
   * @throws ProtocolError (as a rejection) INVALID_MESSAGE for another id of a server; TIMEOUT or INTERNAL if Redis fails.
   */
  async apply(event: SessionEventInit): Promise<string | undefined> {
    const { user, serverId = '', connectionId = '', kind = SessionEventKind.UNSPECIFIED } = event;
    if (!/^[1-9]\d{0,8}$/.test(serverId)) throw refuse('serverId', 'pattern', 'expected a number from 1 to 999999999');
    const { userId = 0n, terminal = 0 } = user ?? {};
    const number = this.#terminals.get(terminal);
    // A terminal that the older system does not have.
    if (number === undefined) return undefined;
    const key = this.#key(userId, number);
    const isEnd = isEndKind(kind);
    // A later connection of this server has the route.
    if (isEnd && this.#entered.get(key) !== connectionId) return undefined;
    if (isEnd) this.#entered.delete(key);
    else this.#entered.set(key, connectionId);
    const isLogin = kind === SessionEventKind.OPENED;
    const operation = isEnd ? 'end' : isLogin ? 'login' : 'refresh';
    const other = await this.#script.run([key], [operation, serverId, String(this.#lifetimeS)]);
    return isLogin ? serverOf(other) : undefined;
  }

  #key(userId: bigint, terminal: number): string {
    return `im:user:server_id:${this.#hashTag ? `{${userId}}` : userId}:${terminal}`;
  }
}

/**
 * The next id of a server, as older servers take theirs at each start.
 * @param client a connected client of node-redis or ioredis.
 * @throws ProtocolError (as a rejection) TIMEOUT or INTERNAL if Redis fails.
 */
export async function nextLegacyServerId(client: RedisClient, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<string> {
  const commands = new RedisCommands(client, timeoutMs);
  return String(await commands.within(() => commands.call(['INCR', MAX_SERVER_ID])));
}

/** The text of a value: JSON of a number, or of a text in some forks. Undefined for an empty one. */
function serverOf(value: unknown): string | undefined {
  const text = value === null ? '' : String(value).replace(/^"(.*)"$/, '$1');
  return text === '' ? undefined : text;
}
