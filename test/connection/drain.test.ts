// A server that drains: its clients move to another one, lose nothing, and send nothing twice.
import { describe, expect, it } from 'vitest';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import type { ServerConnection } from '../../src/connection/server-connection.js';
import { ProtocolError } from '../../src/errors.js';
import { ASK, ask, custom, textOf } from './messages.js';
import { ALICE, World } from './world.js';

const DRAIN = { graceMs: 60_000, reconnectAfterMs: 1000 };

/** A world whose requests are answered when the test says so. */
class SlowWorld extends World {
  readonly got: string[] = [];
  readonly answers: (() => void)[] = [];

  constructor() {
    super({
      transport: 'websocket',
      message: (message: SendInfo) => {
        this.got.push(textOf(message));
        return new Promise((resolve) => void this.answers.push(() => resolve(custom(`re ${textOf(message)}`))));
      },
    });
  }
}

it('the client reconnects after a random time, and closes the old connection once the new one is authenticated', async () => {
  const world = new World();
  const client = await world.connect();
  world.served[0].drain(DRAIN);
  await world.settle();
  expect(client.state).toBe('draining');
  await world.pass(499);
  expect(world.dials).toBe(1);
  await world.pass(1);
  expect(world.dials).toBe(2);
  expect(client.state).toBe('authenticated');
  expect(world.served.map(({ state }) => state)).toEqual(['closed', 'authenticated']);
});

it('open requests are answered first, and new ones go to the next connection, once', async () => {
  const world = new SlowWorld();
  const client = await world.connect();
  const before = client.request(ASK, ask('before'));
  await world.settle();
  world.served[0].drain(DRAIN);
  await world.settle();
  const during = client.request(ASK, ask('during'));
  await world.pass(2000);
  expect([world.dials, world.got]).toEqual([1, ['before']]);
  world.answers[0]();
  await world.settle();
  expect(textOf(await before)).toBe('re before');
  expect([world.dials, world.got]).toEqual([2, ['before', 'during']]);
  world.answers[1]();
  await world.settle();
  expect(textOf(await during)).toBe('re during');
  expect(world.got).toEqual(['before', 'during']);
});

it('a request that crosses with DRAIN is refused, and sent again', async () => {
  const world = new SlowWorld();
  const client = await world.connect();
  world.served[0].drain({ ...DRAIN, reconnectAfterMs: 0 });
  const crossing = client.request(ASK, ask('crossing'));
  await world.pass(1);
  expect(world.got).toEqual(['crossing']);
  expect(world.served[1].driver.session.unanswered).toBe(1);
  world.answers[0]();
  await world.settle();
  expect(textOf(await crossing)).toBe('re crossing');
});

it('a request that was not answered before the end of the grace period is not sent again: it may have been accepted', async () => {
  const world = new SlowWorld();
  const client = await world.connect();
  const open = expect(client.request(ASK, ask('open'), { timeoutMs: 100_000 })).rejects.toMatchObject({ code: 'DRAINING' });
  await world.settle();
  world.served[0].drain({ graceMs: 5000, reconnectAfterMs: 0 });
  await world.pass(6000);
  await open;
  expect(world.got).toEqual(['open']);
  expect(client.state).toBe('authenticated');
});

it('with resume it is sent again', async () => {
  const world = new SlowWorld();
  const client = await world.connect({ resume: true });
  const open = client.request(ASK, ask('open'), { timeoutMs: 100_000 });
  await world.settle();
  world.served[0].drain({ graceMs: 5000, reconnectAfterMs: 0 });
  await world.pass(6000);
  expect(world.got).toEqual(['open', 'open']);
  world.answers[1]();
  await world.settle();
  expect(textOf(await open)).toBe('re open');
});

it('pushes of the client are sent on the draining connection', async () => {
  const got: string[] = [];
  const world = new World({ message: (message) => void got.push(textOf(message)) as undefined });
  const client = await world.connect();
  world.served[0].drain(DRAIN);
  await world.settle();
  client.send(custom('push'));
  await world.settle();
  expect(got).toEqual(['push']);
});

