// A client that is there at once: what it says of itself, and when.
import { describe, expect, it } from 'vitest';
import type { Client } from '../../src/connection/client.js';
import { ProtocolError } from '../../src/errors.js';
import { ALICE, World } from './world.js';

/** The states of a client, from now on. */
function statesOf(client: Client): string[] {
  const states: string[] = [client.state];
  client.subscribe(() => void states.push(client.getSnapshot().state));
  return states;
}

describe('ready', () => {
  it('resolves with the session of the first login', async () => {
    const world = new World();
    const client = world.create();
    expect([client.state, client.session, client.agreement]).toEqual(['connecting', undefined, undefined]);
    await world.settle();
    expect(await client.ready).toMatchObject(ALICE);
    expect(client.state).toBe('authenticated');
  });

  it('rejects with the reason if the first connection fails, and nobody has to look', async () => {
    const world = new World();
    world.answer = new Error('down');
    const client = world.create();
    await world.settle();
    expect(client.state).toBe('closed');
    await expect(client.ready).rejects.toMatchObject({ code: 'CLOSED' });
    expect(await client.closed).toMatchObject({ code: 'CLOSED' });
    expect(world.platform.timers).toBe(0);
  });

  it('rejects with CLOSED if the client is closed before, or its signal was aborted', async () => {
    const world = new World();
    const closed = world.create();
    await closed.close();
    await expect(closed.ready).rejects.toMatchObject({ code: 'CLOSED', message: '[CLOSED] the client has ended' });
    const aborted = world.create({ signal: AbortSignal.abort(new Error('gone')) });
    expect(aborted.state).toBe('closed');
    await expect(aborted.ready).rejects.toMatchObject({ code: 'CLOSED', message: '[CLOSED] the signal was aborted' });
    expect(world.dials).toBe(0);
  });

  it('requests that are made before wait for the login', async () => {
    const world = new World({ message: (message) => ({ cmd: message.cmd }) });
    const reply = world.create().request(1000, undefined);
    await world.settle();
    expect(await reply).toBeUndefined();
  });
});

describe('retryFirst', () => {
  it('retries the first connection with the backoff, until it is authenticated', async () => {
    const world = new World();
    const waits: number[] = [];
    world.answer = new Error('down');
    const client = world.create({ retryFirst: true, onReconnect: (_error, ms) => void waits.push(ms) });
    const states = statesOf(client);
    await world.settle();
    expect(client.getSnapshot()).toMatchObject({ state: 'connecting', error: { code: 'CLOSED' }, retryInMs: 250 });
    await world.pass(251);
    await world.pass(501);
    world.answer = 'server';
    await world.pass(1001);
    expect(waits).toEqual([250, 500, 1000]);
    expect(client.getSnapshot()).toMatchObject({ state: 'authenticated', error: undefined, retryInMs: undefined });
    expect(new Set(states)).toEqual(new Set(['connecting', 'authenticated']));
    expect(world.dials).toBe(4);
  });

  it('ends with an error after which no client comes back', async () => {
    const world = new World({
      login: () => {
        throw new ProtocolError('UNAUTHENTICATED', 'no');
      },
    });
    const client = world.create({ retryFirst: true });
    await world.settle();
    await expect(client.ready).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(world.dials).toBe(1);
  });

  it('does nothing with reconnect: false', async () => {
    const world = new World();
    world.answer = new Error('down');
    const client = world.create({ retryFirst: true, reconnect: false });
    await world.settle();
    expect(client.state).toBe('closed');
  });
});

