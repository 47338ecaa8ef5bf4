import { SUITE_GROUPS, SUITE_TOPICS } from '../../../test/rocketmq/suite-names.js';
import { ROOT } from '../cache.js';
import { ended, startChild } from '../children.js';
import type { Step } from './step.js';

export const suite: Step = {
  title: 'the test suite for Broker, which the embedded broker passes in `npm test`',
  async run(cluster) {
    for (const { name, type } of Object.values(SUITE_TOPICS)) await cluster.createTopic(name, type);
    for (const { name, orderly } of SUITE_GROUPS) await cluster.createGroup(name, { orderly });
    const env = { ...process.env, ROCKETMQ_ENDPOINTS: cluster.endpoints };
    const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.rocketmq.config.ts'];
    const code = await ended(startChild(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' }));
    if (code !== 0) throw new Error(`vitest ended with ${code}`);
    return 'all tests passed';
  },
};
