import { type Broker, type Consumer, consumerGroup, Deduplicator, type Delivery, topics } from '../../../src/rocketmq/index.js';
import type { Arrivals } from './arrivals.js';
import { numberOf } from './workload.js';

/** Consumes like an IM server and records the handled messages. */
export function consumeInto(
  arrivals: Arrivals,
  broker: Broker,
  serverId: string,
  deduplicator = new Deduplicator(),
): Promise<Consumer> {
  const subscription = { group: consumerGroup('server', serverId), topics: topics.ofServer(serverId) };
  const record = ({ message: { payload } }: Delivery): void => {
    if (payload?.$case !== 'receiveInfo') throw new Error('unexpected message');
    const { groupId, number } = numberOf(payload.value);
    arrivals.add(String(groupId), number);
  };
  return broker.subscribe(subscription, deduplicator.wrap(record));
}
