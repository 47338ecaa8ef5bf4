// What the web build replaces, as plugins of esbuild: a file, and generated code by plans.
import { dirname, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { planTwin } from './plan-twin.js';

/** Replaces src/wire/platform-node.ts. */
export const webPlatform: Plugin = {
  name: 'web-platform',
  setup(build) {
    build.onResolve({ filter: /\/platform-node\.js$/ }, ({ importer }) => ({
      path: resolve(dirname(importer), 'platform-web.ts'),
    }));
  },
};

/** Replaces generated code by the plans of its messages. */
export const plans: Plugin = {
  name: 'plans',
  setup(build) {
    build.onResolve({ filter: /\.codec\.js$/ }, ({ path, importer }) => {
      const twin = planTwin(path, importer);
      return twin === undefined ? undefined : { path: resolve(dirname(importer), twin.replace(/\.js$/, '.ts')) };
    });
  },
};
