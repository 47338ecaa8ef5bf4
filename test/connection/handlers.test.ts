// Messages of the server, by handlers and by loops.
import { expect, it } from 'vitest';
import type { Client } from '../../src/connection/client.js';
import { Command } from '../../src/index.js';
import { custom, push, textOf } from './messages.js';
import { unhandledRejections } from './rejections.js';
import { World } from './world.js';

const FROM_BOB = { sender: { userId: 2n, terminal: 1 }, receiverId: 1n } as const;

function privateMessage(messageId: bigint, text = String(messageId)) {
  const value = { ...FROM_BOB, content: { messageId, body: { $case: 'text', value: { text } } } } as const;
  return { cmd: Command.PRIVATE_MESSAGE, data: { $case: 'privateMessage', value } } as const;
}

/** The texts that a handler of the command gets. */
function collect(client: Client, command: number | 'other'): string[] {
  const texts: string[] = [];
  client.on(command, (_data, message) => void texts.push(textOf(message)));
  return texts;
}

it('each handler of a command gets its messages, with their data', async () => {
  const world = new World();
  const client = await world.connect();
  const texts: string[] = [];
  client.on(Command.PRIVATE_MESSAGE, ({ sender, content }, message) => {
    texts.push(`${sender!.userId} ${content!.messageId} ${textOf(message)}`);
  });
  const again = collect(client, Command.PRIVATE_MESSAGE);
  const others = collect(client, Command.SYSTEM_MESSAGE);
  world.served[0].push(privateMessage(1n, 'a'));
  world.served[0].push(push(2n, 'b'));
  world.served[0].push(privateMessage(3n, 'c'));
  await world.settle();
  expect([texts, again, others]).toEqual([['2 1 a', '2 3 c'], ['a', 'c'], ['b']]);
});

it('a removed handler gets nothing more, and the others do', async () => {
  const world = new World();
  const client = await world.connect();
  const texts: string[] = [];
  const remove = client.on(Command.PRIVATE_MESSAGE, (_data, message) => {
    texts.push(`once ${textOf(message)}`);
    remove();
    remove();
  });
  const all = collect(client, Command.PRIVATE_MESSAGE);
  for (const id of [1n, 2n]) world.served[0].push(privateMessage(id));
  await world.settle();
  expect([texts, all]).toEqual([['once 1'], ['1', '2']]);
});

it('more messages than may wait for a loop pass a client with handlers alone', async () => {
  const world = new World();
  const client = await world.connect();
  const texts = collect(client, Command.SYSTEM_MESSAGE);
  for (let id = 1n; id <= 3000n; id++) world.served[0].push(push(id));
  await world.settle();
  expect(texts).toHaveLength(3000);
  expect(world.lastEnd.isPaused).toBe(false);
});

it('messages that arrived before their first handler are handed over after the turn, in order, by all handlers of the turn', async () => {
  const world = new World();
  const client = await world.connect();
  for (const message of [privateMessage(1n), push(2n), privateMessage(3n)]) world.served[0].push(message);
  await world.settle();
  const texts: string[] = [];
  const add = (command: number): void => {
    client.on(command, (_data, message) => void texts.push(textOf(message)));
  };
  add(Command.SYSTEM_MESSAGE);
  add(Command.PRIVATE_MESSAGE);
  expect(texts).toEqual([]);
  await world.settle();
  expect(texts).toEqual(['1', '2', '3']);
});

it('a message that arrives before these are handed over comes after them', async () => {
  const world = new World();
  const client = await world.connect();
  for (const id of [1n, 2n]) world.served[0].push(push(id));
  await world.settle();
  world.served[0].push(push(3n));
  world.platform.callSoon();
  const texts = collect(client, Command.SYSTEM_MESSAGE);
  world.lastEnd.peer.deliver();
  expect(texts).toEqual(['1', '2', '3']);
  await world.settle();
  expect(texts).toEqual(['1', '2', '3']);
});

