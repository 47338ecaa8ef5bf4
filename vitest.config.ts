// Three projects. `node` and `web` run the same tests over the two flavours of the library; `package` tests what `npm run build` makes.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests of what is built, or of what uses it by the package's own name. */
const ofPackage = ['test/package/**/*.test.ts', 'test/examples/**/*.test.ts', 'test/docs/**/*.test.ts', 'test/cli/**/*.test.ts'];
/** Tests of the tools around the library, and of what only Node has: one flavour is enough. */
const ofTools = [
  'test/architecture/**',
  'test/generator/**',
  'test/breaking/**',
  'test/node/**',
  'test/rocketmq/**',
  'test/vectors/schema.test.ts',
  'test/vectors/corpus/**',
  'test/wireshark/**',
];

/** Tests that need a browser: `npm run test:browser`. */
const ofBrowser = ['test/browser/**'];

const webPlatform = fileURLToPath(new URL('src/wire/platform-web.ts', import.meta.url));

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          testTimeout: 30_000,
          include: ['test/**/*.test.ts'],
          exclude: [...ofPackage, ...ofBrowser],
        },
      },
      {
        resolve: { alias: [{ find: /^\.\/platform-node\.js$/, replacement: webPlatform }] },
        test: {
          name: 'web',
          testTimeout: 30_000,
          include: ['test/**/*.test.ts'],
          exclude: [...ofPackage, ...ofBrowser, ...ofTools],
        },
      },
      {
        test: {
          name: 'package',
          include: ofPackage,
          globalSetup: ['test/package/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
