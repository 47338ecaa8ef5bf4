// Servers on an embedded broker, with real sockets.
import { expect, it, onTestFinished, vi } from 'vitest';
import { Command, ProtocolError, SendCode, type SendInfo, SessionEventKind } from '../../src/index.js';
import { type Client, type ConnectOptions, connect, type ListenOptions, listen, type Server } from '../../src/node/index.js';
import {
  type Broker,
  consumerGroup,
  EmbeddedBroker,
  forceLogoutMessage,
  MemoryRoutes,
  type Routes,
  receiveInfoMessage,
  sessionEventMessage,
  topics,
} from '../../src/rocketmq/index.js';
import { type ServeBrokerOptions, type ServedBroker, serveBroker } from '../../src/server/index.js';
import { routesOf } from '../rocketmq/routes-of.js';

const APP = 2;
const { OPENED, CLOSED } = SessionEventKind;
type Joining = Partial<ServeBrokerOptions<never>> & { readonly listen?: Partial<ListenOptions> };

function start(routes: Routes | undefined = new MemoryRoutes()) {
  const broker = new EmbeddedBroker();
  onTestFinished(() => broker.close());
  const errors: string[] = [];
  const join = async (
    serverId: string,
    { listen: more, ...options }: Joining = {},
    queue: Pick<Broker, 'publish' | 'subscribe'> = broker,
  ) => {
    const server = await listen({
      host: '127.0.0.1',
      serverId,
      login: ({ accessToken }) => ({ userId: BigInt(accessToken), terminal: APP }),
      message: () => undefined,
      ...more,
    });
    const onError = (error: unknown, { part }: { part: string }): void =>
      void errors.push(`${part}: ${(error as Error).message}`);
    const joined = await serveBroker(server, queue, { serverId, routes, onError, closeTimeoutMs: 200, ...options });
    onTestFinished(async () => {
      await server.close();
      await joined.close();
    });
    return { server, joined };
  };
  const client = async (userId: number, { port }: Server, options: Partial<ConnectOptions> = {}) => {
    const connected = await connect(`tcp://127.0.0.1:${port}`, {
      login: { accessToken: String(userId) },
      reconnect: false,
      ...options,
    });
    onTestFinished(async () => void (await connected.close()));
    const messages: SendInfo[] = [];
    void read(connected, messages);
    return { client: connected, messages };
  };
  return { broker, routes: routes as MemoryRoutes, errors, join, client };
}

async function read(client: Client, messages: SendInfo[]): Promise<void> {
  try {
    for await (const message of client) messages.push(message);
  } catch {
    // The end of the connection is in `closed`.
  }
}

function privateMessage(serverId: string, messageId: bigint, receiverId = 1n) {
  const sender = { userId: 9n, terminal: APP };
  const content = { messageId, body: { $case: 'text', value: { text: 'hi' } } } as const;
  const receivers = [{ terminal: APP, userIds: [receiverId] }];
  const data = { $case: 'privateMessage', value: { sender, receiverId, content } } as const;
  return receiveInfoMessage(serverId, { cmd: Command.PRIVATE_MESSAGE, sender, receivers, serviceName: 'chat', data });
}

it('delivers each message once, publishes the results, and keeps the routes', async () => {
  const { broker, routes, errors, join, client } = start();
  const { server } = await join('one');
  const { messages, client: alice } = await client(1, server);
  await vi.waitFor(async () => expect(await routesOf(routes, 1n)).toMatchObject([{ serverId: 'one', version: 2 }]));
  const results: unknown[] = [];
  await broker.subscribe({ group: consumerGroup('service', 'chat'), topics: topics.ofResults() }, ({ message, serviceName }) => {
    if (message.payload?.$case === 'sendResult')
      results.push([message.payload.value.code, message.payload.value.messageId, serviceName]);
  });
  for (const id of [5n, 5n, 6n]) await broker.publish(privateMessage('one', id));
  await broker.publish(privateMessage('one', 7n, 8n));
  await vi.waitFor(() => expect(results.length).toBe(3));
  expect(results.sort()).toEqual([
    [SendCode.SUCCESS, 5n, 'chat'],
    [SendCode.SUCCESS, 6n, 'chat'],
    [SendCode.CHANNEL_NOT_FOUND, 7n, 'chat'],
  ]);
  await vi.waitFor(() => expect(messages.map(({ cmd }) => cmd)).toEqual([Command.PRIVATE_MESSAGE, Command.PRIVATE_MESSAGE]));
  await alice.close();
  await vi.waitFor(async () => expect(await routesOf(routes, 1n)).toBeUndefined());
  expect(errors).toEqual([]);
});