describe('subscribe', () => {
  it('tells each change once, of the state as the client has it then', async () => {
    const world = new World();
    const client = world.create();
    const states = statesOf(client);
    await world.settle();
    world.lastEnd.cut();
    await world.pass(250);
    await client.close();
    expect(states).toEqual(['connecting', 'authenticated', 'reconnecting', 'reconnecting', 'authenticated', 'closed']);
  });

  it('the snapshot is the same object until something changes', async () => {
    const world = new World();
    const client = world.create();
    const { subscribe, getSnapshot } = client;
    const first = getSnapshot();
    expect(getSnapshot()).toBe(first);
    await world.settle();
    const second = getSnapshot();
    expect(second).not.toBe(first);
    await world.pass(100_000);
    expect(getSnapshot()).toBe(second);
    expect(second).toEqual({ state: 'authenticated', session: client.session, error: undefined, retryInMs: undefined });
    expect(subscribe(() => {})()).toBeUndefined();
  });

  it('a drain and a renewed token are changes too', async () => {
    const world = new World();
    const client = world.create();
    await world.settle();
    const states = statesOf(client);
    const { session } = client;
    void client.login({ accessToken: 'another' });
    await world.settle();
    expect(client.getSnapshot().session).not.toBe(session);
    world.served[0].drain({ graceMs: 10_000, reconnectAfterMs: 0 });
    await world.pass(1);
    expect(states).toEqual(['authenticated', 'authenticated', 'draining', 'authenticated']);
  });

  it('after the unsubscription nothing is told, even if a listener before has removed it', async () => {
    const world = new World();
    const client = world.create();
    const told: string[] = [];
    client.subscribe(() => {
      told.push('first');
      stop();
      stop();
    });
    const stop = client.subscribe(() => void told.push('second'));
    await world.settle();
    expect(told).toEqual(['first']);
  });

  it('the same listener may be added twice, and each is removed alone', async () => {
    const world = new World();
    const client = world.create();
    let calls = 0;
    const listener = (): void => {
      calls += 1;
    };
    const stop = client.subscribe(listener);
    client.subscribe(listener);
    await world.settle();
    expect(calls).toBe(2);
    stop();
    await client.close();
    expect(calls).toBe(3);
  });

  it('a listener that throws reaches onError, and no other listener or the client', async () => {
    const world = new World();
    const errors: unknown[] = [];
    const client = world.create({ onError: (error, { callback }) => void errors.push([callback, error]) });
    const broken = new Error('broken');
    client.subscribe(() => {
      throw broken;
    });
    const states = statesOf(client);
    await world.settle();
    expect(errors).toEqual([['subscribe', broken]]);
    expect(states).toEqual(['connecting', 'authenticated']);
    expect(() => client.subscribe(undefined as never)).toThrow(TypeError);
  });

  it('a listener may close the client', async () => {
    const world = new World();
    const client = world.create();
    client.subscribe(() => {
      if (client.state === 'authenticated') void client.close();
    });
    await world.settle();
    expect(client.state).toBe('closed');
    expect(world.platform.timers).toBe(0);
  });
});

describe('reconnectNow', () => {
  it('tries at once instead of after the backoff', async () => {
    const world = new World();
    const client = await world.connect({ reconnect: { baseMs: 60_000, maxMs: 60_000 } });
    world.lastEnd.cut();
    await world.pass(1);
    expect(client.getSnapshot().retryInMs).toBe(30_000);
    client.reconnectNow();
    client.reconnectNow();
    await world.settle();
    expect(client.state).toBe('authenticated');
    expect(world.dials).toBe(2);
  });

  it('waits as long as the server has asked, and no longer', async () => {
    const world = new World();
    const client = await world.connect({ reconnect: { baseMs: 600_000, maxMs: 600_000 } });
    world.served[0].close(new ProtocolError('OVERLOADED', 'full', { retryAfterMs: 5000 }));
    await world.settle();
    client.reconnectNow();
    await world.pass(4999);
    expect(world.dials).toBe(1);
    await world.pass(1);
    expect(world.dials).toBe(2);
  });

  it('replaces a connection that does not answer, and keeps one that does', async () => {
    const world = new World();
    const client = await world.connect();
    client.reconnectNow();
    await world.pass(5000);
    expect(world.dials).toBe(1);
    world.lastEnd.isStuck = true;
    client.reconnectNow();
    await world.pass(1499);
    expect(world.dials).toBe(1);
    await world.pass(1);
    expect(client.state).toBe('authenticated');
    expect(world.dials).toBe(2);
  });

  it('does nothing after the end, and starts no second attempt', async () => {
    const world = new World();
    world.answer = 'nothing';
    const client = world.create({ retryFirst: true });
    await world.pass(100);
    client.reconnectNow();
    await world.pass(100);
    expect(world.dials).toBe(1);
    await client.close();
    client.reconnectNow();
    await world.pass(100_000);
    expect(world.dials).toBe(1);
    expect(world.platform.timers).toBe(0);
  });
});
