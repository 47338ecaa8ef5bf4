import { type Broker, type Consumer, consumerGroup, Deduplicator, type Delivery, topics } from '../../../src/rocketmq/index.js';
import type { Arrivals } from './arrivals.js';
import { numberOf } from './workload.js';

/** Consumes as an IM server does, and notes what its application is shown. */
export function consumeInto(
  arrivals: Arrivals,
  broker: Broker,
  serverId: string,
  deduplicator = new Deduplicator(),
): Promise<Consumer> {
  const subscription = { group: consumerGroup('server', serverId), topics: topics.ofServer(serverId) };
  const note = ({ message: { payload } }: Delivery): void => {
    if (payload?.$case !== 'receiveInfo') throw new Error('a message of something else');
    const { groupId, number } = numberOf(payload.value);
    arrivals.add(String(groupId), number);
  };
  return broker.subscribe(subscription, deduplicator.wrap(note));
}
