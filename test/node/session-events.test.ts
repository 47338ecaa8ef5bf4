// SessionEvents of a server, over real sockets.
import { expect, it, vi } from 'vitest';
import { type SessionEventInit, SessionEventKind } from '../../src/index.js';
import type { ServerConnection } from '../../src/node/index.js';
import { connect, listen } from '../../src/node/index.js';
import { host, TOKEN } from './host.js';

const { OPENED, BACKGROUND, FOREGROUND, CLOSED } = SessionEventKind;

function watch() {
  const events: [SessionEventInit, ServerConnection][] = [];
  const onSessionEvent = (event: SessionEventInit, connection: ServerConnection): void => {
    // It comes with the clock.
    if (event.kind !== SessionEventKind.REFRESHED) events.push([event, connection]);
  };
  const seen = (): unknown[] => events.map(([{ kind, connectionId, reason }]) => [kind, connectionId, reason]);
  return { events, onSessionEvent, seen, options: { serverId: 's-1', onSessionEvent } };
}

it.each(['tcp', 'ws'])('a session over %s is opened, goes to the background and back, and is closed', async (protocol) => {
  const { events, options, seen } = watch();
  const { client, logins } = await host(options);
  const os = 'Android 16';
  const one = await client(protocol, { login: { ...TOKEN, client: { os } } });
  one.background = true;
  await vi.waitFor(() => expect(events).toHaveLength(2));
  expect([one.background, logins[0].isBackground]).toEqual([true, true]);
  await vi.waitFor(async () => {
    one.background = !one.background;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(events.length).toBeGreaterThan(2);
  }, 5000);
  expect(events[2][0].kind).toBe(FOREGROUND);
  await one.close();
  await vi.waitFor(() => expect(events.at(-1)?.[0].kind).toBe(CLOSED));
  const { id } = logins[0];
  expect(seen().slice(0, 2)).toEqual([
    [OPENED, id, undefined],
    [BACKGROUND, id, undefined],
  ]);
  expect(events[0]).toMatchObject([{ user: { userId: 1n, terminal: 1 }, serverId: 's-1', version: 2, client: { os } }, { id }]);
});

it('a session of a user who logs out ends with LOGGED_OUT', async () => {
  const { events, options } = watch();
  const { client } = await host(options);
  await (await client('tcp')).logout();
  await vi.waitFor(() => expect(events.map(([{ kind }]) => kind)).toEqual([OPENED, SessionEventKind.LOGGED_OUT]));
});

it('a client that is in the background when it logs in says so on each connection', async () => {
  const { events, options } = watch();
  const { client } = await host(options);
  await client('tcp', { background: true });
  await vi.waitFor(() => expect(events.map(([{ kind }]) => kind)).toEqual([OPENED, BACKGROUND]));
});

it('a second login is opened with a greater epoch before the first one is closed with its reason', async () => {
  const { events, options, seen } = watch();
  const { client, logins } = await host(options);
  await client('tcp', { login: { ...TOKEN, deviceId: 'a' } });
  await client('tcp', { login: { ...TOKEN, deviceId: 'b' } });
  await vi.waitFor(() => expect(events).toHaveLength(3));
  const [one, two] = logins.map(({ id }) => id);
  expect(seen()).toEqual([
    [OPENED, one, undefined],
    [OPENED, two, undefined],
    [CLOSED, one, 36],
  ]);
  const [first, second, third] = events.map(([{ epoch }]) => epoch ?? 0n);
  expect([second > first, third === first]).toEqual([true, true]);
});

it('the login handler may give the epoch, which the client does not get', async () => {
  const { events, options } = watch();
  const { client } = await host({ ...options, login: () => ({ userId: 1n, terminal: 1, epoch: 42n }) });
  const one = await client('tcp');
  expect([one.session?.userId, events[0][0].epoch]).toEqual([1n, 42n]);
  expect(Object.keys(one.session ?? {})).not.toContain('epoch');
});

it.each([0n, -1n, 2n ** 63n, 5 as unknown as bigint])('an epoch of %s is a failure of the login handler', async (epoch) => {
  const errors: unknown[] = [];
  const { events, options } = watch();
  const { port } = await host({
    ...options,
    login: () => ({ userId: 1n, terminal: 1, epoch }),
    onError: (error) => void errors.push(String(error)),
  });
  await expect(connect(`tcp://127.0.0.1:${port}`, { login: TOKEN })).rejects.toMatchObject({ code: 'OVERLOADED' });
  expect([errors, events]).toEqual([
    [`TypeError: epoch: expected a bigint from 1 to 9223372036854775807, got ${typeof epoch} ${epoch}`],
    [],
  ]);
});

it('a connection that never logged in has no events', async () => {
  const { events, options } = watch();
  const { port, ends } = await host({
    ...options,
    login: () => {
      throw new Error('down');
    },
    onError: () => {},
  });
  await connect(`tcp://127.0.0.1:${port}`, { login: TOKEN }).catch(() => {});
  await vi.waitFor(() => expect(ends).toHaveLength(1));
  expect(events).toEqual([]);
});

it('each session ends once, also if a callback throws, the server drains and all connections end at once', async () => {
  const errors: unknown[] = [];
  const events: SessionEventInit[] = [];
  const onSessionEvent = (event: SessionEventInit): void => {
    if (event.kind !== SessionEventKind.REFRESHED) events.push(event);
    throw new Error('broken');
  };
  const broken = (): never => {
    throw new Error('broken');
  };
  const { client, server } = await host({
    serverId: '1',
    onSessionEvent,
    onLogin: broken,
    onClose: broken,
    login: ({ accessToken }) => ({ userId: BigInt(accessToken), terminal: 1 }),
    onError: (_error, { callback }) => void errors.push(callback),
  });
  for (let i = 1; i <= 4; i++) await client(i % 2 ? 'tcp' : 'ws', { login: { accessToken: String(i) }, reconnect: false });
  server.connections.get(1n, 1)?.close();
  await server.drain({ graceMs: 1 });
  for (let i = 1n; i <= 4n; i++)
    expect(events.filter(({ user }) => user?.userId === i).map(({ kind }) => kind)).toEqual([OPENED, CLOSED]);
  expect(errors.filter((name) => name === 'onSessionEvent').length).toBeGreaterThanOrEqual(8);
});

it('connection ids of a server with an id are new after a restart', async () => {
  const ids = new Set<string>();
  for (let start = 0; start < 2; start++) {
    const { client, logins, server } = await host({ serverId: '7', idPrefix: 'x-' });
    await client('tcp', { reconnect: false });
    ids.add(logins[0].id);
    await server.close();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(ids.size).toBe(2);
  for (const id of ids) expect(id).toMatch(/^x-[0-9a-z]+-1$/);
});

it.each([{ serverId: '' }, { serverId: 'a b' }, { serverId: 'a'.repeat(109) }, { onSessionEvent: () => {} }])(
  'listen refuses %j',
  async (options) => {
    const handlers = { login: () => ({ userId: 1n, terminal: 1 }), message: () => undefined };
    await expect(listen({ host: '127.0.0.1', ...handlers, ...options })).rejects.toMatchObject({
      code: 'INVALID_MESSAGE',
      path: 'serverId',
    });
  },
);
