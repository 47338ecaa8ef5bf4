// Clients, two servers and a platform: real sockets, and an embedded broker between the services.
import { expect, it, onTestFinished, vi } from 'vitest';
import { roomRef } from '../../src/conversation/index.js';
import { Command, type ReceiveInfoInit, SendCode, type SendInfo, type UplinkInfo } from '../../src/index.js';
import { type Client, connect, listen, type Server, type ServerConnection } from '../../src/node/index.js';
import {
  consumerGroup,
  Deduplicator,
  EmbeddedBroker,
  MemoryRoutes,
  planAudience,
  planCommand,
  planFanOut,
  receiveInfoMessage,
  sendResultMessage,
  sessionEventMessage,
  topics,
  uplinkInfoMessage,
} from '../../src/rocketmq/index.js';
import { AudienceIndex, deliver, Uplink } from '../../src/server/index.js';
import { routesOf } from '../rocketmq/routes-of.js';

const SERVICE = 'chat';

class Platform {
  readonly routes = new MemoryRoutes();
  readonly uplinks: UplinkInfo[] = [];
  readonly results: string[] = [];

  constructor(readonly broker: EmbeddedBroker) {}

  async start(): Promise<void> {
    await this.broker.subscribe(
      { group: consumerGroup('service', 'sessions'), topics: [topics.session] },
      async ({ message: { payload } }) => {
        if (payload?.$case === 'sessionEvent') await this.routes.apply(payload.value);
      },
    );
    const once = new Deduplicator();
    await this.broker.subscribe(
      { group: consumerGroup('service', 'uplinks'), topics: [topics.uplink] },
      once.wrap(async ({ message: { payload } }) => {
        if (payload?.$case === 'uplinkInfo') await this.#take(payload.value);
      }),
    );
    await this.broker.subscribe(
      { group: consumerGroup('service', SERVICE), topics: topics.ofResults() },
      ({ message: { payload } }) => {
        if (payload?.$case === 'sendResult') this.results.push(`${payload.value.cmd} ${payload.value.code}`);
      },
    );
  }

  async publish(serverId: string | number, receiveInfo: ReceiveInfoInit): Promise<void> {
    await this.broker.publish(receiveInfoMessage(serverId, { ...receiveInfo, serviceName: SERVICE }));
  }

  async #take(uplink: UplinkInfo): Promise<void> {
    this.uplinks.push(uplink);
    const { cmd, data, sender } = uplink;
    switch (data?.$case) {
      case 'syncRequest':
        return this.#reply(uplink, { cmd, data: { $case: 'syncPage', value: { cursor: new Uint8Array([7]) } } });
      case 'room':
        if (data.value.roomId !== 7n)
          return this.#reply(uplink, { cmd: Command.ERROR, data: { $case: 'error', value: { code: 48 } } });
        return this.#reply(uplink, { cmd, data: { $case: 'room', value: data.value } });
      case 'roomMessage': {
        const message = { cmd, sender, audience: roomRef(data.value.roomId), data } as const;
        for (const { serverId, receiveInfo } of planAudience(message, await this.routes.version2Servers()))
          await this.publish(serverId, receiveInfo);
        return this.#accept(uplink);
      }
      case 'typing': {
        const command = { cmd, sender, receiverIds: [2n], data, skipSelf: true } as const;
        for (const { serverId, receiveInfo } of (await planCommand(command, this.routes)).receiveInfos)
          await this.publish(serverId, receiveInfo);
        return;
      }
      case 'privateMessage': {
        if (data.value.receiverId === 3n)
          return this.#reply(uplink, { cmd: Command.ERROR, data: { $case: 'error', value: { code: 50 } } });
        const message = { ...data.value, content: { ...data.value.content, messageId: 91n } };
        for (const { serverId, receiveInfo } of (await planFanOut(message, this.routes)).receiveInfos)
          await this.publish(serverId, receiveInfo);
        return this.#accept(uplink);
      }
    }
  }

  #accept(uplink: UplinkInfo): Promise<void> {
    const value = { code: SendCode.SUCCESS, cmd: uplink.cmd };
    return this.#reply(uplink, { cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value } });
  }

  #reply({ sender, serverId, connectionId, sequence }: UplinkInfo, reply: ReceiveInfoInit): Promise<void> {
    const receivers = [{ terminal: sender?.terminal, userIds: [sender?.userId ?? 0n] }];
    return this.publish(serverId, { ...reply, receivers, connectionId, replyTo: sequence });
  }
}

async function startServer(broker: EmbeddedBroker, serverId: string, dropped: string[]): Promise<Server> {
  const audience = new AudienceIndex<ServerConnection>();
  const uplink = new Uplink<ServerConnection>({ serverId, audience, publish: (info) => broker.publish(uplinkInfoMessage(info)) });
  const server = await listen({
    host: '127.0.0.1',
    serverId,
    features: ['sync', 'rooms'],
    message: uplink.message,
    login: ({ accessToken }) => ({ userId: BigInt(accessToken), terminal: 1 }),
    onSessionEvent: (event) => broker.publish(sessionEventMessage(event)),
  });
  onTestFinished(() => server.close());
  const consume = async ({ body, bornAtMs }: { body: Uint8Array; bornAtMs: number }): Promise<void> => {
    const delivered = deliver(body, server, { audience, uplink, bornAtMs });
    if (delivered.dropped !== undefined) dropped.push(delivered.dropped.message);
    for (const result of delivered.results)
      await broker.publish(sendResultMessage(result), { serviceName: delivered.serviceName });
  };
  await broker.subscribe({ group: consumerGroup('server', serverId), topics: topics.ofServer(serverId) }, consume);
  await broker.subscribe({ group: consumerGroup('event', serverId), topics: topics.ofEvents(serverId) }, consume);
  return server;
}

