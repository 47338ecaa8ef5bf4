import { RocketMQBroker } from '../../../src/rocketmq/index.js';
import { createServer } from '../system-topics.js';
import { Arrivals } from './arrivals.js';
import { consumeInto } from './consume-into.js';
import { sendWorkload } from './send-workload.js';
import type { Step } from './step.js';
import { until } from './until.js';

const WORKLOAD = { serverId: 'conversations', groups: 100, perGroup: 100 };
const ALL = WORKLOAD.groups * WORKLOAD.perGroup;
/** After this many messages, the consumer is replaced by another one. */
const RESTART_AT = 4_000;
const TIMEOUT_MS = 180_000;

export const conversations: Step = {
  title: `${ALL} messages in ${WORKLOAD.groups} conversations arrive complete and in order, although the consumer restarts`,
  async run(cluster) {
    await createServer(cluster, WORKLOAD.serverId);
    const arrivals = new Arrivals();
    const producer = new RocketMQBroker({ endpoints: cluster.endpoints });
    const start = performance.now();
    const first = new RocketMQBroker({ endpoints: cluster.endpoints });
    await consumeInto(arrivals, first, WORKLOAD.serverId);
    const sending = sendWorkload(producer, WORKLOAD, { acknowledged: 0, failures: 0 });
    await until(() => arrivals.count >= RESTART_AT, TIMEOUT_MS);
    await first.close();
    const before = arrivals.count;
    const second = new RocketMQBroker({ endpoints: cluster.endpoints });
    await consumeInto(arrivals, second, WORKLOAD.serverId);
    await sending;
    const complete = await until(() => arrivals.distinct === ALL, TIMEOUT_MS);
    const seconds = (performance.now() - start) / 1000;
    await Promise.all([second.close(), producer.close()]);
    const figures = [
      `${arrivals.distinct} of ${ALL} messages in ${seconds.toFixed(1)} s`,
      `the consumer restarted after ${before}`,
      `${arrivals.outOfOrder} out of order`,
      `${arrivals.repeated} handled again by the second consumer`,
    ].join(', ');
    if (!complete || arrivals.outOfOrder > 0) throw new Error(figures);
    return figures;
  },
};
