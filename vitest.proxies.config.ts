// `npm run proxies`, which extracts nginx and HAProxy and sets PROXIES_ROOT: apart from the other projects, because it needs them.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'proxies',
    include: ['test/proxies/**/*.proxies.ts'],
    // A hundred clients and several processes at a time are enough.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
