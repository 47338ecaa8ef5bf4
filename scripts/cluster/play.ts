// Three server processes, a broker and Redis: one server and Redis are killed while users write to each other.
import { setTimeout as sleep } from 'node:timers/promises';
import { consumerGroup, EmbeddedBroker, fromRocketMQ, type Handler, type RocketMQMessage, topics } from '@im/protocol/rocketmq';
import { Child } from './child.js';
import { openRoutes } from './open-routes.js';
import { ClusterPlatform } from './platform.js';
import type { RedisServer } from './redis-server.js';

export interface PlayOptions {
  readonly users: number;
  readonly messages: number;
  readonly messagesPerS: number;
  /** Users whose first device logs in again while Redis is away. */
  readonly moves: number;
}

const SERVER_IDS = ['one', 'two', 'three'];
const LIBRARIES = ['node-redis', 'ioredis', 'node-redis'] as const;
const REDIS_AWAY_MS = 3000;
/** How long everything may take to arrive in the end. */
const SETTLE_MS = 90_000;

interface Checked {
  readonly tabs: number;
  readonly copies: number;
  readonly logins: number;
  readonly closed: number;
  readonly missing: { readonly count: number; readonly first: readonly string[] };
  readonly doubled: { readonly count: number; readonly first: readonly string[] };
}

