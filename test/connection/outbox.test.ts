// Messages that are kept until they are answered.
import { describe, expect, it } from 'vitest';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { Client, ClientOptions } from '../../src/connection/client.js';
import { Outbox, type OutboxOptions } from '../../src/connection/outbox.js';
import type { OutboxStorage, StoredOutboxMessage } from '../../src/connection/outbox-storage.js';
import { type ErrorName, ProtocolError } from '../../src/errors.js';
import { Command } from '../../src/index.js';
import { chat, taken, textOf } from './messages.js';
import { ALICE, World, type WorldOptions } from './world.js';

function contentOf({ data }: SendInfo) {
  return data !== undefined && 'content' in data.value ? data.value.content : undefined;
}

/** A server that recognizes a message that is sent again, as the specification asks of a platform. */
function platform(options: WorldOptions = {}) {
  const sent: SendInfo[] = [];
  const arrived: string[] = [];
  const ids: string[] = [];
  const known = new Map<string, bigint>();
  /** Called with each message first. What it returns or throws is the answer. */
  const hook: { before?: (text: string) => Promise<SendInfoInit | undefined> | undefined } = {};
  const world = new World({
    async message(message) {
      const text = textOf(message);
      const id = contentOf(message)!.clientMessageId;
      sent.push(message);
      arrived.push(text);
      ids.push(id);
      const answer = await hook.before?.(text);
      const messageId = known.get(id) ?? BigInt(known.size + 1);
      known.set(id, messageId);
      return answer ?? taken(message, messageId);
    },
    // What a handler throws on purpose.
    onError: () => {},
    ...options,
  });
  return { world, sent, arrived, ids, known, hook };
}

class TestStorage implements OutboxStorage {
  readonly messages = new Map<string, StoredOutboxMessage>();
  readonly calls: string[] = [];
  failure: Error | undefined;

  async load(): Promise<StoredOutboxMessage[]> {
    this.calls.push('load');
    this.#fail();
    // In any order.
    return structuredClone([...this.messages.values()].reverse());
  }

  async put(message: StoredOutboxMessage): Promise<void> {
    this.calls.push('put');
    this.#fail();
    this.messages.set(message.id, structuredClone(message));
  }

  async remove(id: string): Promise<void> {
    this.calls.push('remove');
    this.#fail();
    this.messages.delete(id);
  }

