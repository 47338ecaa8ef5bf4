// Services of the other family over topics, in both directions: an older platform with a new server, a new platform with an older server. The older
// sides publish and read raw JSON.
import { describe, expect, it, onTestFinished } from 'vitest';
import { Command, SendCode } from '../../src/index.js';
import { legacyProfile } from '../../src/legacy/index.js';
import { listen } from '../../src/node/index.js';
import {
  type Broker,
  type Delivery,
  legacyBroker,
  MemoryRoutes,
  planFanOut,
  receiveInfoMessage,
  sendResultMessage,
  topics,
} from '../../src/rocketmq/index.js';
import { serveBroker } from '../../src/server/index.js';
import { OlderClient } from '../node/legacy/older-client.js';
import { textOf } from './inbox.js';
import { LEGACY_SERVERS, suiteGroup } from './suite-names.js';

const PROFILE = legacyProfile('binghe');
const { newer, older } = LEGACY_SERVERS;

/** A number that no other run has. */
const RUN = Date.now();

export function legacyTopicsSuite(name: string, open: () => Broker, timeoutMs: number): void {
  describe(`older services over ${name}`, { timeout: 2 * timeoutMs }, () => {
    function broker(): Broker {
      const opened = open();
      onTestFinished(() => opened.close());
      return opened;
    }

    /** What an older service publishes. */
    const publish = (on: Broker, topic: string, body: object, envelope: 'object' | 'text' = 'object') => {
      const text = JSON.stringify({ message: envelope === 'text' ? JSON.stringify(body) : body });
      const messageGroup = topics.parse(topic)?.type === 'FIFO' ? 'g' : '';
      const payload = { $case: 'raw', value: new TextEncoder().encode(text) } as const;
      return on.publish({ topic, messageGroup, payload }, { legacyJson: true });
    };

    /** The bodies of a topic that are JSON of this run. */
    async function bodiesOf(on: Broker, topic: string, group: string): Promise<Record<string, unknown>[]> {
      const bodies: Record<string, unknown>[] = [];
      await on.subscribe({ group, topics: [topic] }, (delivery) => {
        const text = textOf(delivery);
        if (text.includes(String(RUN))) bodies.push(JSON.parse(text));
      });
      return bodies;
    }

    it('an older platform sends to the clients of a new server, and gets results', async () => {
      const services = broker();
      const results = await bodiesOf(services, topics.result('private'), suiteGroup('result', '_2'));
      const server = await listen({
        host: '127.0.0.1',
        serverId: newer,
        legacy: PROFILE,
        login: () => ({ userId: 7n, terminal: 1 }),
        message: () => undefined,
      });
      const joined = await serveBroker(server, legacyBroker(broker(), { profile: PROFILE }), { serverId: newer });
      onTestFinished(async () => {
        await server.close();
        await joined.close();
      });
      const client = await (await OlderClient.tcp(server.port, 4)).login('t');
      const topic = topics.message('private', newer);
      const info = (id: number, terminal: number) => ({
        destination: topic,
        cmd: 3,
        sender: { userId: 5, terminal: 1 },
        receivers: [{ userId: 7, terminal }],
        sendResult: true,
        data: { id, sendId: 5, recvId: 7, content: `run ${RUN}`, type: 0, status: 0, sendTime: RUN },
      });
      await publish(services, topic, info(1, 0));
      await publish(services, topic, info(2, 2), 'text');
      await client.count(2);
      expect(client.messages[1]).toMatchObject({ cmd: 3, data: { id: 1, content: `run ${RUN}` } });
      await expect.poll(() => results.length, { timeout: timeoutMs }).toBe(2);
      const found = results.map(({ message }) => (typeof message === 'string' ? JSON.parse(message) : message));
      expect(found.map(({ code, receiver, destination }) => [code, receiver, destination]).sort()).toEqual([
        [0, { userId: 7, terminal: 0 }, 'im_result_private'],
        [2, { userId: 7, terminal: 2 }, 'im_result_private'],
      ]);
    });

    it('a new platform sends to the clients of an older server, and gets results, beside a new server', async () => {
      const services = broker();
      const platform = legacyBroker(broker(), { profile: PROFILE, isLegacyServer: (serverId) => serverId === older });
      const requests = await bodiesOf(services, topics.message('private', older), suiteGroup('legacyOlder'));
      const results: Delivery[] = [];
      await platform.subscribe({ group: suiteGroup('result'), topics: [topics.result('private')] }, (delivery) => {
        const { payload } = delivery.message;
        if (payload?.$case === 'sendResult' && payload.value.messageId === BigInt(RUN)) results.push(delivery);
      });
      const routes = new MemoryRoutes();
      await routes.set(8n, 1, older, 1);
      const content = { messageId: BigInt(RUN), sentAtMs: BigInt(RUN), body: { $case: 'text', value: { text: 'hi' } } } as const;
      const plan = await planFanOut({ sender: { userId: 5n, terminal: 2 }, receiverId: 8n, content }, routes, {
        serviceName: 'chat',
      });
      for (const { serverId, receiveInfo } of plan.receiveInfos)
        await platform.publish(receiveInfoMessage(serverId, receiveInfo));
      await expect.poll(() => requests.length, { timeout: timeoutMs }).toBe(1);
      const [{ message: info }] = requests as { message: { receivers: object[]; sender: object; data: object } }[];
      expect(info).toMatchObject({
        cmd: 3,
        receivers: [{ userId: 8, terminal: 0 }],
        sendResult: true,
        data: { id: RUN, content: 'hi' },
      });
      await publish(services, topics.result('private'), {
        sender: info.sender,
        receiver: info.receivers[0],
        code: 0,
        data: info.data,
      });
      // A new server answers with a frame on the same topic.
      const answer = {
        cmd: Command.PRIVATE_MESSAGE,
        code: SendCode.SUCCESS,
        messageId: BigInt(RUN),
        receivers: [{ terminal: 1, userIds: [9n] }],
      };
      await services.publish(sendResultMessage(answer), { serviceName: 'chat' });
      await expect.poll(() => results.length, { timeout: timeoutMs }).toBe(2);
      const userIds = results.map(
        ({ message: { payload } }) => payload?.$case === 'sendResult' && payload.value.receivers[0].userIds[0],
      );
      expect(userIds.toSorted()).toEqual([8n, 9n]);
    });
  });
}