it('delivers each message inside of `around`', async () => {
  const { broker, errors, join, client } = start();
  const around: string[] = [];
  const { server } = await join('one', {
    around: ({ cmd }, run) => {
      around.push(`begin ${cmd}`);
      run();
      around.push('end');
    },
  });
  const { messages } = await client(1, server);
  await broker.publish(privateMessage('one', 5n));
  await vi.waitFor(() => expect(messages).toHaveLength(1));
  expect(around).toEqual([`begin ${Command.PRIVATE_MESSAGE}`, 'end']);
  expect(errors).toEqual([]);
});

it('publishes the SessionEvents in order, also those of sessions that were open before', async () => {
  const { broker, errors, join, client } = start();
  const seen: unknown[] = [];
  await broker.subscribe(
    { group: consumerGroup('service', 'sessions'), topics: [topics.session] },
    ({ message: { payload } }) => {
      if (payload?.$case === 'sessionEvent') seen.push([payload.value.kind, payload.value.serverId, payload.value.user?.userId]);
    },
  );
  const server = await listen({
    host: '127.0.0.1',
    serverId: 'late',
    login: () => ({ userId: 1n, terminal: APP }),
    message: () => undefined,
  });
  onTestFinished(() => server.close());
  const { client: alice } = await client(1, server);
  const joined = await serveBroker(server, broker, { serverId: 'late' });
  await alice.close();
  await vi.waitFor(() => expect(server.connectionCount).toBe(0));
  await joined.close();
  await vi.waitFor(() =>
    expect(seen).toEqual([
      [OPENED, 'late', 1n],
      [CLOSED, 'late', 1n],
    ]),
  );
  expect([errors, joined.waitingBytes]).toEqual([[], 0]);
  // Nothing more is taken.
  await expect(join('late')).resolves.toBeDefined();
});

it('ends the session of a user on another server that logs in again, as REPLACED if it is the same device', async () => {
  for (const [deviceId, code] of [
    ['d', 'REPLACED'],
    ['e', 'FORCED_LOGOUT'],
  ] as const) {
    const { routes, join, client } = start();
    const [one, two] = [await join('one'), await join('two')];
    const first = await client(1, one.server, { login: { accessToken: '1', deviceId: 'd' } });
    await vi.waitFor(async () => expect(await routesOf(routes, 1n)).toMatchObject([{ serverId: 'one' }]));
    const second = await client(1, two.server, { login: { accessToken: '1', deviceId } });
    expect(await first.client.closed).toMatchObject({ code });
    expect([second.client.state, one.server.connections.size]).toEqual(['authenticated', 0]);
    await vi.waitFor(async () => expect(await routesOf(routes, 1n)).toMatchObject([{ serverId: 'two' }]));
  }
});

it('leaves the tabs of a user on other servers, as `sessions` says, and ends the same device', async () => {
  for (const sessions of ['unlimited', 'one-per-device'] as const) {
    const { routes, join, client } = start(new MemoryRoutes({ sessions }));
    const [one, two] = [await join('one', { listen: { sessions } }), await join('two', { listen: { sessions } })];
    const tabs = [];
    for (const [server, deviceId] of [
      [one, 'a'],
      [two, 'b'],
      [two, ''],
    ] as const)
      tabs.push(await client(1, server.server, { login: { accessToken: '1', deviceId } }));
    await vi.waitFor(async () => expect(await routesOf(routes, 1n)).toHaveLength(3));
    const again = await client(1, two.server, { login: { accessToken: '1', deviceId: 'a' } });
    await vi.waitFor(async () =>
      expect((await routesOf(routes, 1n))?.map(({ serverId }) => serverId).sort()).toEqual(
        sessions === 'unlimited' ? ['one', 'two', 'two', 'two'] : ['two', 'two', 'two'],
      ),
    );
    if (sessions === 'one-per-device') expect(await tabs[0].client.closed).toMatchObject({ code: 'REPLACED' });
    expect([...tabs.slice(1), again].map(({ client: { state } }) => state)).toEqual(Array(3).fill('authenticated'));
  }
});

it('lets the later login win although the clock of the other server is ahead, and the epochs of an application decide', async () => {
  const { routes, join, client } = start();
  const { server } = await join('one');
  const ahead = {
    user: { userId: 1n, terminal: APP },
    serverId: 'two',
    connectionId: 'x',
    kind: OPENED,
    atMs: BigInt(Date.now()),
  };
  await routes.apply({ ...ahead, epoch: BigInt(Date.now() + 60_000), version: 2 });
  const { client: alice } = await client(1, server);
  await vi.waitFor(async () => expect(await routesOf(routes, 1n)).toMatchObject([{ serverId: 'one' }]));
  expect(alice.state).toBe('authenticated');
  const strict = await join('three', { listen: { login: () => ({ userId: 2n, terminal: APP, epoch: 4n }) } });
  await routes.apply({ ...ahead, user: { userId: 2n, terminal: APP }, epoch: 5n, version: 2 });
  const { client: bob } = await client(2, strict.server);
  expect(await bob.closed).toMatchObject({ code: 'FORCED_LOGOUT' });
  expect(await routesOf(routes, 2n)).toMatchObject([{ serverId: 'two' }]);
});

