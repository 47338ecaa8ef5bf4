// Creates topics and consumer groups, which the proxy does not. They must exist before their clients.
import { setTimeout as sleep } from 'node:timers/promises';
import { BROKER } from './configuration.js';
import type { Ports } from './ports.js';
import { type Answer, request } from './remoting.js';

/** Request codes of RocketMQ. */
const UPDATE_AND_CREATE_TOPIC = 17;
const UPDATE_BROKER_CONFIG = 25;
const GET_MAX_OFFSET = 30;
const GET_ROUTE_OF_TOPIC = 105;
const GET_CLUSTER = 106;
const UPDATE_AND_CREATE_GROUP = 200;

/** Queues of a topic. A conversation is in one queue, and only one consumer at a time reads a queue in order. */
const QUEUES = 4;

/** The message type of a topic. */
export type TopicType = 'NORMAL' | 'FIFO' | 'DELAY';

export interface GroupSettings {
  /** For FIFO topics: over gRPC, order depends on the group. */
  readonly orderly: boolean;
  /** Retries until a message becomes a dead letter, in `%DLQ%<group>`. */
  readonly maxRetries?: number;
}

export async function createTopic(ports: Ports, topic: string, type: TopicType): Promise<void> {
  await done(
    request(ports.broker, UPDATE_AND_CREATE_TOPIC, {
      topic,
      defaultTopic: 'TBW102',
      readQueueNums: String(QUEUES),
      writeQueueNums: String(QUEUES),
      perm: '6',
      topicFilterType: 'SINGLE_TAG',
      topicSysFlag: '0',
      order: 'false',
      attributes: `+message.type=${type}`,
    }),
  );
  await until(`a route to ${topic}`, async () => (await request(ports.namesrv, GET_ROUTE_OF_TOPIC, { topic })).code === 0);
}

/** The number of messages that were ever stored in a topic. */
export async function countMessages(ports: Ports, topic: string): Promise<number> {
  let count = 0;
  for (let queueId = 0; queueId < QUEUES; queueId++) {
    const { extFields } = await done(
      request(ports.broker, GET_MAX_OFFSET, { topic, queueId: String(queueId), committed: 'true' }),
    );
    count += Number(extFields?.offset);
  }
  return count;
}

/** Creates or changes a group. */
export async function createGroup(ports: Ports, groupName: string, { orderly, maxRetries = 16 }: GroupSettings): Promise<void> {
  const settings = {
    groupName,
    consumeEnable: true,
    consumeFromMinEnable: true,
    consumeBroadcastEnable: false,
    consumeMessageOrderly: orderly,
    retryQueueNums: 1,
    retryMaxTimes: maxRetries,
    brokerId: 0,
    whichBrokerWhenConsumeSlowly: 1,
    notifyConsumerIdsChangedEnable: true,
  };
  await done(request(ports.broker, UPDATE_AND_CREATE_GROUP, {}, JSON.stringify(settings)));
}

/**
 * Waits until the name server knows the broker. The broker's first registration often fails, because it races with its lookup of name servers, and
 * the next one is 10 s later; changing a setting triggers one at once.
 */
export async function brokerIsRegistered(ports: Ports): Promise<void> {
  await until('the broker at the name server', async () => {
    const { code, body } = await request(ports.namesrv, GET_CLUSTER);
    if (code === 0 && body.includes(`"${BROKER}"`)) return true;
    await request(ports.broker, UPDATE_BROKER_CONFIG, {}, 'brokerPermission=6');
    return false;
  });
}

async function done(pending: Promise<Answer>): Promise<Answer> {
  const answer = await pending;
  if (answer.code !== 0) throw new Error(`RocketMQ responded with code ${answer.code}: ${answer.remark}`);
  return answer;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > end) throw new Error(`timed out waiting for ${what} (60 s)`);
    await sleep(100);
  }
}
