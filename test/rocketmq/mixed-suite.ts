// Old and new clients on old and new servers, with messages of an old and of a new platform: each message once on each device, results for each, and
// forced logouts between the servers.
import { describe, expect, it, onTestFinished } from 'vitest';
import { Command, type Content } from '../../src/index.js';
import type { LegacyProfile } from '../../src/legacy/index.js';
import { connect, listen } from '../../src/node/index.js';
import {
  type Broker,
  consumerGroup,
  LegacyRoutes,
  legacyBroker,
  planFanOut,
  type RedisClient,
  receiveInfoMessage,
  topics,
} from '../../src/rocketmq/index.js';
import { serveBroker } from '../../src/server/index.js';
import { OlderClient } from '../node/legacy/older-client.js';
import { type OlderNames, type OlderQueues, OlderServer, olderPlatformSends, type Redis } from './older-system.js';

export interface MixedSetup {
  readonly profile: LegacyProfile;
  readonly names: OlderNames;
  readonly client: RedisClient;
  readonly redis: Redis;
  readonly queues: OlderQueues;
  /** A broker of a new service. */
  broker(serviceName: string): Broker;
  /** Ids of the servers, where they must exist before. Default: the next ones. */
  readonly serverIds?: { readonly older: string; readonly newer: string };
}

/** What a device has got: the texts of its messages, and whether it was logged out. */
interface Device {
  texts(): string[];
  isLoggedOut(): boolean;
}

const MESSAGES = 10;
let users = 7_000_000 + (Date.now() % 1_000_000);