it('ends only the connection that a FORCE_LOGOUT names', async () => {
  const { broker, join, client } = start(new MemoryRoutes({ sessions: 'unlimited' }));
  const { server } = await join('one', { listen: { sessions: 'unlimited' } });
  const [first, second] = [await client(1, server), await client(1, server)];
  const [connection] = server.connections.others(1n, APP);
  const user = { userId: 1n, terminal: APP };
  await broker.publish(forceLogoutMessage({ serverId: 'one', connectionId: 'gone' }, { user }));
  await broker.publish(forceLogoutMessage({ serverId: 'one', connectionId: connection.id }, { user, reason: 'x' }));
  expect(await first.client.closed).toMatchObject({ code: 'FORCED_LOGOUT' });
  expect(second.client.state).toBe('authenticated');
});

it('waits while the routes and the broker are away, and enters all sessions when they are back', async () => {
  const store = new MemoryRoutes();
  let isAway = false;
  const away = (): void => {
    if (isAway) throw new ProtocolError('INTERNAL', 'away');
  };
  const routes = Object.create(store) as MemoryRoutes;
  routes.apply = async (...args) => {
    away();
    return store.apply(...args);
  };
  const { broker, errors, join, client } = start(routes);
  const queue: Pick<Broker, 'publish' | 'subscribe'> = {
    publish: async (...args) => {
      away();
      return broker.publish(...args);
    },
    subscribe: (...args) => broker.subscribe(...args),
  };
  const { server, joined } = await join('one', {}, queue);
  await client(1, server);
  await vi.waitFor(async () => expect(await routesOf(store, 1n)).toHaveLength(1));
  isAway = true;
  const events: unknown[] = [];
  await broker.subscribe(
    { group: consumerGroup('service', 'sessions'), topics: [topics.session] },
    ({ message: { payload } }) => {
      if (payload?.$case === 'sessionEvent') events.push([payload.value.user?.userId, payload.value.kind]);
    },
  );
  const { client: bob } = await client(2, server);
  await bob.close();
  await vi.waitFor(() => expect([errors, joined.waitingBytes > 2000]).toEqual([['routes: [INTERNAL] away'], true]));
  // The store has lost everything.
  await store.deleteServer('one');
  isAway = false;
  await vi.waitFor(async () => expect(await routesOf(store, 1n)).toHaveLength(1), { timeout: 10_000 });
  await vi.waitFor(
    () =>
      expect(events).toEqual([
        [1n, OPENED],
        [2n, OPENED],
        [2n, CLOSED],
      ]),
    { timeout: 10_000 },
  );
  await vi.waitFor(() => expect([joined.waitingBytes, errors.length]).toEqual([0, 1]));
});

it('bounds what waits, and reports what is lost, at the limit and at the end', async () => {
  const broken = {
    ...new MemoryRoutes(),
    apply: () => Promise.reject(new ProtocolError('TIMEOUT', 'away')),
  } as unknown as Routes;
  const { errors, join, client } = start(broken);
  const user = { userId: 1n, terminal: APP };
  const { server, joined } = await join('one', { maxWaitingBytes: 1 });
  await client(1, server);
  await vi.waitFor(() => expect(errors.length).toBe(1));
  expect(errors[0]).toMatch(/^sessions: \[OVERLOADED\] got \d+ bytes of messages waiting to be sent, limit 1$/);
  expect([joined.waitingBytes, user.userId]).toEqual([0, 1n]);
  const other = await join('two', { closeTimeoutMs: 0 });
  await client(2, other.server);
  await vi.waitFor(() => expect(errors).toContain('routes: [TIMEOUT] away'));
  await other.server.close();
  await other.joined.close();
  // OPENED could not be entered, and neither could CLOSED.
  expect(errors.slice(1).filter((error) => error.startsWith('routes')).length).toBeGreaterThanOrEqual(2);
  expect(other.joined.waitingBytes).toBe(0);
});

it('acknowledges a message when its result is published, and repeats that without pushing again', async () => {
  const { broker, errors, join, client } = start();
  let failures = 2;
  const queue: Pick<Broker, 'publish' | 'subscribe'> = {
    publish: async (message, options) => {
      if (message.payload?.$case === 'sendResult' && failures-- > 0) throw new ProtocolError('OVERLOADED', 'busy');
      return broker.publish(message, options);
    },
    subscribe: (...args) => broker.subscribe(...args),
  };
  const { server } = await join('one', {}, queue);
  const { messages } = await client(1, server);
  let results = 0;
  await broker.subscribe({ group: consumerGroup('service', 'chat'), topics: topics.ofResults() }, () => void results++);
  await broker.publish(privateMessage('one', 5n));
  await vi.waitFor(() => expect([results, messages.length]).toEqual([1, 1]));
  expect([messages.length, errors]).toEqual([1, ['results: [OVERLOADED] busy']]);
});