  #fail(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}

/** A client with an outbox. */
function open(world: World, options: OutboxOptions = {}, client: Partial<ClientOptions> = {}) {
  const outbox = new Outbox(options);
  return { outbox, client: world.create({ outbox, retryFirst: true, ...client }) };
}

const say = (outbox: Outbox, text: string) => outbox.add(Command.PRIVATE_MESSAGE, chat(text));
const sayTo = (outbox: Outbox, receiverId: bigint, text: string) =>
  outbox.add(Command.PRIVATE_MESSAGE, { receiverId, content: { body: { $case: 'text', value: { text } } } });

/** A message of alice that was not sent when her client ended, and `setUser` for the next one. */
async function notSent(options: OutboxOptions = {}) {
  let user = ALICE;
  const { world, arrived, hook } = platform({ login: () => user });
  const { outbox, client } = open(world, options);
  await world.settle();
  hook.before = () => new Promise(() => {});
  say(outbox, 'of alice');
  await world.settle();
  await client.close();
  delete hook.before;
  arrived.length = 0;
  const setUser = (userId: bigint): void => {
    user = { userId, terminal: 1 };
  };
  return { world, arrived, outbox, setUser };
}

function thrownBy(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe('an outbox', () => {
  it('sends what was added without a connection as soon as there is one, in order', async () => {
    const { world, arrived } = platform();
    world.answer = new Error('down');
    const { outbox } = open(world);
    const messages = ['a', 'b', 'c'].map((text) => say(outbox, text));
    expect(outbox.size).toBe(3);
    await world.pass(1);
    world.answer = 'server';
    await world.pass(10_000);
    expect(arrived).toEqual(['a', 'b', 'c']);
    expect(await Promise.all(messages.map(({ answered }) => answered))).toMatchObject([
      { messageId: 1n },
      { messageId: 2n },
      { messageId: 3n },
    ]);
    expect([outbox.size, outbox.bytes]).toEqual([0, 0]);
  });

  it('sends a message again until it is answered, with the same client_message_id', async () => {
    const { world, arrived, ids, known, hook } = platform();
    const { outbox } = open(world);
    await world.settle();
    hook.before = () => new Promise(() => {});
    const message = say(outbox, 'a');
    await world.settle();
    for (let i = 0; i < 3; i++) {
      world.lastEnd.cut();
      await world.pass(10_000);
    }
    delete hook.before;
    world.lastEnd.cut();
    await world.pass(20_000);
    expect(await message.answered).toMatchObject({ messageId: 1n });
    expect(arrived.length).toBeGreaterThanOrEqual(5);
    expect(new Set(ids)).toEqual(new Set([message.id]));
    expect(known.size).toBe(1);
  });

  it('after a TIMEOUT too, on the same connection', async () => {
    const { world, arrived, hook } = platform();
    const { outbox } = open(world, {}, { requestTimeoutMs: 1000 });
    await world.settle();
    let calls = 0;
    hook.before = () => {
      calls += 1;
      // The server handles the messages of a connection one after the other.
      return calls === 1 ? new Promise((resolve) => void world.platform.setTimer(() => resolve(undefined), 1200)) : undefined;
    };
    const message = say(outbox, 'a');
    await world.pass(5000);
    expect(await message.answered).toMatchObject({ messageId: 1n });
    expect(arrived).toEqual(['a', 'a']);
    expect(world.dials).toBe(1);
  });

  it('sends one message of a conversation at a time, and those of other conversations meanwhile', async () => {
    const { world, arrived, hook } = platform();
    const { outbox } = open(world);
    await world.settle();
    const answers: (() => void)[] = [];
    hook.before = () => new Promise((resolve) => void answers.push(() => resolve(undefined)));
    for (const text of ['a1', 'a2']) sayTo(outbox, 2n, text);
    sayTo(outbox, 3n, 'b1');
    outbox.add(Command.GROUP_MESSAGE, { groupId: 2n, content: { body: { $case: 'text', value: { text: 'g1' } } } });
    await world.settle();
    for (let i = 0; i < 4; i++) {
      answers.shift()!();
      await world.settle();
    }
    expect(arrived).toEqual(['a1', 'b1', 'g1', 'a2']);
  });

  it.each(['RATE_LIMITED', 'INTERNAL'] as ErrorName[])(
    'an error that may be retried (%s) is retried after the time that the server asks for, in order',
    async (code) => {
      const { world, arrived, hook } = platform();
      const { outbox } = open(world);
      await world.settle();
      let left = 1;
      hook.before = async () => {
        if (left-- > 0) throw new ProtocolError(code, 'later', { retryAfterMs: 5000 });
        return undefined;
      };
      for (const text of ['a', 'b']) say(outbox, text);
      await world.pass(4999);
      expect(arrived).toEqual(['a']);
      await world.pass(2);
      expect(arrived).toEqual(['a', 'a', 'b']);
    },
  );

  it('gives a message up after ten of these', async () => {
    const { world, arrived, hook } = platform();
    const { outbox } = open(world);
    await world.settle();
    hook.before = async (text) => {
      if (text === 'poison') throw new TypeError('a bug of the server');
      return undefined;
    };
    const poison = say(outbox, 'poison');
    say(outbox, 'next');
    await world.pass(400_000);
    await expect(poison.answered).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(arrived.filter((text) => text === 'poison')).toHaveLength(10);
    expect(arrived.at(-1)).toBe('next');
  });

  it('a refusal is an answer: the message leaves, and the next one is sent', async () => {
    const { world, arrived, hook } = platform();
    const refused: string[] = [];
    const { outbox } = open(world, { onRefused: ({ id }, { code }) => void refused.push(`${id} ${code}`) });
    await world.settle();
    hook.before = async (text) => {
      if (text === 'a') throw new ProtocolError('PERMISSION_DENIED', 'no');
      return undefined;
    };
    const [first, second] = [say(outbox, 'a'), say(outbox, 'b')];
    await world.settle();
    await expect(first.answered).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(await second.answered).toMatchObject({ code: 1 });
    expect(refused).toEqual([`${first.id} PERMISSION_DENIED`]);
    expect(arrived).toEqual(['a', 'b']);
  });

  it('the time of a message is that of its writing, by the clock of the server', async () => {
    const times: (bigint | undefined)[] = [];
    const world = new World({
      timeOriginMs: 1_800_000_000_000,
      message(message) {
        times.push(contentOf(message)?.sentAtMs);
        return taken(message);
      },
    });
    world.answer = new Error('down');
    const { outbox } = open(world);
    await world.pass(1000);
    say(outbox, 'a');
    await world.pass(5000);
    world.answer = 'server';
    await world.pass(20_000);
    expect(times).toEqual([1_800_000_001_000n]);
  });

  it('a message that is written online keeps its time, whatever becomes of the clock of the device', async () => {
    const { world, hook, sent } = platform({ timeOriginMs: 1_800_000_000_000 });
    hook.before = () => new Promise(() => {});
    const { outbox } = open(world);
    await world.settle();
    const message = say(outbox, 'a');
    const { content } = message.data;
    const writtenAtMs = BigInt(1_800_000_000_000 + world.platform.nowMs());
    expect(content?.sentAtMs).toBe(writtenAtMs);
    await world.settle();
    world.platform.sleep(86_400_000);
    world.lastEnd.cut();
    delete hook.before;
    await world.pass(10_000);
    expect(await message.answered).toMatchObject({ code: 1 });
    expect(sent.map((received) => contentOf(received)?.sentAtMs)).toEqual([writtenAtMs, writtenAtMs]);
  });

  it('callbacks that throw reach onError, and stop nothing', async () => {
    const { world } = platform();
    const errors: (string | undefined)[] = [];
    const onError: ClientOptions['onError'] = (_error, { callback }) => void errors.push(callback);
    const fail = (): never => {
      throw new Error('broken');
    };
    const { outbox } = open(world, { onAnswered: fail }, { onError });
    const messages = [say(outbox, 'a'), say(outbox, 'b')];
    outbox.subscribe(fail);
    await world.settle();
    for (const { answered } of messages) await answered;
    expect(new Set(errors)).toEqual(new Set(['outbox.subscribe', 'outbox.onAnswered']));
  });
});

describe('its limits', () => {
  it('maxMessages: 2 accepts two, and no third one', async () => {
    const { world } = platform();
    world.answer = new Error('down');
    const { outbox } = open(world, { maxMessages: 2 });
    say(outbox, 'a');
    say(outbox, 'b');
    expect(thrownBy(() => say(outbox, 'c'))).toMatchObject({
      code: 'QUOTA_EXCEEDED',
      message: '[QUOTA_EXCEEDED] 2 messages wait in the outbox, limit 2',
      limit: 2,
      actual: 3,
    });
    outbox.remove(outbox.getSnapshot()[0].id);
    say(outbox, 'c');
    expect(outbox.size).toBe(2);
  });

  it.each([-1, 0, 1])('maxBytes: the size of two messages %i', async (more) => {
    const { world } = platform();
    world.answer = new Error('down');
    const one = open(world).outbox;
    say(one, 'a');
    const { outbox } = open(world, { maxBytes: 2 * one.bytes + more });
    say(outbox, 'a');
    if (more >= 0) say(outbox, 'b');
    else {
      const [limit, actual] = [2 * one.bytes - 1, 2 * one.bytes];
      const message = `[QUOTA_EXCEEDED] ${one.bytes} bytes of messages wait in the outbox, limit ${limit}`;
      expect(thrownBy(() => say(outbox, 'b'))).toMatchObject({ code: 'QUOTA_EXCEEDED', message, limit, actual });
    }
    expect(outbox.size).toBe(more >= 0 ? 2 : 1);
  });

  it('below 1 they are a RangeError', () => {
    expect(() => new Outbox({ maxMessages: 0 })).toThrow('maxMessages: expected 1 or more, got 0');
    expect(() => new Outbox({ maxBytes: Number.NaN })).toThrow('maxBytes: expected 1 or more, got NaN');
  });

  it('what breaks a rule is refused at once, and other commands too', () => {
    const { outbox } = open(new World());
    expect(() => say(outbox, '')).toThrow(/^\[INVALID_MESSAGE\]/);
    expect(() => outbox.add(Command.PRIVATE_MESSAGE, { receiverId: 2n })).toThrow(/^\[INVALID_MESSAGE\]/);
    expect(() => outbox.add(Command.LOGIN as never, {} as never)).toThrow(TypeError);
    expect(outbox.size).toBe(0);
  });

  it('an outbox belongs to one client at a time', async () => {
    const outbox = new Outbox();
    expect(() => say(outbox, 'a')).toThrow('[CLOSED] the outbox belongs to no client');
    const world = new World();
    const client = world.create({ outbox });
    expect(() => world.create({ outbox })).toThrow('the outbox belongs to another client');
    await client.close();
    world.create({ outbox });
  });
});

describe('getSnapshot', () => {
  it('is the same array until something changes', async () => {
    const { world } = platform();
    const { outbox } = open(world);
    const { subscribe, getSnapshot } = outbox;
    const sizes: number[] = [];
    subscribe(() => void sizes.push(getSnapshot().length));
    const message = say(outbox, 'a');
    const snapshot = getSnapshot();
    expect(snapshot).toEqual([message]);
    expect(getSnapshot()).toBe(snapshot);
    expect(message).toMatchObject({ command: Command.PRIVATE_MESSAGE, data: { receiverId: 2n } });
    await world.settle();
    expect(sizes).toEqual([1, 0]);
  });

  it('a message that waits already is not added again', () => {
    const { outbox } = open(new World());
    const content = { clientMessageId: 'mine', body: { $case: 'text', value: { text: 'a' } } } as const;
    const first = outbox.add(Command.PRIVATE_MESSAGE, { receiverId: 2n, content });
    expect(outbox.add(Command.PRIVATE_MESSAGE, { receiverId: 2n, content })).toBe(first);
    expect([outbox.size, first.id]).toEqual([1, 'mine']);
  });

  it('remove takes a message out', async () => {
    const { world, arrived } = platform();
    world.answer = new Error('down');
    const { outbox } = open(world);
    const message = say(outbox, 'a');
    say(outbox, 'b');
    expect([outbox.remove(message.id), outbox.remove(message.id)]).toEqual([true, false]);
    await expect(message.answered).rejects.toMatchObject({ code: 'CLOSED' });
    world.answer = 'server';
    await world.pass(20_000);
    expect(arrived).toEqual(['b']);
  });
});

describe('a storage', () => {
  it('a message is sent once it is stored, and removed once it is answered', async () => {
    const { world, arrived } = platform();
    const storage = new TestStorage();
    let stored: () => void = () => {};
    const put = storage.put.bind(storage);
    storage.put = (message) =>
      new Promise((resolve) => {
        stored = () => void put(message).then(resolve);
      });
    const { outbox } = open(world, { storage });
    await world.settle();
    say(outbox, 'a');
    await world.settle();
    expect(arrived).toEqual([]);
    stored();
    await world.settle();
    expect(arrived).toEqual(['a']);
    expect(storage.messages.size).toBe(0);
    expect(storage.calls).toEqual(['load', 'put', 'remove']);
  });

  it('messages survive a reload: they keep their ids and their order, come before new ones, and are delivered once', async () => {
    const { world, arrived, known, hook } = platform();
    const storage = new TestStorage();
    const first = open(world, { storage });
    await world.settle();
    hook.before = () => new Promise(() => {});
    const ids = ['a', 'b', 'c'].map((text) => say(first.outbox, text).id);
    await world.settle();
    expect(arrived).toEqual(['a']);
    await first.client.close();
    // The server has accepted the first one, and its answer was lost.
    known.set(ids[0], 1n);
    delete hook.before;

    const answered: string[] = [];
    const second = open(world, { storage, onAnswered: ({ id }, { messageId }) => void answered.push(`${id} ${messageId}`) });
    say(second.outbox, 'd');
    await world.pass(1000);
    expect(arrived).toEqual(['a', 'a', 'b', 'c', 'd']);
    expect(answered.slice(0, 3)).toEqual(ids.map((id, i) => `${id} ${i + 1}`));
    expect([second.outbox.size, storage.messages.size]).toEqual([0, 0]);
    expect(storage.calls.filter((call) => call === 'load')).toHaveLength(2);
  });

  it('is loaded before anything is put, and the positions go on after those of the earlier run', async () => {
    const { world } = platform();
    world.answer = new Error('down');
    const storage = new TestStorage();
    for (const texts of [
      ['a', 'b'],
      ['c', 'd'],
    ]) {
      const { outbox, client } = open(world, { storage });
      for (const text of texts) say(outbox, text);
      await world.settle();
      await client.close();
    }
    expect(storage.calls).toEqual(['load', 'put', 'put', 'load', 'put', 'put']);
    expect([...storage.messages.values()].map(({ position }) => position)).toEqual([1, 2, 3, 4]);
  });

  it('a message of the earlier run that is added again is one, and keeps its place', async () => {
    const { world, arrived } = platform();
    world.answer = new Error('down');
    const storage = new TestStorage();
    const content = (text: string) => ({ clientMessageId: text, body: { $case: 'text', value: { text } } }) as const;
    const add = (outbox: Outbox, text: string) => outbox.add(Command.PRIVATE_MESSAGE, { receiverId: 2n, content: content(text) });
    const first = open(world, { storage });
    for (const text of ['a', 'b']) add(first.outbox, text);
    await world.settle();
    await first.client.close();
    world.answer = 'server';
    const second = open(world, { storage });
    const again = ['c', 'a'].map((text) => add(second.outbox, text));
    await world.pass(1000);
    expect(arrived).toEqual(['a', 'b', 'c']);
    for (const { answered } of again) expect(await answered).toMatchObject({ code: 1 });
    expect([second.outbox.bytes, storage.messages.size]).toEqual([0, 0]);
  });

  it('messages of another user stay, and are reported', async () => {
    const storage = new TestStorage();
    const { world, arrived, setUser } = await notSent({ storage });
    setUser(2n);
    const notices: string[] = [];
    const second = open(world, { storage }, { onNotice: ({ message }) => void notices.push(message) });
    await world.settle();
    sayTo(second.outbox, 5n, 'of bob');
    await world.settle();
    expect(arrived).toEqual(['of bob']);
    expect(notices).toEqual(['[PERMISSION_DENIED] 1 messages of another user wait in the outbox']);
    expect([...storage.messages.values()].map(({ userId }) => userId)).toEqual([1n]);
  });

  it('what was written before the first login is of its user, also in the storage', async () => {
    const { world, hook } = platform();
    world.answer = new Error('down');
    const storage = new TestStorage();
    const { outbox } = open(world, { storage });
    hook.before = () => new Promise(() => {});
    say(outbox, 'a');
    await world.settle();
    expect([...storage.messages.values()]).toMatchObject([{ userId: 0n, position: 1 }]);
    world.answer = 'server';
    await world.pass(5000);
    expect([...storage.messages.values()]).toMatchObject([{ userId: 1n, position: 1 }]);
  });

  it('that fails reaches onError, and the messages are sent from memory', async () => {
    const { world, arrived } = platform();
    const storage = new TestStorage();
    storage.failure = new Error('disk full');
    const errors: (string | undefined)[] = [];
    const { outbox } = open(world, { storage }, { onError: (_error, { callback }) => void errors.push(callback) });
    await world.settle();
    const message = say(outbox, 'a');
    await world.settle();
    expect(await message.answered).toMatchObject({ code: 1 });
    expect(arrived).toEqual(['a']);
    expect(errors).toEqual(['outbox.load', 'outbox.put', 'outbox.remove']);
  });

  it('whose bytes are damaged loses that message, and no other', async () => {
    const { world, arrived, hook } = platform();
    const storage = new TestStorage();
    const first = open(world, { storage });
    await world.settle();
    hook.before = () => new Promise(() => {});
    const [a, b] = ['a', 'b'].map((text) => say(first.outbox, text).id);
    await world.settle();
    await first.client.close();
    delete hook.before;
    arrived.length = 0;
    storage.messages.set(a, { ...storage.messages.get(a)!, bytes: Uint8Array.of(8) });

    const errors: unknown[] = [];
    open(world, { storage }, { onError: (error) => void errors.push((error as ProtocolError).code) });
    await world.settle();
    expect(arrived).toEqual(['b']);
    expect(errors).toEqual(['MALFORMED_PAYLOAD']);
    expect(storage.messages.has(a)).toBe(false);
    expect(b).not.toBe(a);
  });
});

describe('a storage that returns what it was not given', () => {
  async function stored() {
    const { world, arrived, hook } = platform();
    const storage = new TestStorage();
    const first = open(world, { storage });
    await world.settle();
    hook.before = () => new Promise(() => {});
    for (const text of ['a', 'b']) say(first.outbox, text);
    await world.settle();
    await first.client.close();
    delete hook.before;
    arrived.length = 0;
    const errors: string[] = [];
    const reopen = async (messages: unknown) => {
      storage.load = async () => messages as StoredOutboxMessage[];
      const second = open(world, { storage }, { onError: (error) => void errors.push(String(error)) });
      say(second.outbox, 'new');
      await world.pass(1000);
      return second.outbox;
    };
    return { storage, arrived, errors, reopen, messages: [...storage.messages.values()] };
  }

  it.each([undefined, null, {}, 'abc', [undefined], [{ position: 1 }]])(
    '%j is an error, and new messages are sent',
    async (loaded) => {
      const { arrived, errors, reopen, storage } = await stored();
      await reopen(loaded);
      expect(arrived).toEqual(['new']);
      expect(errors).toEqual(['TypeError: load: expected an array of messages']);
      // Nothing is removed: the next run may read them.
      expect(storage.messages.size).toBe(2);
    },
  );

  it.each([
    ['another id', { id: 'other' }],
    ['a position that is no number', { position: Number.NaN }],
    ['a user that is no bigint', { userId: 1 }],
    ['a time that is no number', { createdAtMs: Number.NaN }],
    ['bytes that are none', { bytes: 'abc' }],
  ])('a message with %s is reported and left out', async (_name, changes) => {
    const { arrived, errors, reopen, messages } = await stored();
    await reopen([{ ...messages[0], ...changes }, messages[1]]);
    expect(arrived).toEqual(['b', 'new']);
    expect(errors).toHaveLength(1);
  });

  it('the same message twice is one', async () => {
    const { arrived, errors, reopen, messages } = await stored();
    const outbox = await reopen([messages[1], messages[0], messages[1]]);
    expect(arrived).toEqual(['a', 'b', 'new']);
    expect([errors, outbox.bytes, outbox.size]).toEqual([[], 0, 0]);
  });
});

it('an outbox whose next client logs in as another user sends what was written since as that user', async () => {
  const { world, arrived, outbox, setUser } = await notSent();
  setUser(5n);
  world.create({ outbox });
  say(outbox, 'of eve');
  await world.settle();
  expect(arrived).toEqual(['of eve']);
  expect(outbox.size).toBe(1);
});

describe('while the server drains', () => {
  async function draining() {
    let user = ALICE;
    const { world, arrived, hook } = platform({ login: () => user });
    const notices: string[] = [];
    const { outbox, client } = open(world, {}, { onNotice: ({ message }) => void notices.push(message) });
    await world.settle();
    world.served[0].drain({ graceMs: 60_000, reconnectAfterMs: 2000 });
    await world.settle();
    expect(client.state).toBe('draining');
    const setUser = (userId: bigint): void => {
      user = { userId, terminal: 1 };
    };
    return { world, arrived, hook, outbox, client, notices, setUser };
  }

  it('messages wait for the next connection', async () => {
    const { world, arrived, outbox, client } = await draining();
    const message = say(outbox, 'a');
    await world.pass(900);
    expect(arrived).toEqual([]);
    await world.pass(200);
    expect(client.state).toBe('authenticated');
    expect(await message.answered).toMatchObject({ code: 1 });
    expect(arrived).toEqual(['a']);
  });

  it('and are not sent if another user logs in then', async () => {
    const { world, arrived, outbox, client, notices, setUser } = await draining();
    say(outbox, 'of alice');
    setUser(5n);
    await world.pass(1100);
    expect(client.session?.userId).toBe(5n);
    say(outbox, 'of eve');
    await world.settle();
    expect(arrived).toEqual(['of eve']);
    expect(notices).toEqual(['[PERMISSION_DENIED] 1 messages of another user wait in the outbox']);
  });
});

describe('a client that ends', () => {
  async function endWith(
    end: (client: Client, world: World) => unknown,
  ): Promise<{ outbox: Outbox; arrived: string[]; world: World }> {
    const { world, arrived, hook } = platform();
    const { outbox, client } = open(world);
    await world.settle();
    hook.before = () => new Promise(() => {});
    say(outbox, 'a');
    await world.settle();
    end(client, world);
    await world.pass(10_000);
    expect(client.state).toBe('closed');
    delete hook.before;
    return { outbox, arrived, world };
  }

  it.each([
    ['by close', (client: Client) => client.close()],
    [
      'by FORCED_LOGOUT',
      (_client: Client, world: World) => world.served[0].close(new ProtocolError('FORCED_LOGOUT', 'another device')),
    ],
    [
      'by UNAUTHENTICATED',
      (_client: Client, world: World) => world.served[0].close(new ProtocolError('UNAUTHENTICATED', 'expired')),
    ],
  ])('%s leaves the messages for the next client', async (_name, end) => {
    const { outbox, arrived, world } = await endWith(end);
    const [message] = outbox.getSnapshot();
    expect(world.platform.timers).toBe(0);
    world.create({ outbox });
    await world.settle();
    expect(await message.answered).toMatchObject({ code: 1 });
    expect(arrived).toEqual(['a', 'a']);
  });
});