export function mixedSuite(name: string, setUp: () => Promise<MixedSetup>, timeoutMs = 20_000): void {
  describe(`old and new parts over ${name}`, { timeout: 3 * timeoutMs }, () => {
    async function system() {
      const setup = await setUp();
      const { profile, client, redis, queues, names, serverIds } = setup;
      const old = await OlderServer.start(redis, queues, names, serverIds?.older);
      onTestFinished(() => old.close());
      const routes = new LegacyRoutes(client, { profile });
      const serverId = serverIds?.newer ?? String(await redis('INCR', 'im:max_server_id'));
      const server = await listen({
        host: '127.0.0.1',
        serverId,
        legacy: profile,
        // The terminals of the older system: WEB 0 is 1 here, and so on.
        login: ({ accessToken }) => ({
          userId: BigInt(accessToken.split('/')[0]),
          terminal: Number(accessToken.split('/')[1]) + 1,
        }),
        message: () => undefined,
      });
      const isLegacyServer = (id: string) => id === old.id;
      const broker = legacyBroker(setup.broker(''), { profile, routes, isLegacyServer });
      const joined = await serveBroker(server, broker, { serverId, onError: () => {} });
      onTestFinished(async () => {
        await server.close();
        await joined.close();
        await broker.close();
      });
      const platform = legacyBroker(setup.broker('chat'), { profile, isLegacyServer });
      onTestFinished(() => platform.close());
      return { ...setup, old, server, routes, platform };
    }

    async function olderDevice(port: number, token: string): Promise<Device> {
      const client = await (await OlderClient.websocket(port)).login(token, token);
      return {
        texts: () =>
          client.messages.flatMap(({ cmd, data }) => (cmd === 3 || cmd === 4 ? [(data as { content: string }).content] : [])),
        isLoggedOut: () => client.messages.some(({ cmd }) => cmd === 2),
      };
    }

    async function newerDevice(port: number, token: string): Promise<Device> {
      const texts: string[] = [];
      let isLoggedOut = false;
      const client = await connect(`ws://127.0.0.1:${port}`, { login: { accessToken: token, deviceId: token } });
      onTestFinished(async () => void (await client.close()));
      const take = ({ content }: { content?: Content | undefined }): void => {
        if (content?.body?.$case === 'text') texts.push(content.body.value.text);
      };
      client.on(Command.PRIVATE_MESSAGE, take);
      client.on(Command.GROUP_MESSAGE, take);
      client.on(Command.FORCE_LOGOUT, () => {
        isLoggedOut = true;
      });
      return { texts: () => texts, isLoggedOut: () => isLoggedOut };
    }

    it('each message arrives once on each device, whoever sends it', async () => {
      const { profile, names, redis, queues, old, server, routes, platform } = await system();
      const [mixed, onlyOld, onlyNew] = [++users, ++users, ++users];
      const devices = [
        await olderDevice(old.port, `${mixed}/0`),
        await olderDevice(server.port, `${mixed}/1`),
        await newerDevice(server.port, `${mixed}/2`),
        await olderDevice(old.port, `${onlyOld}/0`),
        await olderDevice(server.port, `${onlyOld}/1`),
        await newerDevice(server.port, `${onlyNew}/2`),
      ];
      const members = [mixed, onlyOld, onlyNew];
      await expect.poll(async () => (await routes.find(members.map(BigInt))).size, { timeout: timeoutMs }).toBe(3);
      await expect
        .poll(async () => [...(await routes.find(members.map(BigInt))).values()].flat().length, { timeout: timeoutMs })
        .toBe(devices.length);
      let expectedResults = 0;
      const results = new Map<string, number>();
      await platform.subscribe(
        { group: consumerGroup('service', 'chat'), topics: [topics.result('private'), topics.result('group')] },
        ({ message: { payload } }) => {
          // Those of the new platform. On topics, the old one has its results there as well.
          if (payload?.$case !== 'sendResult' || payload.value.messageId % 2n === 0n) return;
          for (const { userIds } of payload.value.receivers)
            for (const id of userIds)
              if (members.includes(Number(id)))
                results.set(String(payload.value.code), (results.get(String(payload.value.code)) ?? 0) + 1);
        },
      );
      const expected: string[] = [];
      for (let i = 0; i < MESSAGES; i++) {
        const [byOld, byNew] = [`old ${i}`, `new ${i}`];
        expected.push(byOld, byNew);
        const common = { id: 1000 + 2 * i, sendId: 5, content: byOld, type: 0, status: 0, sendTime: 1_700_000_000_000 };
        if (i % 2 === 0) {
          for (const userId of members)
            await olderPlatformSends(redis, queues, names, 'private', [userId], { ...common, recvId: userId });
        } else {
          await olderPlatformSends(redis, queues, names, 'group', members, {
            ...common,
            groupId: 9,
            sendNickName: 'bob',
            receipt: false,
            readedCount: 0,
          });
        }
        const content = {
          messageId: BigInt(1001 + 2 * i),
          sentAtMs: 1_700_000_000_000n,
          body: { $case: 'text', value: { text: byNew } },
        } as const;
        const sender = { userId: 5n, terminal: 2 };
        const messages =
          i % 2 === 0
            ? members.map((userId) => ({ sender, receiverId: BigInt(userId), skipSelf: true, content }))
            : [{ sender, groupId: 9n, receiverIds: members.map(BigInt), skipSelf: true, content }];
        for (const message of messages) {
          const plan = await planFanOut(message, routes, { serviceName: 'chat' });
          for (const { serverId, receiveInfo } of plan.receiveInfos)
            await platform.publish(receiveInfoMessage(serverId, receiveInfo));
        }
        expectedResults += devices.length;
      }
      for (const device of devices) {
        await expect.poll(() => device.texts().length, { timeout: timeoutMs }).toBe(expected.length);
        expect(device.texts().toSorted()).toEqual(expected.toSorted());
      }
      await expect.poll(() => Object.fromEntries(results), { timeout: timeoutMs }).toEqual({ 1: expectedResults });
      expect(devices.some((device) => device.isLoggedOut())).toBe(false);
      expect(server.metrics().connections.versions).toEqual({ [profile.name]: 2, 2: 2 });
    });

    it('a second login ends the session on the other server, old or new, of an old or a new client', async () => {
      const { old, server, redis } = await system();
      const opened = async (port: number, token: string, isNew: boolean): Promise<Device> =>
        isNew ? newerDevice(port, token) : olderDevice(port, token);
      for (const [from, to, isNew] of [
        [old.port, server.port, false],
        [old.port, server.port, true],
        [server.port, old.port, false],
      ] as const) {
        const userId = ++users;
        const key = `im:user:server_id:${userId}:1`;
        const first = await opened(from, `${userId}/1`, false);
        await expect.poll(() => redis('GET', key), { timeout: timeoutMs }).not.toBe(null);
        const second = await opened(to, `${userId}/1`, isNew);
        await expect.poll(() => first.isLoggedOut(), { timeout: timeoutMs }).toBe(true);
        expect(second.isLoggedOut()).toBe(false);
        expect(String(await redis('GET', key)) === old.id).toBe(to === old.port);
      }
      // A new client is logged out by an old server.
      const userId = ++users;
      const newer = await newerDevice(server.port, `${userId}/1`);
      await expect.poll(() => redis('GET', `im:user:server_id:${userId}:1`), { timeout: timeoutMs }).not.toBe(null);
      await olderDevice(old.port, `${userId}/1`);
      await expect.poll(() => newer.isLoggedOut(), { timeout: timeoutMs }).toBe(true);
    });
  });
}
