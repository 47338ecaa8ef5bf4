// The network goes and comes back, and the device sleeps.
import { describe, expect, it } from 'vitest';
import { watchSleep } from '../../src/connection/sleep-watch.js';
import type { NetworkEvents } from '../../src/connection/transport.js';
import { ProtocolError } from '../../src/errors.js';
import { FakePlatform } from './fake-platform.js';
import { TOKEN, World, type WorldOptions } from './world.js';

/** A world whose clients hear of the network. */
function watched(options: WorldOptions = {}) {
  const world = new World(options);
  const found: { events?: NetworkEvents; isStopped: boolean } = { isStopped: false };
  world.watch = (events) => {
    found.events = events;
    return () => {
      found.isStopped = true;
    };
  };
  return { world, found };
}

const HOURS_MS = 2 * 3_600_000;

describe('online', () => {
  it('connects at once, and starts the backoff again', async () => {
    const { world, found } = watched();
    const waits: number[] = [];
    const client = await world.connect({ onReconnect: (_error, ms) => void waits.push(ms) });
    world.answer = new Error('unreachable');
    world.lastEnd.cut();
    for (let i = 0; i < 8; i++) await world.pass(waits.at(-1)! + 1);
    expect(waits.at(-1)).toBe(15_000);
    // The network is there a moment before its names are found.
    found.events!.online();
    await world.settle();
    expect(waits.at(-1)).toBe(250);
    world.answer = 'server';
    await world.pass(250);
    expect(client.state).toBe('authenticated');
  });

  it('a connection that is lost while it is probed is replaced at once', async () => {
    const { world, found } = watched();
    const client = await world.connect({ reconnect: { baseMs: 600_000, maxMs: 600_000 } });
    found.events!.online();
    world.lastEnd.cut();
    await world.pass(0);
    expect([client.state, world.dials]).toEqual(['authenticated', 2]);
    // Not so one that is lost later.
    await world.pass(1500);
    world.lastEnd.cut();
    await world.pass(1000);
    expect([client.state, world.dials]).toEqual(['reconnecting', 2]);
  });

  it('gives up an attempt that began long before, and no younger one', async () => {
    const { world, found } = watched();
    const client = await world.connect();
    world.answer = 'nothing';
    world.lastEnd.cut();
    await world.pass(250 + 1500);
    found.events!.online();
    await world.settle();
    // The connection that was cut is cancelled as well.
    expect([world.dials, world.cancelled]).toEqual([2, 1]);
    await world.pass(1);
    world.answer = 'server';
    found.events!.online();
    await world.pass(0);
    expect(client.state).toBe('authenticated');
    expect([world.dials, world.cancelled]).toEqual([3, 2]);
  });

  it('calls a login function again that was called long before, and ignores its first answer', async () => {
    const { world, found } = watched();
    const answers: ((login: typeof TOKEN) => void)[] = [];
    const login = () => new Promise<typeof TOKEN>((resolve) => void answers.push(resolve));
    const client = world.create({ login, retryFirst: true });
    await world.pass(1500);
    found.events!.online();
    await world.settle();
    expect(answers).toHaveLength(1);
    await world.pass(1);
    found.events!.online();
    await world.settle();
    expect(answers).toHaveLength(2);
    answers[0]({ accessToken: 'late' });
    await world.settle();
    expect(world.dials).toBe(0);
    answers[1](TOKEN);
    await world.settle();
    expect([client.state, world.dials]).toEqual(['authenticated', 1]);
    // The timeouts of both are gone.
    await world.pass(60_000);
    expect([client.state, world.dials]).toEqual(['authenticated', 1]);
  });

  it('a login function whose first call fails after the second has begun fails nothing', async () => {
    const { world, found } = watched();
    const calls: { resolve(login: typeof TOKEN): void; reject(error: Error): void }[] = [];
    const errors: unknown[] = [];
    const client = world.create({
      login: () => new Promise<typeof TOKEN>((resolve, reject) => void calls.push({ resolve, reject })),
      retryFirst: true,
      onError: (error) => void errors.push(error),
    });
    await world.pass(1501);
    found.events!.online();
    await world.settle();
    calls[0].reject(new Error('the old network'));
    await world.settle();
    calls[1].resolve(TOKEN);
    await world.settle();
    expect([client.state, world.dials, errors]).toEqual(['authenticated', 1, []]);
  });

  it('does not end a client whose first connection takes long', async () => {
    const { world, found } = watched();
    world.answer = 'nothing';
    const client = world.create();
    await world.pass(5000);
    found.events!.online();
    await world.settle();
    expect(client.state).toBe('connecting');
    expect(world.dials).toBe(1);
  });
});

