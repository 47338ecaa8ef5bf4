// Why an upgrade has its order, and what happens in another one.
import { describe, expect, it, onTestFinished } from 'vitest';
import { privateRef } from '../../src/conversation/index.js';
import { ERRORS } from '../../src/errors.js';
import { Command, SendCode, StreamState } from '../../src/index.js';
import type { ConnectOptions } from '../../src/node/index.js';
import { rawClient } from './raw-client.js';
import { NEW, OLD, type Release } from './releases.js';
import type { Person } from './system/person.js';
import { GROUP, System } from './system/system.js';

async function started(release: Release = OLD): Promise<System> {
  const system = await System.start(release, NEW);
  onTestFinished(() => system.stop());
  return system;
}

async function upgrade(system: System, person: Person, release = NEW, options: Partial<ConnectOptions> = {}): Promise<void> {
  await system.leave(person);
  await system.join(person, release, options);
}

const text = { $case: 'text', value: { text: 'hi' } } as const;

describe('a client of version 2 before the last server', () => {
  const forged = { clientMessageId: 'forged', seq: 999n, hints: { urgent: true }, body: text } as const;

  it('reaches receivers with what only the platform may set, if its server has version 1', async () => {
    const system = await started();
    await system.replacePlatform(NEW);
    const [sender, , , receiver] = system.people;
    await upgrade(system, sender);
    expect(sender.version).toBe(1);
    const { messageId } = await sender.sendPrivate(receiver.userId, forged);
    await expect.poll(() => receiver.copiesOf(messageId).length).toBe(1);
    const { data } = receiver.copiesOf(messageId)[0].message;
    expect(data?.value).toMatchObject({ content: { seq: 999n, hints: { urgent: true } } });
  });

  it('does not, if the platform clears it', async () => {
    const system = await started();
    await system.replacePlatform(NEW);
    system.platform.isClearing = true;
    const [sender, , , receiver] = system.people;
    await upgrade(system, sender);
    const { messageId } = await sender.sendPrivate(receiver.userId, forged);
    await expect.poll(() => receiver.copiesOf(messageId).length).toBe(1);
    const { data } = receiver.copiesOf(messageId)[0].message;
    expect(data?.value).toMatchObject({ content: { seq: 0n, hints: { urgent: false }, body: text } });
  });

  it('does not, if its server has version 2, whatever the version of its connection', async () => {
    const system = await started();
    await system.replacePlatform(NEW);
    await system.replaceServer('1', NEW);
    const [sender, , , receiver] = system.people;
    for (const version of [1, 2]) {
      await upgrade(system, sender, NEW, { versions: [version] });
      expect(sender.version).toBe(version);
      const { messageId } = await sender.sendPrivate(receiver.userId, { ...forged, clientMessageId: `forged-${version}` });
      await expect.poll(() => receiver.copiesOf(messageId).length).toBe(1);
      const { data } = receiver.copiesOf(messageId)[0].message;
      expect(data?.value).toMatchObject({ content: { seq: 0n, hints: { urgent: false }, body: text } });
    }
  });
});