async function start() {
  const broker = new EmbeddedBroker();
  onTestFinished(() => broker.close());
  const platform = new Platform(broker);
  await platform.start();
  const dropped: string[] = [];
  const [one, two] = [await startServer(broker, 'one', dropped), await startServer(broker, 'two', dropped)];
  const client = async (userId: number, server: Server, versions: readonly number[] = [1, 2]) => {
    const connected = await connect(`tcp://127.0.0.1:${server.port}`, { login: { accessToken: String(userId) }, versions });
    onTestFinished(async () => void (await connected.close()));
    const messages: SendInfo[] = [];
    void read(connected, messages);
    await vi.waitFor(async () => expect(await routesOf(platform.routes, BigInt(userId))).toHaveLength(1));
    return { client: connected, messages };
  };
  return { broker, platform, dropped, one, two, client };
}

async function read(client: Client, messages: SendInfo[]): Promise<void> {
  for await (const message of client) messages.push(message);
}

it('a request goes to the platform and is answered from there', async () => {
  const { platform, one, client } = await start();
  const { client: alice } = await client(1, one);
  const content = { body: { $case: 'text', value: { text: 'hi' } } } as const;
  expect(await alice.request(Command.PRIVATE_MESSAGE, { receiverId: 2n, content })).toMatchObject({ code: SendCode.SUCCESS });
  expect(await alice.request(Command.SYNC, {})).toMatchObject({ cursor: new Uint8Array([7]) });
  expect(platform.uplinks.map(({ number, cmd, serverId, version }) => [number, cmd, serverId, version])).toEqual([
    [1n, Command.PRIVATE_MESSAGE, 'one', 2],
    [2n, Command.SYNC, 'one', 2],
  ]);
  await expect(alice.request(Command.PRIVATE_MESSAGE, { receiverId: 3n, content })).rejects.toMatchObject({ code: 'BLOCKED' });
});

it('a message reaches the receiver on another server, whose result reaches the platform', async () => {
  const { platform, one, two, client, dropped } = await start();
  const { client: alice } = await client(1, one);
  const { messages } = await client(2, two, [1]);
  const content = { body: { $case: 'text', value: { text: 'hi' } } } as const;
  await alice.request(Command.PRIVATE_MESSAGE, { receiverId: 2n, content });
  await vi.waitFor(() => expect(messages).toMatchObject([{ cmd: Command.PRIVATE_MESSAGE }]));
  await vi.waitFor(() => expect(platform.results).toEqual([`${Command.PRIVATE_MESSAGE} ${SendCode.SUCCESS}`]));
  expect(dropped).toEqual([]);
});

it('a message of a room reaches those who are in it, on every server, but not its sender', async () => {
  const { platform, one, two, client } = await start();
  const [alice, bob, carol] = [await client(1, one), await client(2, two), await client(3, two)];
  for (const { client: member } of [alice, bob]) await member.request(Command.ROOM, { roomId: 7n, join: true });
  await expect(carol.client.request(Command.ROOM, { roomId: 8n, join: true })).rejects.toMatchObject({ code: 'NOT_A_MEMBER' });
  const content = { body: { $case: 'text', value: { text: 'all' } } } as const;
  const say = () => alice.client.request(Command.ROOM_MESSAGE, { roomId: 7n, content });
  expect(await say()).toMatchObject({ code: SendCode.SUCCESS });
  await vi.waitFor(() => expect(bob.messages).toMatchObject([{ cmd: Command.ROOM_MESSAGE }]));
  await bob.client.request(Command.ROOM, { roomId: 7n, join: false });
  await say();
  await alice.client.request(Command.SYNC, {});
  expect([alice.messages, bob.messages.length, carol.messages, platform.results]).toEqual([[], 1, [], []]);
});

it('events come through the group of their own', async () => {
  const { broker, two, client, dropped } = await start();
  const { messages } = await client(2, two);
  const typing = { conversation: roomRef(7n), sender: { userId: 1n, terminal: 1 }, expiresInMs: 1000 };
  const send = (): Promise<unknown> =>
    broker.publish(
      receiveInfoMessage('two', {
        cmd: Command.TYPING,
        receivers: [{ terminal: 1, userIds: [2n] }],
        data: { $case: 'typing', value: typing },
      }),
    );
  await send();
  await vi.waitFor(() => expect(messages).toHaveLength(1));
  expect(dropped).toEqual([]);
});

it('routes follow the sessions: a second login on another server, a logout by the network, the end of a server', async () => {
  const { platform, one, two, client } = await start();
  const route = async (): Promise<unknown> =>
    (await routesOf(platform.routes, 1n))?.map(({ serverId, version }) => [serverId, version]);
  const first = await client(1, one);
  expect(await route()).toEqual([['one', 2]]);
  const second = await connect(`ws://127.0.0.1:${two.port}`, { login: { accessToken: '1' }, versions: [1] });
  onTestFinished(async () => void (await second.close()));
  await vi.waitFor(async () => expect(await route()).toEqual([['two', 1]]));
  // The end of the older session changes nothing.
  await first.client.close();
  await vi.waitFor(() => expect(one.connectionCount).toBe(0));
  expect(await route()).toEqual([['two', 1]]);
  await two.close();
  await vi.waitFor(async () => expect(await route()).toBeUndefined());
});