it('delivers events although the memory of handled messages is away: they are never redelivered', async () => {
  const { broker, join, client } = start();
  const away = { wrap: () => () => Promise.reject(new ProtocolError('TIMEOUT', 'away')) };
  const { server } = await join('one', { deduplicator: away });
  const { messages } = await client(1, server);
  const sender = { userId: 9n, terminal: APP };
  const conversation = { kind: { $case: 'groupId', value: 10n } } as const;
  await broker.publish(
    receiveInfoMessage('one', {
      cmd: Command.TYPING,
      sender,
      receivers: [{ terminal: APP, userIds: [1n] }],
      data: { $case: 'typing', value: { conversation, sender, expiresInMs: 3000 } },
    }),
  );
  await vi.waitFor(() => expect(messages.map(({ cmd }) => cmd)).toEqual([Command.TYPING]));
});

it('reports what was dropped, and permanent errors of results', async () => {
  const { broker, errors, join, client } = start();
  const dropped: string[] = [];
  const onDropped = (error: ProtocolError): void => {
    dropped.push(String(error.code));
    throw new Error('of the application');
  };
  const queue: Pick<Broker, 'publish' | 'subscribe'> = {
    publish: async (message, options) => {
      if (message.payload?.$case === 'sendResult') throw new ProtocolError('PERMISSION_DENIED', 'not you');
      return broker.publish(message, options);
    },
    subscribe: (...args) => broker.subscribe(...args),
  };
  const { server } = await join('one', { onDropped }, queue);
  const { messages } = await client(1, server);
  const reply = { cmd: Command.SEND_RESULT, receivers: [{ terminal: APP, userIds: [1n] }], connectionId: 'x', replyTo: 3 };
  await broker.publish(receiveInfoMessage('one', { ...reply, data: { $case: 'sendResult', value: { code: 1, cmd: 4 } } }));
  await broker.publish(privateMessage('one', 5n));
  await vi.waitFor(() => expect([errors.length, messages.length]).toEqual([2, 1]));
  expect([dropped, errors.sort(), messages.length]).toEqual([
    ['CLOSED'],
    ['messages: of the application', 'results: [PERMISSION_DENIED] not you'],
    1,
  ]);
});

it('gives its id to a server that has none, before clients connect, and refuses another one', async () => {
  const { broker } = start();
  const bare = { host: '127.0.0.1', login: () => ({ userId: 1n, terminal: APP }), message: () => undefined };
  const open = async (options: Partial<ListenOptions> = {}): Promise<Server> => {
    const server = await listen({ ...bare, ...options });
    onTestFinished(() => server.close());
    return server;
  };
  const server = await open();
  const joined: ServedBroker = await serveBroker(server, broker, { serverId: 'seven', routes: new MemoryRoutes() });
  onTestFinished(() => joined.close());
  const alice = await connect(`tcp://127.0.0.1:${server.port}`, { login: { accessToken: '1' } });
  onTestFinished(async () => void (await alice.close()));
  // With the time of its start: no id is used again.
  expect(alice.agreement?.connectionId).toMatch(/^[0-9a-z]{8,}-1$/);
  await expect(serveBroker(server, broker, { serverId: 'eight' })).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
  await expect(serveBroker(await open({ serverId: 'x' }), broker, { serverId: 'y' })).rejects.toThrow(
    '[INVALID_MESSAGE] serverId: expected that of listen',
  );
  await expect(serveBroker(await open(), broker, { serverId: 'a.b' })).rejects.toMatchObject({ code: 'INVALID_MESSAGE' });
  const busy = await open();
  const bob = await connect(`tcp://127.0.0.1:${busy.port}`, { login: { accessToken: '1' } });
  onTestFinished(async () => void (await bob.close()));
  await expect(serveBroker(busy, broker, { serverId: 'y' })).rejects.toThrow(
    '[INVALID_MESSAGE] serverId: clients are connected, pass it to listen',
  );
  await expect(
    serveBroker(server, broker, { serverId: 'seven', routes: new MemoryRoutes({ sessions: 'unlimited' }) }),
  ).rejects.toThrow('[INVALID_MESSAGE] routes: expected sessions one-per-terminal as in listen, got unlimited');
  await expect(serveBroker(server, broker, { serverId: 'seven', maxWaitingBytes: 0 })).rejects.toThrow(RangeError);
  await expect(serveBroker(server, broker, { serverId: 'seven', closeTimeoutMs: -1 })).rejects.toThrow(RangeError);
  expect(sessionEventMessage({ serverId: 'a' }).topic).toBe('im_session');
});
