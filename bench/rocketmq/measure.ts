// What a broker takes and delivers, as a platform and an IM server use it.

import { numberedMessage } from '../../scripts/rocketmq/steps/workload.js';
import { type Broker, consumerGroup, type Delivery, receiveInfoMessage, topics } from '../../src/rocketmq/index.js';

export interface Measured {
  /** Messages a second that the broker acknowledges. */
  readonly publishedPerSecond: number;
  /** Messages a second from the first call of publish to the last handler. */
  readonly deliveredPerSecond: number;
  /** Milliseconds from the call of publish to the handler, of messages that go one at a time. */
  readonly latencyMs: readonly number[];
}

export interface Load {
  readonly conversations: number;
  /** Of each conversation, in the measurement of throughput. */
  readonly messages: number;
  /** One at a time, in the measurement of latency. */
  readonly single: number;
}

/** @param serverId whose topics are there, and empty. */
export async function measure(broker: Broker, serverId: string, { conversations, messages, single }: Load): Promise<Measured> {
  let onDelivery = (_: Delivery): void => {};
  const subscription = { group: consumerGroup('server', serverId), topics: topics.ofServer(serverId) };
  const consumer = await broker.subscribe(subscription, (delivery) => onDelivery(delivery));
  const send = async (groupId: number, number: number): Promise<unknown> =>
    broker.publish(receiveInfoMessage(serverId, numberedMessage(groupId, number)));

  /** Resolves when this number of further messages has been handled. */
  const handled = (count: number): Promise<void> =>
    new Promise((resolve) => {
      let seen = 0;
      onDelivery = () => {
        if (++seen === count) resolve();
      };
    });

  // The first messages find everything cold, and on RocketMQ a consumer that still looks for its queues.
  const warm = handled(conversations);
  await Promise.all(Array.from({ length: conversations }, (_, index) => send(index + 1, 0)));
  await warm;

  const latencyMs: number[] = [];
  for (let number = 0; number < single; number++) {
    const arrival = handled(1);
    const start = performance.now();
    await send(1 + (number % conversations), 1 + number);
    await arrival;
    latencyMs.push(performance.now() - start);
  }

  const all = handled(conversations * messages);
  const start = performance.now();
  const sendConversation = async (groupId: number): Promise<void> => {
    for (let number = 0; number < messages; number++) await send(groupId, 1 + single + number);
  };
  await Promise.all(Array.from({ length: conversations }, (_, index) => sendConversation(index + 1)));
  const publishedPerSecond = (1000 * conversations * messages) / (performance.now() - start);
  await all;
  const deliveredPerSecond = (1000 * conversations * messages) / (performance.now() - start);
  await consumer.close();
  return { publishedPerSecond, deliveredPerSecond, latencyMs };
}