describe('a server of version 2 before the platform', () => {
  it('loses no message of version 1, and answers commands of version 2 with an error', async () => {
    const system = await started();
    system.uplinkTimeoutMs = 200;
    await system.replaceServer('1', NEW);
    const [person] = system.people;
    await upgrade(system, person);
    expect(person.version).toBe(2);
    const talking = system.talk();
    // Without a reply it is dropped, like all that nobody handles.
    const typing = { conversation: privateRef(1n, 2n), sender: person.sender, action: 1 };
    person.push({ cmd: Command.TYPING, data: { $case: 'typing', value: typing } });
    await talking;
    await system.settled();
    // A request is refused, and the next one is read.
    await system.leave(system.people[2]);
    const raw = await rawClient(NEW, system.servers.get('1')!.port, 2, '2/1');
    const read = { conversation: privateRef(1n, 2n), reader: { userId: 2n, terminal: 1 }, upToSeq: 5n, upToMessageId: 50n };
    for (let i = 0; i < 3; i++) {
      const refused = await raw.ask({ cmd: Command.READ, data: { $case: 'read', value: read } });
      expect(refused).toMatchObject({ cmd: Command.ERROR, data: { value: { code: ERRORS.INTERNAL.number } } });
    }
    expect(await raw.ask({ cmd: Command.HEARTBEAT, data: { $case: 'heartbeat', value: {} } })).toMatchObject({ cmd: 2 });
    await system.join(system.people[2], OLD);
    await system.talk();
    await system.settled();
    expect([person.client.state, person.version]).toEqual(['authenticated', 2]);
    // What version 1 may skip passes the older platform.
    const body = { $case: 'reaction', value: { messageId: 3n, key: '+1' } } as const;
    const { messageId } = await person.sendPrivate(3n, { clientMessageId: 'r', fallback: 'liked', body });
    await expect.poll(() => system.people[3].copiesOf(messageId).map((copy) => copy.fallback)).toEqual(['liked']);
    // The platform follows, and all is well.
    await system.replacePlatform(NEW);
    await system.talk();
    await system.settled();
  });

  it('gets a typed error for a frame of version 2, and does not close the connection of its client', async () => {
    const system = await started();
    const frame = NEW.index.encodeFrame('SendInfo', {
      cmd: Command.READ,
      data: { $case: 'read', value: { conversation: privateRef(1n, 2n), reader: { userId: 1n, terminal: 1 }, upToSeq: 5n } },
    });
    await expect(system.platform.receive(frame)).rejects.toMatchObject({ code: 'UNSUPPORTED_VERSION' });
    const server = await NEW.node.listen({
      host: '127.0.0.1',
      login: () => ({ userId: 1n, terminal: 1 }),
      // As an application that does not expect the error.
      message: async (message) => {
        await system.platform.receive(
          NEW.index.encodeFrame('SendInfo', { cmd: message.cmd, data: message.data }, { version: 2 }),
        );
        return undefined;
      },
      onError: () => undefined,
    });
    onTestFinished(() => server.close());
    const client = await NEW.node.connect(`tcp://127.0.0.1:${server.port}`, { login: { accessToken: 't' } });
    onTestFinished(async () => void (await client.close()));
    for (let i = 0; i < 3; i++) {
      await expect(client.request(1000, { typeUrl: 'example.com/t' })).rejects.toMatchObject({ code: 'INTERNAL' });
    }
    expect([client.state, server.connectionCount]).toEqual(['authenticated', 1]);
  });

  it('a result of a command of version 2 is refused by the older platform, and later ones are read', async () => {
    const system = await started();
    const from = { release: NEW, name: 'new server' };
    const { sendResultMessage } = NEW.rocketmq;
    const receivers = [{ terminal: 2, userIds: [1n] }];
    const results = [Command.READ, Command.CALL, Command.SYSTEM_MESSAGE].map((cmd) =>
      sendResultMessage({ cmd, code: SendCode.SUCCESS, messageId: 77n, receivers }),
    );
    for (const result of results) await system.wire.publish(from, result, { serviceName: 'chat' });
    await expect.poll(() => system.store.outcomes.map(({ cmd }) => cmd)).toContain(Command.SYSTEM_MESSAGE);
    // CALL may be skipped: its result is read, with a number for its command.
    expect(system.store.outcomes.map(({ cmd }) => cmd).sort((a, b) => a - b)).toEqual([Command.SYSTEM_MESSAGE, Command.CALL]);
    expect(system.wire.refused).toEqual([
      { reader: 'old platform', topic: 'im_result_system', tag: 'READ', code: 'UNSUPPORTED_VERSION' },
    ]);
  });
});

describe('an older release that comes back with the id of a server of version 2', () => {
  it('is sent nothing that it refuses once the platform has removed the server', async () => {
    const system = await started(NEW);
    const version2Servers = async () => [...(await system.platform.routes.version2Servers())].sort();
    expect(await version2Servers()).toEqual(['1', '2']);
    for (const person of system.people) if (person.serverId === '1') await upgrade(system, person, OLD);
    await system.replaceServer('1', OLD);
    expect(await version2Servers()).toEqual(['2']);
    // Without that, the frame is a dead letter: no client of this server gets it, and no result says so.
    const audience = { kind: { $case: 'groupId', value: GROUP } } as const;
    const data = {
      $case: 'groupMessage',
      value: { sender: { userId: 9n, terminal: 1 }, groupId: GROUP, content: { messageId: 5n, body: text } },
    } as const;
    const [{ receiveInfo }] = NEW.rocketmq.planAudience({ cmd: 5, audience, data }, ['1']);
    await system.platform.publish('1', receiveInfo);
    await expect
      .poll(() => system.wire.refused)
      .toEqual([{ reader: 'old server 1', topic: 'im_message_group_1', tag: 'GROUP_MESSAGE', code: 'UNSUPPORTED_VERSION' }]);
  });
});

