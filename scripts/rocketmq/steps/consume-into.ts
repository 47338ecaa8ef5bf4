import { type Broker, type Consumer, consumerGroup, topics } from '../../../src/rocketmq/index.js';
import type { Arrivals } from './arrivals.js';
import { numberOf } from './workload.js';

/** Consumes as an IM server does, and notes what its application is shown. */
export function consumeInto(arrivals: Arrivals, broker: Broker, serverId: string): Promise<Consumer> {
  const subscription = { group: consumerGroup('server', serverId), topics: topics.ofServer(serverId) };
  return broker.subscribe(subscription, ({ message: { payload } }) => {
    if (payload?.$case !== 'receiveInfo') throw new Error('a message of something else');
    const { groupId, number } = numberOf(payload.value);
    arrivals.add(String(groupId), number);
  });
}
