// Messages of one connection: one after the other, and no more of them than the handler can take.
import { expect, it } from 'vitest';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { ASK, ask, custom, textOf } from './messages.js';
import { World } from './world.js';

/** A server whose handler is done when the test says so. */
function slow(options = {}): { world: World; got: string[]; next(): void } {
  const got: string[] = [];
  const waiting: (() => void)[] = [];
  const message = (asked: SendInfo) => {
    got.push(textOf(asked));
    return new Promise<ReturnType<typeof custom>>((resolve) => void waiting.push(() => resolve(custom(`re ${textOf(asked)}`))));
  };
  return { world: new World({ message, ...options }), got, next: () => waiting.shift()?.() };
}

it('a message is handled when the previous one is done', async () => {
  const { world, got, next } = slow();
  const client = await world.connect();
  const replies: string[] = [];
  for (const text of ['a', 'b', 'c']) void client.request(ASK, ask(text)).then((reply) => void replies.push(textOf(reply)));
  await world.settle();
  expect(got).toEqual(['a']);
  next();
  await world.settle();
  expect([got, replies]).toEqual([['a', 'b'], ['re a']]);
  next();
  await world.settle();
  next();
  await world.settle();
  expect([got, replies]).toEqual([
    ['a', 'b', 'c'],
    ['re a', 're b', 're c'],
  ]);
});

it('a handler that answers at once keeps its order among slow ones', async () => {
  const got: string[] = [];
  const world = new World({
    message: (message) => {
      got.push(textOf(message));
      return textOf(message) === 'slow' ? Promise.resolve(undefined) : undefined;
    },
  });
  const client = await world.connect();
  for (const text of ['1', 'slow', '2', '3', 'slow', '4']) client.send(custom(text));
  await world.settle();
  expect(got).toEqual(['1', 'slow', '2', '3', 'slow', '4']);
});

it('while 64 messages wait, the connection is not read, until they are handled', async () => {
  const { world, got, next } = slow();
  const client = await world.connect();
  const server = world.lastEnd.peer;
  for (let i = 0; i < 64; i++) client.send(custom(String(i)));
  await world.settle();
  expect(server.isPaused).toBe(false);
  client.send(custom('64'));
  await world.settle();
  expect(server.isPaused).toBe(true);
  for (let i = 0; i < 64; i++) {
    next();
    await world.settle();
  }
  expect(server.isPaused).toBe(false);
  next();
  await world.settle();
  expect(got).toEqual(Array.from({ length: 65 }, (_, i) => String(i)));
});

it('a client that is not read does not time out', async () => {
  const { world, next } = slow();
  const client = await world.connect({ reconnect: false });
  for (let i = 0; i < 66; i++) client.send(custom(String(i)));
  // Each message is answered in time, but not all of them.
  for (let i = 0; i < 10; i++) {
    await world.pass(60_000);
    expect(world.served[0].state).toBe('authenticated');
    next();
  }
  for (let i = 10; i < 66; i++) {
    next();
    await world.settle();
  }
  // The client has heard nothing for so long, and has gone: now that is read.
  expect(world.served[0].driver.session.closeError?.code).toBe('IDLE_TIMEOUT');
});

it('messages that wait when the connection ends are dropped', async () => {
  const { world, got, next } = slow();
  const client = await world.connect();
  for (const text of ['a', 'b']) client.send(custom(text));
  await world.settle();
  world.lastEnd.cut();
  next();
  await world.settle();
  expect(got).toEqual(['a']);
  await client.close();
});

it('a hundred thousand messages in one chunk take linear time', async () => {
  const { world, got, next } = slow();
  const client = await world.connect();
  for (let i = 0; i < 100_000; i++) client.send({ cmd: ASK });
  await world.settle();
  // If each message took time in proportion to those that wait, this would end in a timeout.
  while (got.length < 100_000) {
    for (let i = 0; i < 1000; i++) {
      next();
      await Promise.resolve();
      await Promise.resolve();
    }
    await world.settle();
  }
});
