// Services of box-im over lists in Redis, in both directions: an older platform with a new server, a new platform with an older server. The older
// sides are written after the sources of box-im, with JSON.parse and commands of Redis alone.
import { afterEach, describe, expect, it } from 'vitest';
import { Command, SendCode } from '../../src/index.js';
import { legacyProfile } from '../../src/legacy/index.js';
import { listen, type Server } from '../../src/node/index.js';
import {
  type Broker,
  type BrokerErrorContext,
  consumerGroup,
  type Delivery,
  LegacyRoutes,
  legacyBroker,
  nextLegacyServerId,
  planFanOut,
  type RedisClient,
  RedisListBroker,
  receiveInfoMessage,
  topics,
} from '../../src/rocketmq/index.js';
import { type ServedBroker, serveBroker } from '../../src/server/index.js';
import { OlderClient } from '../node/legacy/older-client.js';

const PROFILE = legacyProfile('box-im');
const PLATFORM = 'im-platform';
const WEB = 0;
const PC = 2;

export interface ListsSetup {
  readonly client: RedisClient;
  command(...args: string[]): Promise<unknown>;
}

export function legacyListsSuite(name: string, setup: () => Promise<ListsSetup>): void {
  describe(`box-im over ${name}`, () => {
    const open: (() => Promise<unknown>)[] = [];
    afterEach(async () => {
      for (const close of open.splice(0).reverse()) await close();
    });
    const errors: BrokerErrorContext[] = [];

    function brokerOf(
      { client }: ListsSetup,
      withRoutes: boolean,
      serviceName?: string,
    ): { broker: Broker; routes: LegacyRoutes } {
      const routes = new LegacyRoutes(client, { profile: PROFILE });
      const onError = (_error: unknown, context: BrokerErrorContext) => void errors.push(context);
      const lists = new RedisListBroker(client, { serviceName, pollMs: 5, onError });
      const broker = legacyBroker(lists, { profile: PROFILE, routes: withRoutes ? routes : undefined, onError });
      open.push(() => broker.close());
      return { broker, routes };
    }

    async function newServer(redis: ListsSetup): Promise<{ server: Server; joined: ServedBroker; serverId: string }> {
      const serverId = await nextLegacyServerId(redis.client);
      const server = await listen({
        host: '127.0.0.1',
        serverId,
        legacy: PROFILE,
        login: ({ accessToken }) => ({ userId: BigInt(accessToken.split('/')[0]), terminal: Number(accessToken.split('/')[1]) }),
        message: () => undefined,
      });
      const joined = await serveBroker(server, brokerOf(redis, true).broker, { serverId, onError: () => {} });
      open.push(() => joined.close());
      open.push(() => server.close());
      return { server, joined, serverId };
    }

    /** What im-platform does: looks the server up, and appends to its list. Returns the id of the server. */
    async function platformSends(
      { command }: ListsSetup,
      kind: 'private' | 'group' | 'system',
      userId: number,
      terminal: number,
      data: object,
    ): Promise<unknown> {
      const serverId = await command('GET', `im:user:server_id:${userId}:${terminal}`);
      const info = {
        cmd: { private: 3, group: 4, system: 5 }[kind],
        sender: { id: 5, terminal: 1 },
        receivers: [{ id: userId, terminal }],
        sendResult: true,
        serviceName: PLATFORM,
        data,
      };
      await command('RPUSH', `im:message:${kind}:${serverId}`, JSON.stringify(info));
      return serverId;
    }

    const text = (id: number, recvId: number) => ({
      id,
      sendId: 5,
      recvId,
      content: `text ${id}`,
      type: 0,
      status: 0,
      sendTime: 1_700_000_000_000,
    });

    it('an older platform finds the clients of a new server, sends to them, and gets results', async () => {
      const redis = await setup();
      await redis.command('DEL', `im:result:private:${PLATFORM}`);
      const { server, serverId } = await newServer(redis);
      const client = await (await OlderClient.websocket(server.port)).login('7001/1');
      const key = `im:user:server_id:7001:${WEB}`;
      await expect.poll(() => redis.command('GET', key)).toBe(serverId);
      expect(Number(await redis.command('TTL', key))).toBeGreaterThan(500);
      expect(await platformSends(redis, 'private', 7001, WEB, text(1, 7001))).toBe(serverId);
      await platformSends(redis, 'group', 7001, WEB, { ...text(2, 0), groupId: 9, sendNickName: 'bob', recvId: undefined });
      await client.count(3);
      expect(client.messages.slice(1).toSorted((a, b) => a.cmd - b.cmd)).toMatchObject([
        { cmd: 3, data: { id: 1, content: 'text 1' } },
        { cmd: 4, data: { id: 2, groupId: 9 } },
      ]);
      // To a terminal that is not there.
      await redis.command(
        'RPUSH',
        `im:message:private:${serverId}`,
        JSON.stringify({
          cmd: 3,
          sender: { id: 5, terminal: 1 },
          receivers: [{ id: 7001, terminal: PC }],
          sendResult: true,
          serviceName: PLATFORM,
          data: text(3, 7001),
        }),
      );
      const results: { code: number; receiver: object; data: { id: number } }[] = [];
      await expect
        .poll(async () => {
          const result = await redis.command('LPOP', `im:result:private:${PLATFORM}`);
          if (result !== null) results.push(JSON.parse(String(result)));
          return results.length;
        })
        .toBe(2);
      expect(results.map(({ code, receiver, data }) => [code, receiver, data.id])).toEqual([
        [0, { id: 7001, terminal: WEB }, 1],
        [2, { id: 7001, terminal: PC }, 3],
      ]);
      expect(await redis.command('LLEN', `im:message:private:${serverId}`)).toBe(0);
      client.close();
      await expect.poll(() => redis.command('GET', key)).toBe(null);
      expect(errors.splice(0)).toEqual([]);
    });

    it('the route of a client that reconnects to the same server stays', async () => {
      const redis = await setup();
      const { server, serverId } = await newServer(redis);
      const first = await (await OlderClient.websocket(server.port)).login('7002/1', 'a');
      await (await OlderClient.websocket(server.port)).login('7002/1', 'a');
      await first.closed();
      await expect.poll(() => server.connectionCount).toBe(1);
      // What the ended session could have done is done: another session is entered after it.
      await (await OlderClient.websocket(server.port)).login('7003/1');
      await expect.poll(() => redis.command('GET', `im:user:server_id:7003:${WEB}`)).toBe(serverId);
      expect(await redis.command('GET', `im:user:server_id:7002:${WEB}`)).toBe(serverId);
    });

    it('an older platform ends a session by its list of forced logouts', async () => {
      const redis = await setup();
      const { server, serverId } = await newServer(redis);
      const client = await (await OlderClient.tcp(server.port, 8)).login('7004/3');
      await redis.command(
        'RPUSH',
        `im:user:force_logout:${serverId}`,
        JSON.stringify({ userId: 7004, terminal: PC, devId: 'x' }),
      );
      await client.closed();
      expect(client.messages.at(-1)).toEqual({ cmd: 2, data: '您已在其他地方登录，将被强制下线' });
    });

    it('a body that is no JSON of the profile is reported, and does not hold up the list', async () => {
      const redis = await setup();
      const { server, serverId } = await newServer(redis);
      const client = await (await OlderClient.websocket(server.port)).login('7005/1');
      const list = `im:message:private:${serverId}`;
      for (const body of ['{"cmd":3}', 'no JSON', '{"cmd":3,"receivers":[{"id":1}],"data":{}}'])
        await redis.command('RPUSH', list, body);
      await expect.poll(() => redis.command('GET', `im:user:server_id:7005:${WEB}`)).toBe(serverId);
      await platformSends(redis, 'private', 7005, WEB, text(1, 7005));
      await client.count(2);
      expect(client.messages[1]).toMatchObject({ cmd: 3, data: { id: 1 } });
      expect(errors.splice(0).length).toBeGreaterThanOrEqual(2);
    });

    it('a new platform finds the clients of an older server, sends to it, and gets its results', async () => {
      const redis = await setup();
      const { broker, routes } = brokerOf(redis, false, 'chat');
      const oldServer = await nextLegacyServerId(redis.client);
      await redis.command('SET', `im:user:server_id:8001:${WEB}`, oldServer, 'EX', '600');
      const results: Delivery[] = [];
      await broker.subscribe(
        { group: consumerGroup('service', 'chat'), topics: topics.ofResults() },
        (delivery) => void results.push(delivery),
      );
      const content = { messageId: 77n, sentAtMs: 1_700_000_000_000n, body: { $case: 'text', value: { text: 'hi' } } } as const;
      const message = { sender: { userId: 5n, terminal: 2 }, receiverId: 8001n, content };
      const plan = await planFanOut(message, routes, { serviceName: 'chat' });
      expect(plan.receiveInfos.map(({ serverId }) => serverId)).toEqual([oldServer]);
      for (const { serverId, receiveInfo } of plan.receiveInfos) await broker.publish(receiveInfoMessage(serverId, receiveInfo));
      // The older server.
      const info = JSON.parse(String(await redis.command('LPOP', `im:message:private:${oldServer}`)));
      expect(info).toMatchObject({
        cmd: 3,
        sender: { id: 5, terminal: 1 },
        receivers: [{ id: 8001, terminal: WEB }],
        sendResult: true,
        serviceName: 'chat',
        data: { id: 77, sendId: 5, recvId: 8001, content: 'hi', type: 0 },
      });
      const result = { sender: info.sender, receiver: info.receivers[0], code: 0, data: info.data };
      await redis.command('RPUSH', `im:result:private:${info.serviceName}`, JSON.stringify(result));
      await expect.poll(() => results.length).toBe(1);
      expect(results[0].message.payload).toMatchObject({
        $case: 'sendResult',
        value: { code: SendCode.SUCCESS, messageId: 77n, receivers: [{ terminal: 1, userIds: [8001n] }] },
      });
    });

    it('a new platform ends a session on an older server by its list', async () => {
      const redis = await setup();
      const { broker } = brokerOf(redis, false);
      const receivers = [{ terminal: 3, userIds: [8002n] }];
      const data = { $case: 'forceLogout', value: { user: { userId: 8002n, terminal: 3 }, deviceId: 'd' } } as const;
      await broker.publish(receiveInfoMessage(12, { cmd: Command.FORCE_LOGOUT, receivers, skipResult: true, data }));
      expect(JSON.parse(String(await redis.command('LPOP', 'im:user:force_logout:12')))).toEqual({
        userId: 8002,
        terminal: PC,
        devId: 'd',
      });
    });
  });
}
