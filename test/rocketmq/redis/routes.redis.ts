import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RedisRoutes, type Routes } from '../../../src/rocketmq/index.js';
import { routesSuite } from '../routes-suite.js';
import { CLIENTS, type Connected } from './clients.js';

const APP = 2;
let count = 0;

describe.each(Object.keys(CLIENTS))('RedisRoutes with %s', (name) => {
  let connected: Connected;
  const prefix = (): string => `{test-${name}-${process.pid}-${++count}}:`;
  const create = (options: object = {}): Routes => new RedisRoutes(connected.client, { ...options, prefix: prefix() });
  beforeAll(async () => {
    connected = await CLIENTS[name]();
  });
  afterAll(() => connected.close());

  routesSuite((options) => create(options), 30);

  it('use the clock of Redis, and keys that expire', async () => {
    const own = prefix();
    const routes = new RedisRoutes(connected.client, { prefix: own });
    const event = {
      user: { userId: 1n, terminal: APP },
      serverId: 'a',
      connectionId: 'c',
      kind: 1,
      epoch: 2n ** 63n - 1n,
      version: 2,
    };
    // The clock of a server may be fast.
    expect(await routes.apply({ ...event, atMs: BigInt(Date.now() + 3_600_000) })).toEqual({
      applied: true,
      superseded: undefined,
      epoch: 2n ** 63n - 1n,
    });
    const ttl = Number(await connected.command('PTTL', `${own}user:1`));
    expect(ttl).toBeGreaterThan(800_000);
    expect(ttl).toBeLessThanOrEqual(900_000);
    await routes.set(1n, 1, 'a');
    expect(Number(await connected.command('PTTL', `${own}user:1`))).toBe(-1);
    await routes.delete(1n, 1, 'a');
    expect(Number(await connected.command('PTTL', `${own}user:1`))).toBeGreaterThan(800_000);
  });

  it('are atomic: of many logins at once, from several processes, one stays, and each other one is superseded once', async () => {
    const own = prefix();
    const other = await CLIENTS[name]();
    const stores = [connected.client, other.client].map((client) => new RedisRoutes(client, { prefix: own }));
    const logins = Array.from({ length: 200 }, (_, i) => i);
    const applied = await Promise.all(
      logins.map((i) =>
        stores[i % 2].apply({
          user: { userId: 9n, terminal: APP },
          serverId: `s${i % 3}`,
          connectionId: `c${i}`,
          kind: 1,
          atMs: BigInt(Date.now()),
          epoch: BigInt(1 + ((i * 7919) % 200)),
          version: 2,
        }),
      ),
    );
    const superseded = applied.flatMap((one) => one.superseded?.connectionId ?? []);
    expect(new Set(superseded).size).toBe(199);
    expect(superseded.length).toBe(199);
    await other.close();
  });

  it('load their script again after Redis has lost it', async () => {
    const routes = create();
    await routes.set(1n, APP, 'a');
    await connected.command('SCRIPT', 'FLUSH');
    expect((await routes.find([1n])).get(1n)).toMatchObject([{ serverId: 'a' }]);
  });
});

describe('RedisRoutes without Redis', () => {
  it('fail with a typed error', async () => {
    const broken = new RedisRoutes({ sendCommand: () => Promise.reject(new Error('connection refused')) });
    await expect(broken.find([1n])).rejects.toMatchObject({ code: 'INTERNAL', message: '[INTERNAL] the call of Redis failed' });
    const silent = new RedisRoutes({ call: () => new Promise(() => {}) }, { timeoutMs: 5 });
    await expect(silent.set(1n, APP, 'a')).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: '[TIMEOUT] no answer of Redis within 5 ms',
    });
    expect(() => new RedisRoutes({ call: async () => '' }, { timeoutMs: -1 })).toThrow(RangeError);
  });
});
