import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Command } from '../../../src/index.js';
import {
  consumerGroup,
  type Delivery,
  EmbeddedBroker,
  type RedisClient,
  RedisDeduplicator,
  type RedisDeduplicatorOptions,
  receiveInfoMessage,
  topics,
} from '../../../src/rocketmq/index.js';
import { CLIENTS, type Connected } from './clients.js';

let count = 0;
const APP = 2;

function message(messageId: bigint) {
  const content = { messageId, body: { $case: 'text', value: { text: 'hi' } } } as const;
  const sender = { userId: 1n, terminal: APP };
  return receiveInfoMessage('a', {
    cmd: Command.PRIVATE_MESSAGE,
    sender,
    receivers: [{ terminal: APP, userIds: [2n] }],
    data: { $case: 'privateMessage', value: { sender, receiverId: 2n, content } },
  });
}

/** The deliveries of some messages. */
async function deliveries(...ids: bigint[]): Promise<Delivery[]> {
  const broker = new EmbeddedBroker();
  const found: Delivery[] = [];
  await new Promise<void>((resolve) => {
    void broker.subscribe({ group: consumerGroup('server', 'a'), topics: topics.ofServer('a') }, (delivery) => {
      if (found.push(delivery) === ids.length) resolve();
    });
    for (const id of ids) void broker.publish(message(id));
  });
  await broker.close();
  return found;
}

describe.each(Object.keys(CLIENTS))('RedisDeduplicator with %s', (name) => {
  let connected: Connected;
  let other: Connected;
  beforeAll(async () => {
    [connected, other] = [await CLIENTS[name](), await CLIENTS[name]()];
  });
  afterAll(() => Promise.all([connected.close(), other.close()]));

  /** Two processes that share a Redis. */
  function pair(options: RedisDeduplicatorOptions = {}, wrapClient = (client: RedisClient) => client) {
    const prefix = `{dedup-${name}-${process.pid}-${++count}}:`;
    const all = { prefix, ...options };
    return {
      prefix,
      one: new RedisDeduplicator(wrapClient(connected.client), all),
      two: new RedisDeduplicator(other.client, all),
    };
  }

  it('lets one of two processes handle a delivery; the other one waits, then drops it', async () => {
    const { one, two } = pair();
    const [delivery] = await deliveries(1n);
    const log: string[] = [];
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let started = (): void => {};
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const first = one.wrap(async () => {
      log.push('one');
      started();
      await held;
    })(delivery);
    await running;
    const second = Promise.resolve(two.wrap(() => void log.push('two'))(delivery)).then(() => log.push('dropped'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(log).toEqual(['one']);
    release();
    await Promise.all([first, second]);
    expect([log, one.dropped, two.dropped]).toEqual([['one', 'dropped'], 0, 1]);
  });

  it('releases the claim of a handler that throws, nacks or gives up', async () => {
    const { one, two } = pair();
    const [a, b, c] = await deliveries(1n, 2n, 3n);
    await expect(
      one.wrap(() => {
        throw new Error('no');
      })(a),
    ).rejects.toThrow('no');
    await one.wrap((delivery) => delivery.nack())(b);
    await one.wrap((delivery) => delivery.deadLetter())(c);
    const handled: bigint[] = [];
    for (const delivery of [a, b, c, a]) await two.wrap(() => void handled.push(1n))(delivery);
    expect([handled.length, two.dropped]).toEqual([3, 1]);
  });

  it('takes over the claim of a killed process when its lease ends, not before, and renews that of one that lives', async () => {
    const { one, two } = pair({ leaseMs: 300 });
    const [dead, alive] = await deliveries(1n, 2n);
    const log: string[] = [];
    let end: (() => void) | undefined;
    const slow = one.wrap(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    )(alive);
    await vi.waitFor(() => expect(end).toBeDefined());
    const waiting = two.wrap(() => void log.push('too early'))(alive);
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(log).toEqual([]);
    end?.();
    await Promise.all([slow, waiting]);
    expect(log).toEqual([]);
    // A process that is killed renews nothing.
    const killed = pair({ leaseMs: 300 }, (client) => ({
      call: async (command: string, ...args: string[]) => {
        if (args.includes('renew')) return '0';
        return 'call' in client ? client.call(command, ...args) : client.sendCommand([command, ...args]);
      },
    }));
    let isClaimed = false;
    void killed.one.wrap(() => {
      isClaimed = true;
      return new Promise<void>(() => {});
    })(dead);
    await vi.waitFor(() => expect(isClaimed).toBe(true));
    await killed.two.wrap(() => void log.push('taken over'))(dead);
    expect(log).toEqual(['taken over']);
  });

  it('does not call the handler without Redis, and does not call it again in a process that could not say that it had', async () => {
    let isAway = false;
    const { one } = pair({ leaseMs: 100 }, (client) => ({
      call: async (command: string, ...args: string[]) => {
        if (isAway) throw new Error('away');
        return 'call' in client ? client.call(command, ...args) : client.sendCommand([command, ...args]);
      },
    }));
    const [a, b] = await deliveries(1n, 2n);
    const handled: bigint[] = [];
    const handler = one.wrap(({ message: { payload } }) => {
      handled.push(payload?.$case === 'receiveInfo' ? 1n : 0n);
      isAway = true;
    });
    await expect(handler(a)).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(handled.length).toBe(1);
    // Redelivered.
    await handler(a);
    expect(handled.length).toBe(1);
    await expect(handler(b)).rejects.toMatchObject({ code: 'INTERNAL', message: '[INTERNAL] the call of Redis failed' });
    expect(handled.length).toBe(1);
  });

  it('remembers a delivery for its time to live, each group by itself', async () => {
    const { one, prefix } = pair({ ttlMs: 60_000 });
    const [delivery] = await deliveries(7n);
    let calls = 0;
    const handler = one.wrap(() => void calls++);
    await handler(delivery);
    await handler({ ...delivery, group: 'im_service_other' });
    expect(calls).toBe(2);
    const keys = (await connected.command('KEYS', `${prefix}*`)) as unknown[];
    expect(keys.map((key) => String(key).slice(prefix.length).split(' ')[0]).sort()).toEqual([
      'done:im_server_a',
      'done:im_service_other',
    ]);
    const ttl = Number(await connected.command('PTTL', String(keys[0])));
    expect(ttl).toBeGreaterThan(50_000);
    expect(ttl).toBeLessThanOrEqual(60_000);
  });
});