/** @returns the figures. @throws Error with what is wrong. */
export async function play(redis: RedisServer, options: PlayOptions): Promise<string> {
  const { users, messages, messagesPerS, moves } = options;
  const broker = new EmbeddedBroker({ onError: () => {} });
  const store = await openRoutes(redis.url, 'node-redis');
  const platform = await ClusterPlatform.start(broker, store.routes, users);
  const errors: string[] = [];
  const servers = new Map<string, Child>();
  const ports = new Map<string, number>();
  for (const [i, serverId] of SERVER_IDS.entries()) {
    const server = new Child('server-process.ts', {
      publish: (message: RocketMQMessage, serviceName: string | undefined) =>
        broker.publish(fromRocketMQ(message), { serviceName }),
      log: (...args: string[]) => void errors.push(args.join(': ')),
    });
    servers.set(serverId, server);
    ports.set(serverId, await server.calls.call<number>('start', { serverId, redisUrl: redis.url, library: LIBRARIES[i] }));
  }
  const consumers = new Map(
    await Promise.all([...servers].map(async ([id, server]) => [id, await consume(broker, id, server)] as const)),
  );
  const balancer = new Child('balancer-process.ts');
  const port = await balancer.calls.call<number>('start');
  await balancer.calls.call('use', [...ports.values()]);
  const clients = new Child('clients-process.ts');

  const startMs = Date.now();
  const step = (text: string): void => console.log(`${((Date.now() - startMs) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  await clients.calls.call('start', { port, count: users });
  step(`${users} users are online, with two tabs each`);
  const sending = clients.calls.call<number>('send', messages, messagesPerS);
  sending.catch(() => {});
  const hasSent = async (part: number): Promise<void> => {
    while ((await clients.calls.call<number>('sent')) < messages * part) await sleep(100);
  };

  await hasSent(1 / 3);
  const [lostId] = SERVER_IDS.slice(-1);
  ports.delete(lostId);
  await servers.get(lostId)!.kill();
  servers.delete(lostId);
  await balancer.calls.call('use', [...ports.values()]);
  for (const consumer of consumers.get(lostId)!) void consumer.close();
  await store.routes.deleteServer(lostId);
  step('a server was killed; its clients reconnect to the others');

  await hasSent(2 / 3);
  await redis.kill();
  step('Redis was killed');
  const moving = clients.calls.call<number>('move', moves);
  moving.catch(() => {});
  await sleep(REDIS_AWAY_MS);
  await redis.start();
  step('Redis is back');
  step(`${await moving} devices have logged in again meanwhile`);
  const sent = await sending;
  step(`all ${sent} messages are with the platform`);

  const faults = await settled(async () => {
    const found: string[] = [];
    const checked = await clients.calls.call<Checked>('check');
    const { missing, doubled } = checked;
    if (missing.count > 0) found.push(`${missing.count} messages are missing: ${missing.first.join('; ')}`);
    if (doubled.count > 0) found.push(`${doubled.count} messages came twice: ${doubled.first.join('; ')}`);
    if (checked.tabs !== users * 2) found.push(`${checked.tabs} tabs are open, expected ${users * 2}`);
    found.push(...(await sessionFaults(servers, store.routes, users)));
    const ended = await clients.calls.call<[string, number][] | undefined>('ended', moves);
    if (ended === undefined) found.push('an older session of a device that has logged in again is still open');
    else if (ended.some(([reason]) => reason !== 'REPLACED'))
      found.push(`older sessions ended with ${JSON.stringify(ended)}, expected REPLACED`);
    return found;
  }, step);
  const checked = await clients.calls.call<Checked>('check');
  step(`${checked.copies} copies on ${checked.tabs} tabs, ${checked.logins} logins`);
  if (platform.errors.length > 0)
    faults.push(`the platform failed ${platform.errors.length} times: ${String(platform.errors[0])}`);

  await clients.calls.call('stop');
  await Promise.all([...servers.values()].map((server) => server.calls.call('stop')));
  const left = await store.routes.find(Array.from({ length: users }, (_, i) => BigInt(i + 1)));
  if (left.size > 0) faults.push(`${left.size} users have routes after all have left`);
  for (const child of [clients, balancer, ...servers.values()]) await child.end();
  await broker.close();
  await store.close();
  for (const error of new Set(errors)) console.log(`         reported by a server: ${error}`);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return `${sent} messages, ${checked.copies} copies, each once on every tab of ${users} users; routes right, no double login left`;
}

/** The parent consumes the topics of a server for its process. */
async function consume(broker: EmbeddedBroker, serverId: string, server: Child) {
  const handler: Handler = ({ ack: _ack, nack: _nack, deadLetter: _deadLetter, ...delivery }) =>
    server.calls.call('consume', delivery);
  // After a kill, what was under way waits for a server of this id, which does not come.
  const retry = { initialDelayMs: 60_000 };
  return Promise.all([
    broker.subscribe(
      { group: consumerGroup('server', serverId), topics: topics.ofServer(serverId), maxInFlight: 256, retry },
      handler,
    ),
    broker.subscribe(
      { group: consumerGroup('event', serverId), topics: topics.ofEvents(serverId), maxInFlight: 256, retry },
      handler,
    ),
  ]);
}

/** Compares the routes in Redis with the sessions of the servers. */
async function sessionFaults(
  servers: ReadonlyMap<string, Child>,
  routes: {
    find(
      userIds: Iterable<bigint>,
    ): Promise<ReadonlyMap<bigint, readonly { serverId: string | number; connectionId?: string | undefined }[]>>;
  },
  users: number,
): Promise<string[]> {
  const faults: string[] = [];
  const sessions = new Set<string>();
  const devices = new Map<string, string>();
  for (const [serverId, server] of servers) {
    for (const text of await server.calls.call<string[]>('sessions')) {
      const [userId, deviceId, connectionId] = text.split(' ');
      sessions.add(`${userId} ${serverId} ${connectionId}`);
      const device = `${userId} ${deviceId}`;
      const other = devices.get(device);
      if (other !== undefined) faults.push(`device ${device} is logged in on ${other} and on ${serverId}`);
      devices.set(device, serverId);
    }
  }
  const found = await routes.find(Array.from({ length: users }, (_, i) => BigInt(i + 1)));
  const inRedis = new Set(
    [...found].flatMap(([userId, of]) => of.map((route) => `${userId} ${route.serverId} ${route.connectionId}`)),
  );
  const wrong = [...inRedis].filter((route) => !sessions.has(route));
  const absent = [...sessions].filter((session) => !inRedis.has(session));
  if (wrong.length > 0) faults.push(`${wrong.length} routes lead nowhere: ${wrong.slice(0, 3).join('; ')}`);
  if (absent.length > 0) faults.push(`${absent.length} sessions have no route: ${absent.slice(0, 3).join('; ')}`);
  if (sessions.size !== users * 2) faults.push(`${sessions.size} sessions, expected ${users * 2}`);
  return faults.slice(0, 8);
}

/** Repeats a check until it finds nothing, or time is up. */
async function settled(check: () => Promise<string[]>, step: (text: string) => void): Promise<string[]> {
  const endMs = Date.now() + SETTLE_MS;
  for (let waited = 1; ; waited++) {
    const faults = await check();
    if (faults.length === 0 || Date.now() > endMs) return faults;
    if (waited % 10 === 0) step(`waiting: ${faults.join('; ').slice(0, 300)}`);
    await sleep(1000);
  }
}
