import { setTimeout as sleep } from 'node:timers/promises';
import { Deduplicator, RocketMQBroker } from '../../../src/rocketmq/index.js';
import { createServer } from '../system-topics.js';
import { Arrivals } from './arrivals.js';
import { consumeInto } from './consume-into.js';
import { sendWorkload } from './send-workload.js';
import type { Step } from './step.js';
import { until } from './until.js';

const WORKLOAD = { serverId: 'killed', groups: 100, perGroup: 60 };
const ALL = WORKLOAD.groups * WORKLOAD.perGroup;
/** The broker is killed after this many acknowledged messages; the others are sent during and after the outage. */
const KILL_AT = ALL / 3;
const TIMEOUT_MS = 120_000;
/** Unacknowledged messages are redelivered after 10 seconds: by then, duplicates would have been handled. */
const QUIET_MS = 12_000;

export const killBroker: Step = {
  title: 'kill -9 of the broker under traffic: no acknowledged message is lost or handled twice',
  async run(cluster) {
    await createServer(cluster, WORKLOAD.serverId);
    const producer = new RocketMQBroker({ endpoints: cluster.endpoints });
    const arrivals = new Arrivals();
    const consumer = new RocketMQBroker({ endpoints: cluster.endpoints });
    const deduplicator = new Deduplicator();
    await consumeInto(arrivals, consumer, WORKLOAD.serverId, deduplicator);
    const progress = { acknowledged: 0, failures: 0 };
    const sending = sendWorkload(producer, WORKLOAD, progress);
    await until(() => progress.acknowledged >= KILL_AT, TIMEOUT_MS);
    const start = performance.now();
    await cluster.killBroker();
    const before = `${progress.acknowledged} were acknowledged and ${arrivals.distinct} had arrived`;
    await cluster.startBroker();
    const outage = (performance.now() - start) / 1000;
    await sending;
    const complete = await until(() => arrivals.distinct === ALL, TIMEOUT_MS);
    const seconds = (performance.now() - start) / 1000;
    await sleep(QUIET_MS);
    await Promise.all([consumer.close(), producer.close()]);
    const figures = [
      `${arrivals.distinct} of ${ALL} acknowledged messages arrived`,
      `killed when ${before}`,
      `down for ${outage.toFixed(1)} s`,
      `${progress.failures} sends failed and were retried`,
      `complete ${seconds.toFixed(1)} s after the kill`,
      `${arrivals.outOfOrder} out of order`,
      `${arrivals.repeated} handled twice`,
      `${deduplicator.dropped} duplicates were dropped`,
    ].join(', ');
    if (!complete || arrivals.outOfOrder > 0 || arrivals.repeated > 0) throw new Error(figures);
    return figures;
  },
};
