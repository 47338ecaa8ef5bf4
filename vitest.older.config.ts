// `npm run test:older`, which extracts the older package and sets OLDER_PACKAGE: apart from the other projects, because it takes a minute.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'older',
    include: ['test/older/**/*.older.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
