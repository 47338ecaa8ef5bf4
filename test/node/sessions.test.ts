// Several connections of a user and terminal: tabs of a browser, devices.
import { describe, expect, it, vi } from 'vitest';
import { groupRef } from '../../src/conversation/index.js';
import {
  Command,
  encodeFrame,
  LogoutReason,
  type SendInfo,
  type SessionEventInit,
  type UplinkInfoInit,
} from '../../src/index.js';
import type { Client, ServerConnection } from '../../src/node/index.js';
import { MemoryRoutes, planFanOut } from '../../src/rocketmq/index.js';
import { AudienceIndex, deliver, Uplink } from '../../src/server/index.js';
import { chat, custom, push, textOf } from '../connection/messages.js';
import { routesOf } from '../rocketmq/routes-of.js';
import { host, TOKEN } from './host.js';

const WEB = 1;
const device = (deviceId: string) => ({ login: { ...TOKEN, deviceId } });

/** The texts of the next messages of a client. */
async function next(client: Client, count = 1): Promise<string[]> {
  const texts: string[] = [];
  for await (const message of client) {
    texts.push(textOf(message as SendInfo));
    if (texts.length === count) break;
  }
  return texts;
}

/** Everything that has arrived, up to a last push of the server. */
async function all(client: Client, end: () => void): Promise<string[]> {
  end();
  const texts: string[] = [];
  for await (const message of client) {
    const text = textOf(message as SendInfo);
    if (text === 'end') break;
    texts.push(text);
  }
  return texts;
}

describe.each(['tcp', 'ws'])('unlimited sessions over %s', (protocol) => {
  it('two tabs both get messages, and each its own replies', async () => {
    const { client, server, logins } = await host({ sessions: 'unlimited' });
    const [one, two] = [await client(protocol, device('d')), await client(protocol, device('d'))];
    expect([server.connections.size, server.connections.ofUser(1n)]).toEqual([2, logins]);
    expect(server.connections.get(1n, WEB)).toBe(logins[1]);
    expect(server.connections.others(1n, WEB)).toEqual([logins[0]]);
    expect(server.connections.broadcast(push(1n, 'all'))).toBe(2);
    expect([await next(one), await next(two)]).toEqual([['all'], ['all']]);
    await one.close();
    await vi.waitFor(() => expect(server.connections.ofUser(1n)).toEqual([logins[1]]));
    expect(two.state).toBe('authenticated');
  });

  it('a ReceiveInfo goes to both, or to the one that it names', async () => {
    const { client, server, logins } = await host({ sessions: 'unlimited' });
    const [one, two] = [await client(protocol), await client(protocol)];
    const send = (messageId: bigint, text: string, connectionId?: string) =>
      deliver(
        encodeFrame('ReceiveInfo', {
          ...(push(messageId, text) as object),
          cmd: Command.SYSTEM_MESSAGE,
          receivers: [{ terminal: WEB, userIds: [1n] }],
          connectionId,
        }),
        server,
      );
    expect(send(1n, 'both').results).toMatchObject([{ code: 1, receivers: [{ terminal: WEB, userIds: [1n] }] }]);
    send(2n, 'first', logins[0].id);
    send(3n, 'second', logins[1].id);
    expect(send(4n, 'nobody', 'x').results).toMatchObject([{ receivers: [{ userIds: [1n] }] }]);
    const end = (): void => void server.connections.broadcast(push(9n, 'end'));
    expect(await all(one, end)).toEqual(['both', 'first']);
    expect(await all(two, () => {})).toEqual(['both', 'second']);
  });

  it('kick logs all of them out, or those of a terminal', async () => {
    const { client, server } = await host({
      sessions: 'unlimited',
      login: ({ accessToken, terminal }) => ({ userId: BigInt(accessToken), terminal: terminal || WEB }),
    });
    const login = (accessToken: string, terminal = WEB) => client(protocol, { login: { accessToken, terminal } });
    const [one, two, app, other] = [await login('1'), await login('1'), await login('1', 2), await login('2')];
    expect(server.connections.kick(1n, { terminal: WEB, code: LogoutReason.BANNED, reason: 'banned' })).toBe(2);
    for (const kicked of [one, two]) {
      expect(await kicked.closed).toMatchObject({ code: 'FORCED_LOGOUT' });
      const { value } = await kicked[Symbol.asyncIterator]().next();
      expect(value).toMatchObject({
        cmd: Command.FORCE_LOGOUT,
        data: { value: { user: { userId: 1n, terminal: WEB }, reason: 'banned', code: LogoutReason.BANNED, deviceId: '' } },
      });
    }
    expect([app.state, other.state, server.connections.size]).toEqual(['authenticated', 'authenticated', 2]);
    expect([server.connections.kick(1n), server.connections.kick(1n), server.connections.kick(9n)]).toEqual([1, 0, 0]);
    expect(await app.closed).toMatchObject({ code: 'FORCED_LOGOUT' });
    expect(() => server.connections.kick(2n, { reason: 'x'.repeat(513) })).toThrow('INVALID_MESSAGE');
    expect(other.state).toBe('authenticated');
  });
});

