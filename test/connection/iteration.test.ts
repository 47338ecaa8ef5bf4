// Messages of the server, as the application takes them.
import { describe, expect, it } from 'vitest';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import type { Client } from '../../src/connection/client.js';
import { ProtocolError } from '../../src/errors.js';
import { StreamState } from '../../src/index.js';
import { turn } from './fake-platform.js';
import { ASK, ask, custom, push, textOf } from './messages.js';
import { World } from './world.js';

/** Takes so many messages. */
async function take(client: Client, count: number): Promise<string[]> {
  const texts: string[] = [];
  for await (const message of client) {
    texts.push(textOf(message));
    if (texts.length === count) break;
  }
  return texts;
}

it('messages are in order, including those that arrived before the loop', async () => {
  const world = new World();
  const client = await world.connect();
  for (const id of [1n, 2n]) world.served[0].push(push(id));
  await world.settle();
  const taken = take(client, 3);
  world.served[0].push(push(3n));
  await world.settle();
  expect(await taken).toEqual(['1', '2', '3']);
});

it('a new loop continues where the last one stopped', async () => {
  const world = new World();
  const client = await world.connect();
  for (const id of [1n, 2n, 3n]) world.served[0].push(push(id));
  await world.settle();
  expect(await take(client, 1)).toEqual(['1']);
  expect(await take(client, 2)).toEqual(['2', '3']);
});

it('two loops share the stream: each message goes to one of them', async () => {
  const world = new World();
  const client = await world.connect();
  const both = Promise.all([take(client, 2), take(client, 2)]);
  for (const id of [1n, 2n, 3n, 4n]) world.served[0].push(push(id));
  await world.settle();
  expect((await both).flat().sort()).toEqual(['1', '2', '3', '4']);
});

it('it ends with close, after the waiting messages', async () => {
  const world = new World();
  const client = await world.connect();
  world.served[0].push(push(1n));
  await world.settle();
  await client.close();
  const texts: string[] = [];
  for await (const message of client) texts.push(textOf(message));
  expect(texts).toEqual(['1']);
});

it('it throws the reason of the end after the waiting messages: FORCE_LOGOUT is a message', async () => {
  const world = new World();
  const client = await world.connect();
  world.served[0].takeOver({ user: { userId: 1n, terminal: 1 }, deviceId: 'other', reason: 'phone' });
  await world.settle();
  const got: SendInfo[] = [];
  const ended = (async () => {
    for await (const message of client) got.push(message);
  })();
  await expect(ended).rejects.toMatchObject({ code: 'FORCED_LOGOUT' });
  expect(got.map(({ cmd }) => cmd)).toEqual([3]);
});

it('it continues after a reconnect, and a duplicate is delivered once', async () => {
  const world = new World();
  const client = await world.connect();
  world.served[0].push(push(1n));
  await world.settle();
  world.lastEnd.cut();
  await world.pass(250);
  for (const id of [1n, 2n]) world.served[1].push(push(id));
  await world.settle();
  expect(await take(client, 2)).toEqual(['1', '2']);
});

it('a message marked as delivered is not delivered again', async () => {
  const world = new World();
  const client = await world.connect();
  expect(client.markDelivered(1n)).toBe(true);
  for (const id of [1n, 2n]) world.served[0].push(push(id));
  await world.settle();
  expect(await take(client, 1)).toEqual(['2']);
  expect(client.markDelivered(2n)).toBe(false);
});

it('a stream marked as delivered is delivered again with its next step', async () => {
  const world = new World({ versions: [2] });
  const client = await world.connect({ versions: [2] });
  const { OPEN, DONE } = StreamState;
  const step = (state: StreamState, index: number) => {
    const body = { $case: 'stream', value: { text: String(index), state, index } } as const;
    return { cmd: 6, data: { $case: 'systemMessage', value: { content: { messageId: 1n, body } } } } as const;
  };
  expect(client.markDelivered(1n, { state: OPEN, index: 1 })).toBe(true);
  for (const message of [step(OPEN, 1), step(OPEN, 2), step(DONE, 2), step(DONE, 2), push(2n)]) world.served[0].push(message);
  await world.settle();
  const received: unknown[] = [];
  for await (const { data } of client) {
    const body = data?.$case === 'systemMessage' ? data.value.content?.body : undefined;
    if (body?.$case !== 'stream') break;
    received.push([body.value.state, body.value.index]);
  }
  expect(received).toEqual([
    [OPEN, 2],
    [DONE, 2],
  ]);
  expect(client.markDelivered(1n, { state: DONE, index: 2 })).toBe(false);
});