describe('with clients of both releases on servers of version 2', () => {
  const chat = privateRef(1n, 3n);

  /** User 1 has a new client on server 1 and an older one on server 2, user 3 a new one, user 2 and 4 older ones. */
  async function mixed() {
    const system = await started();
    await system.replacePlatform(NEW);
    await system.replaceServer('1', NEW);
    await system.replaceServer('2', NEW);
    const [phone, desk, user2, user3, user4] = system.people;
    await upgrade(system, phone);
    await upgrade(system, user3);
    expect(system.people.map(({ version }) => version)).toEqual([2, 1, 1, 2, 1]);
    return { system, phone, desk, user2, user3, user4 };
  }

  it('a READ reaches those of version 2 as READ, and the others as a read receipt', async () => {
    const { system, phone, desk, user2, user3, user4 } = await mixed();
    const reader = { userId: 1n, terminal: 2 };
    const position = { conversation: chat, reader, upToSeq: 5n, upToMessageId: 50n };
    phone.push({ cmd: Command.READ, data: { $case: 'read', value: position } });
    await expect.poll(() => [user3.receivedWith(Command.READ).length, desk.received.length]).toEqual([1, 1]);
    expect(user3.receivedWith(Command.READ)[0].data?.value).toMatchObject({ reader, upToSeq: 5n });
    expect(desk.received[0].message.data?.value).toMatchObject({
      sender: reader,
      receiverId: 3n,
      content: { body: { $case: 'read', value: { upToMessageId: 50n } } },
    });
    // And the other way: a receipt of version 1 becomes a READ.
    const body = { $case: 'read', value: { upToMessageId: 60n, messageIds: [] } } as const;
    await desk.sendPrivate(3n, { clientMessageId: 'receipt', body });
    await expect.poll(() => user3.receivedWith(Command.READ).length).toBe(2);
    await expect.poll(() => phone.receivedWith(Command.READ).length).toBe(1);
    expect(user3.receivedWith(Command.READ)[1].data?.value).toMatchObject({ reader: desk.sender, upToMessageId: 60n });
    await system.talk();
    await system.settled();
    expect([user2, user4].flatMap((person) => person.receivedWith(Command.READ))).toEqual([]);
    expect([phone, user3].flatMap(({ received }) => received.filter(({ body }) => body === 'read'))).toEqual([]);
  });

  it('TYPING reaches those of version 2, and has no results', async () => {
    const { system, phone, user3 } = await mixed();
    const conversation = { kind: { $case: 'groupId', value: GROUP } } as const;
    user3.push({ cmd: Command.TYPING, data: { $case: 'typing', value: { conversation, sender: user3.sender, action: 1 } } });
    await expect.poll(() => phone.receivedWith(Command.TYPING).length).toBe(1);
    await system.talk();
    await system.settled();
    expect(system.people.map((person) => person.receivedWith(Command.TYPING).length)).toEqual([1, 0, 0, 0, 0]);
    expect(system.store.outcomes.filter(({ cmd }) => cmd === Command.TYPING)).toEqual([]);
  });

  it('a reaction reaches everybody with its fallback, and without one those of version 2', async () => {
    const { system, phone, desk, user2, user3, user4 } = await mixed();
    const body = { $case: 'reaction', value: { messageId: 3n, key: '+1' } } as const;
    const shown = await phone.sendGroup(GROUP, { clientMessageId: 'a', fallback: 'liked', body });
    const bare = await phone.sendGroup(GROUP, { clientMessageId: 'b', body });
    const seen = ({ messageId }: { messageId: bigint }) =>
      [desk, user2, user3, user4].map((person) => person.copiesOf(messageId).map((copy) => [copy.body, copy.fallback]));
    const others = [user2, user3, user4];
    await expect.poll(() => others.map((person) => system.codesOf(shown.messageId, person))).toEqual([[1], [1], [1]]);
    await expect.poll(() => others.map((person) => system.codesOf(bare.messageId, person))).toEqual([[6], [1], [6]]);
    await system.talk();
    await system.settled();
    // What a client of version 1 holds is read here by the new release.
    expect(seen(shown)).toEqual(Array(4).fill([['reaction', 'liked']]));
    expect(seen(bare)).toEqual([[], [], [['reaction', '']], []]);
  });

  it('a stream reaches those of version 2 while it is written, and the others when it is complete', async () => {
    const { system, phone, user2, user3 } = await mixed();
    const sender = { userId: 900n, terminal: 1 };
    const { version2, store } = system.platform;
    for (const [receiver, bodies] of [
      [user3, ['stream', 'stream']],
      [user2, ['text']],
    ] as const) {
      const messageId = store.nextId();
      const message = { sender, receiverId: receiver.userId, content: { messageId } };
      await version2!.stream(message, StreamState.OPEN, 'Hel', 'is writing');
      await version2!.stream(message, StreamState.DONE, 'Hello', 'Hello');
      await expect.poll(() => receiver.copiesOf(messageId).map(({ body }) => body)).toEqual(bodies);
      const codes = receiver === user2 ? [SendCode.SUCCESS, SendCode.UNSUPPORTED_VERSION] : [SendCode.SUCCESS, SendCode.SUCCESS];
      await expect.poll(() => system.codesOf(messageId, receiver).sort()).toEqual(codes);
    }
    const chunk = { conversation: chat, messageId: 8n, index: 1, text: 'x', state: StreamState.OPEN };
    await version2!.command(Command.CHUNK, { $case: 'chunk', value: chunk }, sender, [1n, 2n, 3n, 4n]);
    await expect.poll(() => [phone, user3].map((person) => person.receivedWith(Command.CHUNK).length)).toEqual([1, 1]);
    await system.talk();
    await system.settled();
  });

  it('a CONVERSATION changes the state on the other terminals of version 2, and the client gets it as the reply', async () => {
    const { system, phone, desk } = await mixed();
    await upgrade(system, desk);
    const state = { conversation: chat, mutedUntilMs: 5n, revision: 1n };
    phone.push({ cmd: Command.CONVERSATION, data: { $case: 'conversation', value: state } });
    await expect.poll(() => desk.receivedWith(Command.CONVERSATION).length).toBe(1);
    await system.talk();
    await system.settled();
    expect(system.people.map((person) => person.receivedWith(Command.CONVERSATION).length)).toEqual([0, 1, 0, 0, 0]);
  });
});

