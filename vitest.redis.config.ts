// The suites of Routes and of the deduplicator on a real Redis, with both client libraries: `REDIS_URL=redis://127.0.0.1:6379 npx vitest run
// --config vitest.redis.config.ts`. `npm run cluster` starts one.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'redis',
    include: ['test/rocketmq/redis/**/*.redis.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