it('a DRAIN that arrives before the reply to LOGIN is handled after it', async () => {
  let accept: (() => void) | undefined;
  const world = new World({
    login: () =>
      accept === undefined
        ? new Promise((resolve) => (accept = () => resolve({ userId: 1n, terminal: 1 })))
        : { userId: 1n, terminal: 1 },
  });
  const starting = world.start();
  await world.settle();
  world.served[0].drain({ ...DRAIN, reconnectAfterMs: 0 });
  await world.settle();
  accept!();
  await world.settle();
  const client = await starting;
  expect(client.state).toBe('draining');
  await world.pass(1);
  expect([client.state, world.dials]).toEqual(['authenticated', 2]);
});

it('FORCE_LOGOUT during a drain ends the client', async () => {
  const world = new World();
  const client = await world.connect();
  world.served[0].drain(DRAIN);
  await world.settle();
  world.served[0].close(new ProtocolError('FORCED_LOGOUT', 'another device'));
  await world.pass(10_000);
  expect(await client.closed).toMatchObject({ code: 'FORCED_LOGOUT' });
  expect(world.dials).toBe(1);
});

it('a client that is replaced by its own next connection continues', async () => {
  const world = new World();
  const client = await world.connect({ login: { accessToken: 't' } });
  world.served[0].drain({ ...DRAIN, reconnectAfterMs: 0 });
  await world.settle();
  // The platform is faster than the reply to LOGIN.
  world.answer = 'nothing';
  await world.pass(1);
  world.served[0].takeOver({ user: { userId: 1n, terminal: 1 }, deviceId: '' });
  await world.settle();
  world.answer = 'server';
  await world.pass(11_000);
  expect(client.state).toBe('authenticated');
});

it('with reconnect: false it stays until the end, and new requests fail with DRAINING', async () => {
  const world = new World({ transport: 'websocket' });
  const client = await world.connect({ reconnect: false });
  world.served[0].drain({ graceMs: 1000, reconnectAfterMs: 0 });
  await world.settle();
  await expect(client.request(ASK, ask('a'))).rejects.toMatchObject({ code: 'DRAINING' });
  await world.pass(1000);
  expect(await client.closed).toMatchObject({ code: 'DRAINING' });
  expect(world.dials).toBe(1);
});

it('a next server that cannot be reached is retried while the old connection is open', async () => {
  const world = new World();
  const client = await world.connect();
  world.served[0].drain({ ...DRAIN, reconnectAfterMs: 0 });
  world.answer = new Error('down');
  await world.pass(100);
  expect([client.state, world.served[0].state]).toEqual(['reconnecting', 'draining']);
  world.answer = 'server';
  await world.pass(250);
  expect([client.state, world.served[0].state]).toEqual(['authenticated', 'closed']);
});

describe('a server that drains each connection as soon as it is authenticated', () => {
  const drain = { graceMs: 1000, reconnectAfterMs: 0 };

  it.each([
    ['after LOGIN', { onLogin: (connection: ServerConnection) => connection.drain(drain) }],
    [
      'before LOGIN is answered',
      {
        login: (_login: unknown, connection: ServerConnection) => {
          connection.drain(drain);
          return ALICE;
        },
      },
    ],
  ])('%s: the client moves at once the first time, and backs off from then on', async (_when, handlers) => {
    const world = new World(handlers);
    await world.connect();
    await world.pass(0);
    expect(world.dials).toBe(2);
    // Half of 500 ms, of 1 s, of 2 s ...
    await world.pass(249);
    expect(world.dials).toBe(2);
    await world.pass(1);
    expect(world.dials).toBe(3);
    await world.pass(60_000);
    expect(world.dials).toBeLessThan(12);
  });

  it('a connection that lasted resets the backoff', async () => {
    const world = new World();
    const client = await world.connect();
    for (let dials = 2; dials < 6; dials++) {
      await world.pass(10_000);
      world.lastServed.drain(drain);
      await world.pass(1);
      expect([world.dials, client.state]).toEqual([dials, 'authenticated']);
    }
  });

  it('the longer of both applies: the time that the server asks for, or the backoff', async () => {
    const world = new World();
    await world.connect();
    world.lastServed.drain({ ...drain, reconnectAfterMs: 10 });
    await world.pass(5);
    world.lastServed.drain({ ...drain, reconnectAfterMs: 4000 });
    await world.pass(1999);
    expect(world.dials).toBe(2);
    await world.pass(1);
    expect(world.dials).toBe(3);
  });
});
