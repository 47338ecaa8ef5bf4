// `npm run rocketmq -- --bench`
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Cluster } from '../../scripts/rocketmq/cluster/cluster.js';
import { ROCKETMQ_VERSION } from '../../scripts/rocketmq/cluster/jars.js';
import { createServer } from '../../scripts/rocketmq/system-topics.js';
import { EmbeddedBroker, RocketMQBroker } from '../../src/rocketmq/index.js';
import { type Measured, measure } from './measure.js';
import { markdown } from './report.js';

const ROUNDS = 3;
const CONVERSATIONS = 100;
const RESULTS = fileURLToPath(new URL('../rocketmq-results.md', import.meta.url));

/** Measures both brokers, and writes the report. Returns the exit code. */
export async function runBench(cluster: Cluster): Promise<number> {
  const embedded: Measured[] = [];
  const real: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const serverId = `bench-${round}`;
    await createServer(cluster, serverId);
    const memory = new EmbeddedBroker();
    embedded.push(await measure(memory, serverId, { conversations: CONVERSATIONS, messages: 500, single: 2_000 }));
    await memory.close();
    const rocketmq = new RocketMQBroker({ endpoints: cluster.endpoints });
    real.push(await measure(rocketmq, serverId, { conversations: CONVERSATIONS, messages: 50, single: 200 }));
    await rocketmq.close();
    console.log(`round ${round + 1} of ${ROUNDS}: ${Math.round(real[round].deliveredPerSecond)} messages a second`);
  }
  const text = markdown(
    `RocketMQ ${ROCKETMQ_VERSION} is one broker within its proxy, on the same machine, without a wait for its disk.`,
    [
      { name: 'EmbeddedBroker', rounds: embedded },
      { name: 'RocketMQBroker', rounds: real },
    ],
  );
  writeFileSync(RESULTS, text);
  console.log(`\n${text}\nWrote ${RESULTS}`);
  return 0;
}
