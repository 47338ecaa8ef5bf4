// The suite of the Broker interface on a real RocketMQ: `ROCKETMQ_ENDPOINTS=127.0.0.1:8081 npx vitest run --config vitest.rocketmq.config.ts`.
// It needs the topics and groups of test/rocketmq/suite-names.ts.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'rocketmq',
    include: ['test/rocketmq/real/**/*.real.ts'],
    // Everything shares one broker on one machine.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