describe('offline', () => {
  it('finds out within 1.5 s that the connection is dead', async () => {
    const { world, found } = watched();
    const reasons: string[] = [];
    const client = await world.connect({ onReconnect: ({ message }) => void reasons.push(message) });
    world.lastEnd.isStuck = true;
    world.answer = new Error('unreachable');
    found.events!.offline();
    await world.pass(1499);
    expect(client.state).toBe('authenticated');
    await world.pass(1);
    expect(client.state).toBe('reconnecting');
    expect(reasons[0]).toBe('[IDLE_TIMEOUT] no answer to a probe within 1500 ms');
  });

  it('makes no attempt of its own, and keeps a connection that works', async () => {
    const { world, found } = watched();
    const client = await world.connect({ reconnect: { baseMs: 60_000, maxMs: 60_000 } });
    found.events!.offline();
    await world.pass(10_000);
    expect([client.state, world.dials]).toEqual(['authenticated', 1]);
    world.lastEnd.cut();
    await world.settle();
    found.events!.offline();
    await world.pass(1000);
    expect(world.dials).toBe(1);
  });

  it('anything that arrives is an answer', async () => {
    const { world, found } = watched();
    const client = await world.connect();
    world.lastEnd.isStuck = true;
    found.events!.offline();
    world.served[0].push({
      cmd: 6,
      data: { $case: 'systemMessage', value: { content: { messageId: 1n, body: { $case: 'text', value: { text: 'a' } } } } },
    });
    await world.pass(1500);
    expect(client.state).toBe('authenticated');
  });

  it('a client that does not read for its application is not given up', async () => {
    const { world, found } = watched();
    const client = await world.connect();
    client.on(6, () => {});
    for (let id = 1n; id <= 1024n; id++)
      world.served[0].push({
        cmd: 4,
        data: {
          $case: 'privateMessage',
          value: {
            sender: { userId: 2n, terminal: 1 },
            receiverId: 1n,
            content: { messageId: id, body: { $case: 'text', value: { text: 'a' } } },
          },
        },
      });
    await world.settle();
    expect(world.lastEnd.isPaused).toBe(true);
    found.events!.offline();
    await world.pass(10_000);
    expect(client.state).toBe('authenticated');
    expect(world.dials).toBe(1);
  });

  it('a late timer after a blocked event loop is no proof: what has arrived is read first', async () => {
    const { world, found } = watched();
    const client = await world.connect();
    found.events!.offline();
    world.standStill(3000);
    await world.pass(5000);
    expect([client.state, world.dials]).toEqual(['authenticated', 1]);
  });
});

it('a page whose timers are always late replaces its dead connection after the second probe', async () => {
  const { world, found } = watched();
  const client = await world.connect();
  world.lastEnd.isStuck = true;
  found.events!.offline();
  await world.settle();
  for (let i = 0; i < 2; i++) {
    expect(world.dials).toBe(1);
    world.platform.jump(2000);
    await world.pass(5);
  }
  expect([client.state, world.dials]).toEqual(['authenticated', 2]);
});

