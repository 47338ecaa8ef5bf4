// When a client comes back by itself, and when.
import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorName, ProtocolError } from '../../src/errors.js';
import { ALICE, TOKEN, World } from './world.js';

const closing = (Object.keys(ERRORS) as ErrorName[]).filter((code) => ERRORS[code].closes && !ERRORS[code].local);

describe('a connection that the server closes', () => {
  // TOKEN_EXPIRED wants another token.
  const replaced = closing.filter((code) => ERRORS[code].reconnect && code !== 'TOKEN_EXPIRED');
  it.each(replaced)('with %s is replaced', async (code) => {
    const world = new World();
    const client = await world.connect();
    world.served[0].close(new ProtocolError(code, 'because'));
    await world.settle();
    expect(client.state).toBe('reconnecting');
    await world.pass(250);
    expect(client.state).toBe('authenticated');
    expect(world.dials).toBe(2);
  });

  it.each(closing.filter((code) => !ERRORS[code].reconnect))('with %s is not replaced: the client has ended', async (code) => {
    const world = new World();
    const client = await world.connect();
    world.served[0].close(new ProtocolError(code, 'because'));
    await world.pass(100_000);
    expect(client.state).toBe('closed');
    expect(await client.closed).toMatchObject({ code });
    expect(world.dials).toBe(1);
    expect(world.platform.timers).toBe(0);
  });

  it('without an error is CLOSED, and replaced', async () => {
    const world = new World();
    const client = await world.connect();
    world.lastEnd.cut(1006, new Error('read ECONNRESET'));
    expect(client.state).toBe('reconnecting');
    await world.pass(250);
    expect(client.state).toBe('authenticated');
  });

  it('inside a frame is TRUNCATED, and replaced', async () => {
    const world = new World();
    const reasons: ProtocolError[] = [];
    const client = await world.connect({ onReconnect: (error) => void reasons.push(error) });
    world.lastEnd.owner.received(Uint8Array.of(0, 0));
    world.lastEnd.cut();
    await world.pass(250);
    expect(reasons.map(({ code }) => code)).toEqual(['TRUNCATED']);
    expect(client.state).toBe('authenticated');
  });
});

describe('the delay before the next attempt', () => {
  async function delays(random: number, failures: number, backoff = {}): Promise<number[]> {
    const world = new World();
    const waits: number[] = [];
    await world.connect({ random: () => random, reconnect: backoff, onReconnect: (_error, ms) => void waits.push(ms) });
    world.answer = new Error('down');
    world.lastEnd.cut();
    for (let i = 1; i < failures; i++) await world.pass(waits.at(-1)! + 1);
    return waits;
  }

  it('is random up to a maximum that doubles', async () => {
    expect(await delays(0.5, 4)).toEqual([250, 500, 1000, 2000]);
    expect(await delays(0.999, 2)).toEqual([499.5, 999]);
  });

  it('is at most maxMs', async () => {
    expect(await delays(0.5, 9)).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    expect(await delays(0.5, 3, { baseMs: 10, maxMs: 12 })).toEqual([5, 6, 6]);
  });

  it('starts again after a connection that lasted, but not after one that was lost at once', async () => {
    const world = new World();
    const waits: number[] = [];
    await world.connect({ onReconnect: (_error, ms) => void waits.push(ms) });
    for (let i = 0; i < 3; i++) {
      world.lastEnd.cut();
      await world.pass(waits.at(-1)! + 1);
    }
    expect(waits).toEqual([250, 500, 1000]);
    await world.pass(10_000);
    world.lastEnd.cut();
    expect(waits).toEqual([250, 500, 1000, 250]);
  });

  it('is at least the time that the server asks for', async () => {
    const world = new World();
    const waits: number[] = [];
    await world.connect({ onReconnect: (_error, ms) => void waits.push(ms) });
    const { driver } = world.served[0];
    driver.session.push(
      { cmd: 8, data: { $case: 'error', value: { code: ERRORS.OVERLOADED.number, retryAfterMs: 60_000 } } },
      driver.nowMs,
    );
    driver.settle();
    await world.settle();
    expect(waits).toEqual([60_000]);
    await world.pass(59_999);
    expect(world.dials).toBe(1);
    await world.pass(1);
    expect(world.dials).toBe(2);
  });
});

it('reconnect: false ends the client with the error', async () => {
  const world = new World();
  const client = await world.connect({ reconnect: false });
  world.served[0].close(new ProtocolError('OVERLOADED', 'later'));
  await world.settle();
  expect(await client.closed).toMatchObject({ code: 'OVERLOADED' });
});

it('a `login` function is called before each connection', async () => {
  const tokens: string[] = [];
  const world = new World({
    login: ({ accessToken }) => {
      tokens.push(accessToken);
      return ALICE;
    },
  });
  let asked = 0;
  await world.connect({ login: async () => ({ accessToken: `t${++asked}` }) });
  world.lastEnd.cut();
  await world.pass(250);
  expect(tokens).toEqual(['t1', 't2']);
});

it('a renewed token is used by the next connection', async () => {
  const tokens: string[] = [];
  const world = new World({
    login: ({ accessToken }) => {
      tokens.push(accessToken);
      return { ...ALICE, sessionId: accessToken };
    },
  });
  const client = await world.connect({ login: TOKEN });
  const renewed = client.login({ accessToken: 'new' });
  await world.settle();
  expect(await renewed).toMatchObject({ userId: 1n, sessionId: 'new' });
  expect(client.session?.sessionId).toBe('new');
  world.lastEnd.cut();
  await world.pass(250);
  expect(tokens).toEqual(['token', 'new', 'new']);
});

it('a refused renewal ends the client as the table of errors says', async () => {
  let isFirst = true;
  const world = new World({
    login: () => {
      if (!isFirst) throw new ProtocolError('UNAUTHENTICATED', 'no');
      isFirst = false;
      return ALICE;
    },
  });
  const client = await world.connect();
  const renewed = client.login({ accessToken: 'bad' });
  const failed = expect(renewed).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await world.settle();
  await failed;
  expect(await client.closed).toMatchObject({ code: 'UNAUTHENTICATED' });
});

it('a suspended clock: the idle timer ends the connection after it, and the client reconnects', async () => {
  const world = new World();
  const client = await world.connect();
  world.platform.jump(3_600_000);
  await world.pass(0);
  expect(client.state).toBe('reconnecting');
  await world.pass(250);
  expect(client.state).toBe('authenticated');
});
