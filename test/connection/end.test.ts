// How a client ends: by close, by a signal, in each of its states.
import { describe, expect, it } from 'vitest';
import { ASK, ask } from './messages.js';
import { World } from './world.js';

describe('close', () => {
  it('ends requests with CLOSED, and the connection without an error', async () => {
    const world = new World({ message: () => new Promise<never>(() => {}) });
    const client = await world.connect();
    const failed = expect(client.request(ASK, ask('a'))).rejects.toThrow('[CLOSED] the client has ended');
    await world.settle();
    expect(await client.close()).toBeUndefined();
    await failed;
    await world.settle();
    expect(world.lastEnd.closeCode).toBe(1000);
    expect(world.served[0].state).toBe('closed');
  });

  it('sends earlier messages first', async () => {
    const got: number[] = [];
    const world = new World({ message: ({ cmd }) => void got.push(cmd) as undefined });
    const client = await world.connect();
    client.send({ cmd: ASK });
    await client.close();
    await world.settle();
    expect(got).toEqual([ASK]);
  });

  it('stops reconnecting while it waits', async () => {
    const world = new World();
    const client = await world.connect();
    world.lastEnd.cut();
    await client.close();
    await world.pass(100_000);
    expect([world.dials, world.platform.timers, client.state]).toEqual([1, 0, 'closed']);
  });

  it('cancels dialing, and closes a transport that opens nevertheless', async () => {
    const world = new World();
    const client = await world.connect();
    world.answer = 'nothing';
    world.lastEnd.cut();
    await world.pass(250);
    await client.close();
    expect([world.cancelled, world.platform.timers]).toEqual([2, 0]);
  });

  it('while it is draining, closes both connections', async () => {
    const world = new World();
    const client = await world.connect();
    world.served[0].drain({ graceMs: 60_000, reconnectAfterMs: 0 });
    await world.settle();
    await client.close();
    await world.pass(1000);
    expect([world.dials, world.served[0].state, world.platform.timers]).toEqual([1, 'closed', 0]);
  });

  it('while `login` is called, opens no connection', async () => {
    const world = new World();
    let give: ((login: { accessToken: string }) => void) | undefined;
    let isFirst = true;
    const client = await world.connect({
      login: () => {
        if (!isFirst) return new Promise((resolve) => (give = resolve));
        isFirst = false;
        return { accessToken: 'a' };
      },
    });
    world.lastEnd.cut();
    await world.pass(250);
    await client.close();
    give!({ accessToken: 'b' });
    await world.settle();
    expect(world.dials).toBe(1);
  });

  it('may be called twice', async () => {
    const world = new World();
    const client = await world.connect();
    await client.close();
    expect(await client.close()).toBeUndefined();
  });
});

describe('a signal that is aborted', () => {
  const reason = new Error('the page is left');

  it('before connecting, rejects without dialing', async () => {
    const world = new World();
    const error = await world.connect({ signal: AbortSignal.abort(reason) }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CLOSED', message: '[CLOSED] the signal was aborted', cause: reason });
    expect(world.dials).toBe(0);
  });

  it('while connecting, rejects and cancels dialing', async () => {
    const world = new World();
    const controller = new AbortController();
    world.answer = 'nothing';
    const failed = expect(world.start({ signal: controller.signal })).rejects.toMatchObject({ code: 'CLOSED', cause: reason });
    await world.settle();
    controller.abort(reason);
    await failed;
    expect([world.cancelled, world.platform.timers]).toEqual([1, 0]);
  });

  it('afterwards, ends the client with it, its requests and its iteration', async () => {
    const world = new World({ message: () => new Promise<never>(() => {}) });
    const controller = new AbortController();
    const client = await world.connect({ signal: controller.signal });
    const requested = expect(client.request(ASK, ask('a'))).rejects.toThrow('[CLOSED] the signal was aborted');
    const iterated = expect(client[Symbol.asyncIterator]().next()).rejects.toThrow('[CLOSED] the signal was aborted');
    controller.abort(reason);
    await Promise.all([requested, iterated]);
    expect(await client.closed).toMatchObject({ cause: reason });
  });

  it('has no listener of a client that has ended', async () => {
    const world = new World();
    const listeners = new Set<() => void>();
    const signal = {
      aborted: false,
      addEventListener: (_type: 'abort', listener: () => void) => void listeners.add(listener),
      removeEventListener: (_type: 'abort', listener: () => void) => void listeners.delete(listener),
    };
    const client = await world.connect({ signal });
    expect(listeners.size).toBe(1);
    await client.close();
    expect(listeners.size).toBe(0);
  });
});
