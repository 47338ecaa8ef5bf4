// Requests of a client: their replies, and what becomes of them without a connection.
import { describe, expect, it } from 'vitest';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import { ProtocolError } from '../../src/errors.js';
import { ASK, ask, chat, custom, taken, textOf } from './messages.js';
import { World } from './world.js';

const echo = (message: SendInfo) => custom(`re ${textOf(message)}`);
/** Never answers. */
const silent = () => new Promise<never>(() => {});

it('a reply is typed: SendResult for a message, an Any for a command of the application', async () => {
  const world = new World({ message: (message) => (message.cmd === 4 ? taken(message, 42n) : echo(message)) });
  const client = await world.connect();
  const [result, answer] = [client.request(4, chat('hi')), client.request(ASK, ask('a'))];
  await world.settle();
  expect((await result).messageId).toBe(42n);
  expect(textOf(await answer)).toBe('re a');
});

it('a message gets its sender and a client_message_id', async () => {
  const got: SendInfo[] = [];
  const world = new World({ message: (message) => taken(message, BigInt(got.push(message))) });
  const client = await world.connect();
  const sent = client.request(4, chat('hi'));
  await world.settle();
  await sent;
  const { data } = got[0];
  expect(data).toMatchObject({ value: { sender: { userId: 1n, terminal: 1 }, content: { clientMessageId: 'id-1' } } });
});

