// `npm test` runs the projects `node` and `web`, `npm run test:slow` the other five, `npm run test:all` all of them.
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { planTwin } from './scripts/build/plan-twin.js';

const ALL = 'test/**/*.test.ts';
/** Tests that start processes, compile whole programs, send megabytes through sockets or wait for real timeouts. */
const SLOW = 'test/**/*.slow.test.ts';
/** Tests of what `npm run build` writes, or of code that imports the package by its name: all of them are slow. */
const PACKAGE = ['package', 'examples', 'docs', 'cli'].map((folder) => `test/${folder}/**/*.test.ts`);
/** Tests that need a browser: `npm run test:browser`. */
const BROWSER = 'test/browser/**';

/** Tests of the files that call the platform: text and bytes. `npm test` runs them on both flavours. */
const WEB_FIRST = 'test/{wire,validate,codec,codecs,json,legacy,vectors,web}/**/!(*.slow|chunking).test.ts';
/** Slow tests of what is the same on both flavours: they run on one. */
const SLOW_NODE_ONLY = 'test/!(wire|codec)/**/*.slow.test.ts';
/** Tests of the tools around the library, and of what only Node has: the web flavour has nothing to add. */
const NODE_ONLY = [
  ...['architecture', 'generator', 'breaking', 'node', 'otel', 'rocketmq', 'runtimes', 'vectors/corpus', 'wireshark'].map(
    (folder) => `test/${folder}/**`,
  ),
  'test/vectors/schema.test.ts',
];

/** What the web build replaces: a file, */
const WEB = {
  alias: [{ find: /^\.\/platform-node\.js$/, replacement: fileURLToPath(new URL('src/wire/platform-web.ts', import.meta.url)) }],
};
/** and generated code by plans. */
const PLANS: Plugin = {
  name: 'plans',
  enforce: 'pre',
  resolveId(specifier, importer) {
    const twin = importer === undefined ? undefined : planTwin(specifier, importer);
    return twin === undefined ? undefined : this.resolve(twin, importer, { skipSelf: true });
  },
};
/** Compares plans with generated code, which the web build does not have. */
const COMPARED = 'test/fuzz/plans.test.ts';

export default defineConfig({
  test: {
    testTimeout: 30_000,
    // The test files of a worker share their modules, which halves the CPU time. So tests leave nothing behind.
    isolate: false,
    // The default leaves a core free: half of a small machine.
    maxWorkers: '100%',
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'generated/**/*.ts'],
      reporter: ['text-summary', 'html', 'json-summary'],
    },
    projects: [
      { extends: true, test: { name: 'node', include: [ALL], exclude: [SLOW, ...PACKAGE, BROWSER] } },
      { extends: true, resolve: WEB, plugins: [PLANS], test: { name: 'web', include: [WEB_FIRST], exclude: NODE_ONLY } },
      // `./codecs` of the web build, and generated code of applications.
      { extends: true, resolve: WEB, test: { name: 'web-generated', include: [WEB_FIRST], exclude: [SLOW, ...NODE_ONLY] } },
      {
        extends: true,
        resolve: WEB,
        plugins: [PLANS],
        test: {
          name: 'web-rest',
          include: [ALL],
          exclude: [SLOW_NODE_ONLY, ...PACKAGE, BROWSER, ...NODE_ONLY, WEB_FIRST, COMPARED],
        },
      },
      { extends: true, test: { name: 'slow', include: [SLOW], exclude: PACKAGE, testTimeout: 120_000 } },
      {
        extends: true,
        test: {
          name: 'package',
          include: PACKAGE,
          globalSetup: ['test/package/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