it('a message without a handler waits for a loop, and a loop gets the messages of handlers too', async () => {
  const world = new World();
  const client = await world.connect();
  const handled = collect(client, Command.PRIVATE_MESSAGE);
  for (const message of [privateMessage(1n), push(2n)]) world.served[0].push(message);
  await world.settle();
  const looped: string[] = [];
  const loop = (async () => {
    for await (const message of client) {
      looped.push(textOf(message));
      if (looped.length === 3) break;
    }
  })();
  for (const message of [privateMessage(3n), push(4n)]) world.served[0].push(message);
  await world.settle();
  await loop;
  expect([handled, looped]).toEqual([
    ['1', '3'],
    ['2', '3', '4'],
  ]);
  // The loop has ended: handlers alone again.
  world.served[0].push(privateMessage(5n));
  await world.settle();
  const next = client[Symbol.asyncIterator]();
  world.served[0].push(push(6n));
  await world.settle();
  expect(textOf((await next.next()).value)).toBe('6');
});

it("'other' gets what has no handler", async () => {
  const world = new World();
  const client = await world.connect();
  const handled = collect(client, Command.PRIVATE_MESSAGE);
  const others = collect(client, 'other');
  for (const message of [privateMessage(1n), push(2n), custom('three')]) world.served[0].push(message);
  await world.settle();
  expect([handled, others]).toEqual([['1'], ['2', 'three']]);
});

it('a handler that throws or rejects reaches onError, and the message is confirmed', async () => {
  const world = new World();
  const rejections = unhandledRejections();
  const errors: unknown[] = [];
  const client = await world.connect({
    onError: (error, context) => void errors.push([context.callback, context.command, String(error)]),
  });
  client.on(Command.PRIVATE_MESSAGE, () => {
    throw new Error('thrown');
  });
  client.on(Command.PRIVATE_MESSAGE, async () => {
    throw new Error('rejected');
  });
  const all = collect(client, Command.PRIVATE_MESSAGE);
  const receipt = world.served[0].request(privateMessage(1n));
  await world.settle();
  expect(await receipt).toMatchObject({ data: { $case: 'sendResult', value: { code: 1, messageId: 1n } } });
  expect(errors).toEqual([
    ['on', 4, 'Error: thrown'],
    ['on', 4, 'Error: rejected'],
  ]);
  expect(all).toEqual(['1']);
  expect(rejections).toEqual([]);
});

it("with confirm: 'stored' the application confirms", async () => {
  const world = new World();
  const client = await world.connect({ confirm: 'stored' });
  let confirm: () => void = () => {};
  client.on(Command.PRIVATE_MESSAGE, (_data, message) => {
    confirm = () => client.confirm(message);
  });
  let isConfirmed = false;
  void world.served[0].request(privateMessage(1n)).then(() => {
    isConfirmed = true;
  });
  await world.settle();
  expect(isConfirmed).toBe(false);
  confirm();
  await world.settle();
  expect(isConfirmed).toBe(true);
});

it('a duplicate reaches no handler again, on the next connection neither', async () => {
  const world = new World();
  const client = await world.connect();
  const texts = collect(client, Command.PRIVATE_MESSAGE);
  world.served[0].push(privateMessage(1n));
  await world.settle();
  world.lastEnd.cut();
  await world.pass(250);
  for (const id of [1n, 2n]) world.served[1].push(privateMessage(id));
  await world.settle();
  expect(texts).toEqual(['1', '2']);
});

it('a handler may close the client', async () => {
  const world = new World();
  const client = await world.connect();
  client.on(Command.SYSTEM_MESSAGE, () => void client.close());
  for (const id of [1n, 2n]) world.served[0].push(push(id));
  await world.settle();
  expect(client.state).toBe('closed');
});

it('anything but a command and a function is a TypeError', async () => {
  const client = await new World().connect();
  expect(() => client.on(4, undefined as never)).toThrow('on: expected a function, got undefined');
  expect(() => client.on('4' as never, () => {})).toThrow('on: expected a command, got 4');
});