describe('a laptop that sleeps for two hours', () => {
  it.each([true, false])('is back within two seconds of waking (its clock stood still: %s)', async (hasClockStopped) => {
    const world = new World();
    world.watch = (events) => watchSleep(world.platform, events.woke);
    const client = await world.connect({ reconnect: { baseMs: 60_000, maxMs: 60_000 } });
    await world.pass(10_000);
    // The server has closed long ago, and its FIN was lost.
    world.lastEnd.isStuck = true;
    world.lastEnd.peer.isStuck = true;
    if (hasClockStopped) world.platform.sleep(HOURS_MS);
    else world.platform.jump(HOURS_MS);
    const wokenAtMs = world.platform.nowMs();
    for (let i = 0; i < 20 && world.dials < 2; i++) await world.pass(100);
    await world.settle();
    expect(client.state).toBe('authenticated');
    expect(world.platform.nowMs() - wokenAtMs).toBeLessThanOrEqual(2000);
  });

  it('whose network comes later is back at once then', async () => {
    const { world, found } = watched();
    const client = await world.connect({ reconnect: { baseMs: 60_000, maxMs: 60_000 } });
    world.answer = new Error('unreachable');
    world.platform.sleep(HOURS_MS);
    found.events!.woke(HOURS_MS, true);
    await world.settle();
    expect(client.state).toBe('reconnecting');
    await world.pass(3000);
    world.answer = 'server';
    found.events!.online();
    await world.settle();
    expect(client.state).toBe('authenticated');
  });

  it.each([true, false])(
    'while it connects makes another attempt at once (its clock stood still: %s)',
    async (hasClockStopped) => {
      const { world, found } = watched();
      const client = await world.connect();
      world.answer = 'nothing';
      world.lastEnd.cut();
      await world.pass(251);
      expect(world.dials).toBe(2);
      world.answer = 'server';
      if (!hasClockStopped) world.platform.jump(HOURS_MS);
      found.events!.woke(HOURS_MS, hasClockStopped);
      await world.pass(0);
      expect([client.state, world.dials]).toEqual(['authenticated', 3]);
    },
  );

  it('has waited for as long as a server has asked it to', async () => {
    const { world, found } = watched();
    const client = await world.connect();
    world.served[0].close(new ProtocolError('OVERLOADED', 'full', { retryAfterMs: 3_600_000 }));
    await world.settle();
    found.events!.woke(1_800_000, true);
    await world.pass(1_799_999);
    expect(world.dials).toBe(1);
    found.events!.woke(5000, true);
    await world.pass(0);
    expect([client.state, world.dials]).toEqual(['authenticated', 2]);
  });

  it('after a short sleep a connection that works is kept, unless the clock stood still', async () => {
    const { world, found } = watched();
    const client = await world.connect();
    // 2.5 heartbeat intervals of 30 s.
    found.events!.woke(74_999, false);
    await world.pass(5000);
    expect(world.dials).toBe(1);
    found.events!.woke(75_000, false);
    await world.pass(0);
    expect([client.state, world.dials]).toEqual(['authenticated', 2]);
    // The time of the server is known from the Welcome.
    found.events!.woke(5000, true);
    await world.pass(0);
    expect([client.state, world.dials]).toEqual(['authenticated', 3]);
  });

  it('the watch ends with the client', async () => {
    const { world, found } = watched();
    const client = await world.connect();
    await client.close();
    await world.settle();
    expect(found.isStopped).toBe(true);
    found.events!.online();
    found.events!.woke(HOURS_MS, true);
    await world.settle();
    expect(world.dials).toBe(1);
  });
});

describe('watchSleep', () => {
  function watch() {
    const platform = new FakePlatform();
    const woken: [number, boolean][] = [];
    const stop = watchSleep(platform, (sleptMs, hasClockStopped) => void woken.push([sleptMs, hasClockStopped]));
    const run = (ms: number): void => {
      const untilMs = platform.nowMs() + ms;
      while (platform.callNext(untilMs));
    };
    return { platform, woken, stop, run };
  }

  it('reports nothing while timers are on time, or late by less than 5 s', () => {
    const { platform, woken, run } = watch();
    run(100_000);
    platform.jump(5999);
    run(10_000);
    platform.sleep(4999);
    run(10_000);
    expect(woken).toEqual([]);
  });

  it('reports a timer that is late by 5 s, and whether the clock stood still', () => {
    const { platform, woken, run } = watch();
    platform.jump(6000);
    run(10_000);
    platform.sleep(5000);
    run(10_000);
    expect(woken).toEqual([
      [5000, false],
      [5000, true],
    ]);
  });

  it('a clock that is set back is no sleep', () => {
    const { platform, woken, run } = watch();
    platform.sleep(-3_600_000);
    run(10_000);
    expect(woken).toEqual([]);
  });

  it('stops', () => {
    const { platform, stop, run } = watch();
    run(3000);
    stop();
    expect(platform.timers).toBe(0);
  });
});