it('deliveredIds limits the number of remembered ids', async () => {
  const world = new World();
  const client = await world.connect({ deliveredIds: 1 });
  for (const id of [1n, 2n, 1n]) world.served[0].push(push(id));
  await world.settle();
  expect(await take(client, 3)).toEqual(['1', '2', '1']);
});

it('a push that expects a reply is confirmed when the application has it', async () => {
  const world = new World();
  const client = await world.connect();
  let receipt: SendInfo | undefined;
  void world.served[0].request(push(5n)).then((reply) => {
    receipt = reply;
  });
  await world.settle();
  expect(receipt).toBeUndefined();
  await take(client, 1);
  await world.settle();
  expect(receipt?.data).toMatchObject({ $case: 'sendResult', value: { code: 1, cmd: 6, messageId: 5n } });
});

describe('a client that does not iterate', () => {
  async function flooded(canPause: boolean, count: number): Promise<[World, Client]> {
    const world = new World({ canPause, message: (message) => custom(`re ${textOf(message)}`) });
    const client = await world.connect();
    for (let sent = 0; sent < count; sent += 1000) {
      for (let i = 0; i < 1000; i++) world.served[0].push(custom('x'));
      await world.settle();
    }
    return [world, client];
  }

  it('is not read from 1024 messages on, until half of them are delivered', async () => {
    const [world, client] = await flooded(true, 2000);
    expect(world.lastEnd.isPaused).toBe(true);
    await take(client, 2000 - 512);
    expect(world.lastEnd.isPaused).toBe(true);
    await take(client, 1);
    expect(world.lastEnd.isPaused).toBe(false);
  });

  it('does not time out: the server is silent only because it is not read', async () => {
    const [world, client] = await flooded(true, 2000);
    await world.pass(600_000);
    expect(client.state).toBe('authenticated');
    await take(client, 2000);
    await world.pass(600_000);
    expect([client.state, world.dials]).toEqual(['authenticated', 1]);
  });

  it('still gets the reply to a request: a loop may wait for one', async () => {
    const [world, client] = await flooded(true, 2000);
    const answer = client.request(ASK, ask('a'));
    await world.settle();
    expect(textOf(await answer)).toBe('re a');
  });

  it('is closed as SLOW_CONSUMER if it cannot stop reading', async () => {
    const [world, client] = await flooded(false, 66_000);
    expect(client.state).toBe('reconnecting');
    expect(world.served[0].driver.session.closeError?.code).toBe('SLOW_CONSUMER');
    expect((await take(client, 65_536)).length).toBe(65_536);
  });
});

describe('requests of the server', () => {
  it('are answered by onRequest', async () => {
    const world = new World();
    await world.connect({ onRequest: async (message) => custom(`re ${textOf(message)}`) });
    const answer = world.served[0].request(custom('a'));
    await world.settle();
    expect(textOf(await answer)).toBe('re a');
  });

  it.each([
    [undefined, 'UNSUPPORTED_COMMAND'],
    [() => undefined, 'UNSUPPORTED_COMMAND'],
    [() => Promise.reject(new Error('secret')), 'INTERNAL'],
    [() => Promise.reject(new ProtocolError('PERMISSION_DENIED', 'no')), 'PERMISSION_DENIED'],
    [() => ({ cmd: 4 }), 'INTERNAL'],
  ])('are refused otherwise, and the log learns of it once', async (onRequest, code) => {
    const world = new World();
    const notices: ProtocolError[] = [];
    await world.connect({ onRequest, onNotice: (error) => void notices.push(error) });
    const refused = world.served[0].request(custom('a')).catch((error: unknown) => error);
    await world.settle();
    expect(await refused).toMatchObject({ code });
    expect(String(await refused)).not.toContain('secret');
    expect(notices.map((error) => error.code)).toEqual([code]);
  });

  it('that are not of the application are delivered: a push with a sequence', async () => {
    const world = new World();
    const client = await world.connect({ onRequest: () => custom('never') });
    void world.served[0].request(push(1n)).catch(() => {});
    await world.settle();
    expect(await take(client, 1)).toEqual(['1']);
    await turn();
  });
});