describe('with a server of version 1 left', () => {
  it('its clients get nothing that version 1 does not have, and results say so', async () => {
    const system = await started();
    await system.replacePlatform(NEW);
    await system.replaceServer('1', NEW);
    const [phone, desk, user2, user3, user4] = system.people;
    await upgrade(system, phone);
    const { version2, store, routes } = system.platform;
    expect(await routes.version2Servers()).toEqual(['1']);
    const typing = { conversation: { kind: { $case: 'groupId', value: GROUP } } as const, action: 1 };
    const everybody = [1n, 2n, 3n, 4n];
    await version2!.command(
      Command.TYPING,
      { $case: 'typing', value: { ...typing, sender: user2.sender } },
      user2.sender,
      everybody,
    );
    const read = { conversation: privateRef(1n, 3n), reader: phone.sender, upToSeq: 5n, upToMessageId: 50n };
    phone.push({ cmd: Command.READ, data: { $case: 'read', value: read } });
    // Reactions without a fallback and open streams stop at the platform: the server would push them.
    const body = { $case: 'reaction', value: { messageId: 3n, key: '+1' } } as const;
    const bare = await phone.sendGroup(GROUP, { clientMessageId: 'b', body });
    const sender = { userId: 900n, terminal: 1 };
    const messageId = store.nextId();
    const message = { sender, receiverId: 4n, content: { messageId } };
    await version2!.stream(message, StreamState.OPEN, 'Hel', 'is writing');
    await version2!.stream(message, StreamState.DONE, 'Hello');
    await expect.poll(() => user4.copiesOf(messageId).map((copy) => [copy.body, copy.text])).toEqual([['text', 'Hello']]);
    await expect.poll(() => system.codesOf(bare.messageId, user3)).toEqual([SendCode.UNSUPPORTED_VERSION]);
    await expect.poll(() => user3.received.map((received) => received.body)).toEqual(['read']);
    await expect.poll(() => phone.receivedWith(Command.TYPING).length).toBe(1);
    await system.talk();
    await system.settled();
    const version2Commands: number[] = [Command.TYPING, Command.READ];
    expect([desk, user3, user4].flatMap(({ received }) => received.filter(({ cmd }) => version2Commands.includes(cmd)))).toEqual(
      [],
    );
    expect([...system.wire.counts.keys()].filter((key) => key.includes('_2 v2') || key.includes('event_2'))).toEqual([]);
  });
});
