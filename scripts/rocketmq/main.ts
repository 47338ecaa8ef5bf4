// `npm run rocketmq`: see `npm run rocketmq -- --help`.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runBench } from '../../bench/rocketmq/run.js';
import { createCache } from './cache.js';
import { Cluster } from './cluster/cluster.js';
import { ROCKETMQ_VERSION } from './cluster/jars.js';
import { missing } from './requirements.js';
import { runSteps } from './run-steps.js';
import { STEPS } from './steps.js';
import { createChat, createService } from './system-topics.js';

const HELP = `npm run rocketmq                 starts RocketMQ ${ROCKETMQ_VERSION} on loopback and runs these steps:
${Object.entries(STEPS)
  .map(([name, { title }]) => `                                   ${name.padEnd(14)} ${title}`)
  .join('\n')}
npm run rocketmq -- --steps a,b  only these steps
npm run rocketmq -- --bench      measures the brokers; writes bench/rocketmq-results.md
npm run rocketmq -- --keep       starts RocketMQ with the topics of the demo, until Ctrl-C
Needs a JDK of version 17 or newer and Maven. RocketMQ is downloaded from Maven Central to .cache/rocketmq.`;

const { values: options } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    bench: { type: 'boolean', default: false },
    steps: { type: 'string' },
  },
});

// Child processes are killed on the event 'exit'. Ctrl-C is the normal end of --keep.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(options.keep ? 0 : 1));
if (options.help) console.log(HELP);
else process.exitCode = await main(options.steps?.split(',') ?? Object.keys(STEPS));

/** @returns the exit code. */
async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in STEPS)).map((name) => `unknown step: ${name}`);
  const faults = [...missing(), ...unknown];
  for (const fault of faults) console.error(`npm run rocketmq: ${fault}`);
  if (faults.length > 0) return 2;
  createCache();
  const start = Date.now();
  const cluster = await Cluster.start();
  console.log(`RocketMQ ${ROCKETMQ_VERSION} on ${cluster.endpoints}, started in ${Math.round((Date.now() - start) / 1000)} s`);
  try {
    if (options.keep) return await keep(cluster);
    if (options.bench) return await runBench(cluster);
    return (await runSteps(STEPS, names, cluster)) ? 0 : 1;
  } finally {
    await cluster.stop();
  }
}

/** Never resolves: ends with a signal. */
async function keep(cluster: Cluster): Promise<never> {
  await createChat(cluster);
  // For the program in interop/java/README.md.
  await createService(cluster, 'audit');
  console.log(`ROCKETMQ_ENDPOINTS=${cluster.endpoints}\nCtrl-C stops it.`);
  for (;;) await sleep(3_600_000);
}