it('one per device: the same device replaces its connection, others stay', async () => {
  const { client, server } = await host({ sessions: 'one-per-device' });
  const [a, b, none, none2] = [
    await client('tcp', device('a')),
    await client('ws', device('b')),
    await client('tcp'),
    await client('tcp'),
  ];
  expect(server.connections.size).toBe(4);
  await client('ws', device('a'));
  expect(await a.closed).toMatchObject({ code: 'REPLACED' });
  await client('tcp', device('b'));
  expect(await b.closed).toMatchObject({ code: 'REPLACED' });
  expect([server.connections.size, none.state, none2.state]).toEqual([4, 'authenticated', 'authenticated']);
});

it('what one tab sends reaches the other tabs and the receiver once, by routes of SessionEvents', async () => {
  const routes = new MemoryRoutes({ sessions: 'unlimited' });
  const audience = new AudienceIndex<ServerConnection>();
  for (const userId of [1n, 2n]) audience.addMember(7n, userId);
  const uplinks: UplinkInfoInit[] = [];
  let messageId = 0n;
  const publish = async (info: UplinkInfoInit): Promise<void> => {
    uplinks.push(info);
    const { data, sender, serverId, connectionId = '', sequence = 0 } = info;
    messageId += 1n;
    if (data?.$case === 'privateMessage') {
      const message = { ...data.value, content: { ...data.value.content, messageId } };
      const { receiveInfos } = await planFanOut(message, routes, { sentFrom: { serverId, connectionId } });
      for (const { receiveInfo } of receiveInfos) deliver(encodeFrame('ReceiveInfo', receiveInfo), server, { audience });
    } else if (data?.$case === 'groupMessage') {
      const value = { ...data.value, content: { ...data.value.content, messageId } };
      const info = { cmd: Command.GROUP_MESSAGE, sender, everyone: true, audience: groupRef(7n), connectionId } as const;
      deliver(encodeFrame('ReceiveInfo', { ...info, data: { $case: 'groupMessage', value } }), server, { audience });
    }
    const reply = { receivers: [{ terminal: sender!.terminal, userIds: [sender!.userId!] }], connectionId, replyTo: sequence };
    const result = { code: 1, cmd: info.cmd, messageId };
    deliver(
      encodeFrame('ReceiveInfo', { ...reply, cmd: Command.SEND_RESULT, data: { $case: 'sendResult', value: result } }),
      server,
      { uplink },
    );
  };
  const uplink = new Uplink<ServerConnection>({ serverId: 's', publish });
  const events: SessionEventInit[] = [];
  const { client, server } = await host({
    sessions: 'unlimited',
    serverId: 's',
    onSessionEvent: (event) => {
      events.push(event);
      void routes.apply(event);
    },
    login: ({ accessToken }) => ({ userId: BigInt(accessToken), terminal: WEB }),
    message: uplink.message,
  });
  const tab = (accessToken: string) => client('ws', { login: { accessToken } });
  const [one, two, bob, bob2] = [await tab('1'), await tab('1'), await tab('2'), await tab('2')];
  expect(await routesOf(routes, 1n)).toMatchObject([{ serverId: 's' }, { serverId: 's' }]);
  expect(await one.request(Command.PRIVATE_MESSAGE, chat('hi'))).toMatchObject({ messageId: 1n });
  expect(
    await two.request(Command.GROUP_MESSAGE, { groupId: 7n, content: { body: { $case: 'text', value: { text: 'all' } } } }),
  ).toMatchObject({ messageId: 2n });
  const end = (): void => void server.connections.broadcast(push(99n, 'end'));
  expect(await all(one, end)).toEqual(['all']);
  expect(await all(two, () => {})).toEqual(['hi']);
  expect(await all(bob, () => {})).toEqual(['hi', 'all']);
  expect(await all(bob2, () => {})).toEqual(['hi', 'all']);
  await one.close();
  await vi.waitFor(async () => expect(await routesOf(routes, 1n)).toHaveLength(1));
  await two.close();
  await vi.waitFor(async () => expect(await routesOf(routes, 1n)).toBeUndefined());
  expect(new Set(events.filter(({ user }) => user?.userId === 1n).map(({ epoch }) => epoch)).size).toBe(2);
});

it('a connection says what is known of it', async () => {
  const before = Date.now();
  const { client, logins, port } = await host({ message: (message) => custom('x', message.cmd) });
  const connected = await client('ws', { agent: 'my-app/1.2' });
  const [connection] = logins;
  expect(connection).toMatchObject({ agent: 'my-app/1.2', remoteAddress: '127.0.0.1', transport: 'websocket' });
  expect(connection.agreement).toMatchObject({ version: connected.agreement?.version, connectionId: connection.id });
  expect(connection.httpRequest).toMatchObject({ url: '/', headers: { host: `127.0.0.1:${port}` } });
  // Two clocks: one of the process, one of the system.
  expect(Math.abs(connection.connectedAtMs - before)).toBeLessThan(60_000);
  const overTcp = await client('tcp');
  expect(logins[1]).toMatchObject({ httpRequest: undefined, agreement: { connectionId: overTcp.agreement?.connectionId } });
  expect(typeof logins[1].agent).toBe('string');
});