it('data that breaks a rule rejects, and nothing is sent', async () => {
  const world = new World();
  const client = await world.connect();
  await expect(client.request(4, { content: { body: undefined } } as never)).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
  await expect(client.request(6 as number, undefined)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  expect(world.lastEnd.writes).toHaveLength(1);
});

it.each([-1, Number.NaN])('a timeout of %s is a RangeError', async (timeoutMs) => {
  const world = new World();
  const client = await world.connect();
  await expect(client.request(ASK, ask('a'), { timeoutMs })).rejects.toBeInstanceOf(RangeError);
});

it('a request that is not answered in time is a TIMEOUT, and its late reply is dropped', async () => {
  let answer: (() => void) | undefined;
  const message = (asked: SendInfo) => new Promise<ReturnType<typeof echo>>((resolve) => (answer = () => resolve(echo(asked))));
  const world = new World({ message });
  const client = await world.connect();
  const failed = expect(client.request(ASK, ask('a'), { timeoutMs: 100 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  await world.pass(100);
  await failed;
  answer!();
  await world.settle();
  expect(client.state).toBe('authenticated');
});

it('a finished request keeps no timer', async () => {
  // Catches a timer that is not cleared with the reply: it would keep the message, and the process, until the time of the request is over.
  const world = new World({ message: (message) => (textOf(message) === 'a' ? echo(message) : silent()) });
  const client = await world.connect();
  const { timers } = world.platform;
  const [answered, refused] = [client.request(ASK, ask('a')), client.request(6 as number, undefined)];
  refused.catch(() => {});
  await world.settle();
  await answered;
  expect(world.platform.timers).toBe(timers);
  const lost = expect(client.request(ASK, ask('b'))).rejects.toMatchObject({ code: 'CLOSED' });
  await client.close();
  await lost;
  for (const { driver } of world.served) driver.ended();
  await world.settle();
  expect(world.platform.timers).toBe(0);
});

it('a timeout of Infinity never expires', async () => {
  const world = new World({ message: silent, heartbeatIntervalMs: 600_000 });
  const client = await world.connect();
  world.answer = new Error('down');
  let isOver = false;
  client.request(ASK, ask('a'), { timeoutMs: Number.POSITIVE_INFINITY, resume: true }).catch(() => {
    isOver = true;
  });
  world.lastEnd.cut();
  await world.pass(600_000);
  expect(isOver).toBe(false);
});

describe('without a connection', () => {
  async function disconnected(options = {}): Promise<[World, Awaited<ReturnType<World['connect']>>]> {
    const world = new World({ message: echo });
    const client = await world.connect(options);
    world.answer = new Error('down');
    world.lastEnd.cut();
    expect(client.state).toBe('reconnecting');
    return [world, client];
  }

  it('a request waits for the next one', async () => {
    const [world, client] = await disconnected();
    const first = client.request(ASK, ask('a'));
    const second = client.request(ASK, ask('b'));
    world.answer = 'server';
    await world.pass(250);
    expect([textOf(await first), textOf(await second)]).toEqual(['re a', 're b']);
  });

  it('a request waits at most until its timeout', async () => {
    const [world, client] = await disconnected();
    const failed = expect(client.request(ASK, ask('a'), { timeoutMs: 700 })).rejects.toThrow(
      '[TIMEOUT] no connection for 1000 in time',
    );
    await world.pass(700);
    await failed;
    world.answer = 'server';
    await world.pass(5000);
    // The Hello and the LOGIN alone.
    expect(world.lastEnd.writes).toHaveLength(1);
  });

  it('a push is CLOSED', async () => {
    const [, client] = await disconnected();
    expect(() => client.send(custom('a'))).toThrow('[CLOSED] no connection for 1000');
  });

  it('a request fails with the client', async () => {
    const [, client] = await disconnected();
    const failed = expect(client.request(ASK, ask('a'))).rejects.toThrow('[CLOSED] the client has ended');
    await client.close();
    await failed;
    await expect(client.request(ASK, ask('a'))).rejects.toThrow('[CLOSED] the client has ended');
  });
});

describe('a request whose connection is lost before the reply', () => {
  it('fails with the reason if it is not sent again', async () => {
    const world = new World({ message: silent });
    const client = await world.connect();
    const failed = expect(client.request(ASK, ask('a'))).rejects.toThrow(
      '[CLOSED] the peer closed the connection: read ECONNRESET',
    );
    await world.settle();
    world.lastEnd.cut(undefined, new Error('read ECONNRESET'));
    await failed;
  });

  it.each([{ resume: true }, {}])('is sent again on the next with resume, of the client or its own (%o)', async (ofClient) => {
    const got: string[] = [];
    const world = new World({
      message: (message) => {
        got.push(textOf(message));
        return got.length > 2 ? echo(message) : silent();
      },
    });
    const client = await world.connect(ofClient);
    const own = { resume: true };
    const first = client.request(ASK, ask('a'), 'resume' in ofClient ? {} : own);
    await world.settle();
    world.lastEnd.cut();
    await world.pass(250);
    world.lastEnd.cut();
    await world.pass(500);
    expect(textOf(await first)).toBe('re a');
    expect(got).toEqual(['a', 'a', 'a']);
  });

  it('is the same message: its client_message_id stays', async () => {
    const ids: unknown[] = [];
    const world = new World({
      message: (message) => {
        if (message.data?.$case === 'privateMessage') ids.push(message.data.value.content?.clientMessageId);
        return ids.length > 1 ? taken(message) : silent();
      },
    });
    const client = await world.connect({ resume: true });
    const sent = client.request(4, chat('hi'));
    await world.settle();
    world.lastEnd.cut();
    await world.pass(250);
    await sent;
    expect(ids).toEqual(['id-1', 'id-1']);
  });

  it('fails with the error of the server if the client does not reconnect', async () => {
    const world = new World({ message: silent });
    const client = await world.connect({ resume: true });
    const failed = expect(client.request(ASK, ask('a'))).rejects.toMatchObject({ code: 'FORCED_LOGOUT' });
    await world.settle();
    world.served[0].close(new ProtocolError('FORCED_LOGOUT', 'another device'));
    await world.settle();
    await failed;
  });

  it('is not sent again if the error that closed the connection answered it', async () => {
    let count = 0;
    const world = new World({
      message: () => {
        count += 1;
        throw new ProtocolError('OVERLOADED', 'later');
      },
    });
    const client = await world.connect({ resume: true });
    const failed = expect(client.request(ASK, ask('a'))).rejects.toMatchObject({ code: 'OVERLOADED' });
    await world.pass(1000);
    await failed;
    expect([count, client.state]).toEqual([1, 'authenticated']);
  });
});
