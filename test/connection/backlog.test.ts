// What waits for an application, on both sides: one below each bound, at it, and what goes on afterwards.
import { describe, expect, it } from 'vitest';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { Backlog, type MessageEvent } from '../../src/connection/backlog.js';
import { ASK, custom, textOf } from './messages.js';
import { World } from './world.js';

const sized = (bytes: number) => ({ typeUrl: 'a/b', value: new Uint8Array(bytes) });

/** A server whose handler waits until the test says so. */
function slowServer() {
  const handled: string[] = [];
  const waiting: (() => void)[] = [];
  const world = new World({
    message: (message) =>
      new Promise<undefined>((resolve) => {
        handled.push(textOf(message));
        waiting.push(() => resolve(undefined));
      }),
  });
  return { world, handled, next: () => waiting.shift()?.() };
}

describe('a server with a slow handler', () => {
  it('is not read while 64 messages wait, until all of them are handled', async () => {
    const { world, handled, next } = slowServer();
    const client = await world.connect();
    const end = () => world.lastEnd.peer;
    for (let i = 0; i < 64; i++) client.send(custom(String(i)));
    await world.settle();
    expect([handled, end().isPaused]).toEqual([['0'], false]);
    client.send(custom('64'));
    await world.settle();
    expect(end().isPaused).toBe(true);
    client.send(custom('65'));
    await world.settle();
    for (let i = 0; i < 64; i++) {
      next();
      await world.settle();
      expect(end().isPaused).toBe(i < 63);
    }
    next();
    await world.settle();
    expect(handled).toEqual(Array.from({ length: 66 }, (_, i) => String(i)));
  });

  it('is not read while a megabyte waits', async () => {
    const { world } = slowServer();
    const client = await world.connect();
    client.send(custom('first'));
    for (let i = 0; i < 5; i++) {
      client.send({ cmd: ASK, data: { $case: 'custom', value: sized(100_000) } });
      await world.settle();
    }
    // Each counts with the chunk that it is a view of.
    expect(world.lastEnd.peer.isPaused).toBe(false);
    client.send({ cmd: ASK, data: { $case: 'custom', value: sized(100_000) } });
    await world.settle();
    expect(world.lastEnd.peer.isPaused).toBe(true);
  });

  it('ends at once with the transport, and drops waiting messages', async () => {
    const { world, handled, next } = slowServer();
    const client = await world.connect();
    for (let i = 0; i < 5000; i++) client.send(custom(String(i)));
    await world.settle();
    world.lastEnd.cut();
    await world.settle();
    expect(world.served[0].state).toBe('closed');
    expect(world.served[0].driver.session.undecodedBytes).toBe(0);
    next();
    await world.settle();
    expect(handled).toEqual(['0']);
  });

  it('gets the end of its own request while reading is paused', async () => {
    const codes: string[] = [];
    const world = new World({
      async message(_message, connection) {
        await connection.request(custom('?'), 1000).catch((error: { code: string }) => codes.push(error.code));
        return undefined;
      },
    });
    const client = await world.connect({ onRequest: () => new Promise<never>(() => {}) });
    for (let i = 0; i < 100; i++) client.send(custom('x'));
    await world.pass(5000);
    expect(codes.length).toBeGreaterThanOrEqual(4);
    expect(new Set(codes)).toEqual(new Set(['TIMEOUT']));
  });
});

describe('a client that does not iterate', () => {
  it('is not read while a megabyte waits, until half of it is delivered', async () => {
    const world = new World();
    const client = await world.connect();
    const push = { cmd: ASK, data: { $case: 'custom', value: sized(100_000) } } as const;
    for (let i = 0; i < 5; i++) {
      world.served[0].push(push);
      await world.settle();
    }
    expect(world.lastEnd.isPaused).toBe(false);
    world.served[0].push(push);
    await world.settle();
    expect(world.lastEnd.isPaused).toBe(true);
    const messages = client[Symbol.asyncIterator]();
    for (let i = 0; i < 3; i++) await messages.next();
    expect(world.lastEnd.isPaused).toBe(true);
    await messages.next();
    expect(world.lastEnd.isPaused).toBe(false);
  });

  it('still gets the messages that had arrived when its transport ends', async () => {
    const world = new World();
    const client = await world.connect({ reconnect: false });
    for (let i = 0; i < 5000; i++) world.served[0].push(custom(String(i)));
    await world.settle();
    expect(client.state).toBe('authenticated');
    world.lastEnd.cut();
    await world.settle();
    expect(client.state).toBe('closed');
    const got: string[] = [];
    const all = async () => {
      for await (const message of client) got.push(textOf(message));
    };
    await expect(all()).rejects.toMatchObject({ code: 'CLOSED' });
    expect(got).toEqual(Array.from({ length: 5000 }, (_, i) => String(i)));
  });
});

it('memory that messages share counts once, as long as one of them waits', () => {
  const [one, other] = [new ArrayBuffer(1000), new ArrayBuffer(500)];
  const item = (bytes: number, memory: ArrayBuffer | undefined): MessageEvent => ({
    type: 'message',
    message: {} as SendInfo,
    bytes,
    memory,
  });
  const backlog = new Backlog();
  const seen: number[] = [];
  for (const each of [item(10, one), item(20, one), item(5, undefined), item(30, other)]) {
    backlog.add(each);
    seen.push(backlog.bytes);
  }
  while (backlog.take() !== undefined) seen.push(backlog.bytes);
  expect(seen).toEqual([1010, 1030, 1035, 1565, 1555, 535, 530, 0]);
  backlog.add(item(10, one));
  expect([backlog.bytes, backlog.length]).toEqual([1010, 1]);
});
