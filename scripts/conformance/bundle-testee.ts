import { dirname, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { CACHE } from './cache.js';

/** The two flavours of the runtime: strings and memory in Node, and elsewhere. */
export type Flavour = 'node' | 'web';

/** src/wire/platform.ts imports the Node flavour; this replaces it by the web flavour, as the build of the package does. */
const webPlatform: Plugin = {
  name: 'web-platform',
  setup(plugin) {
    plugin.onResolve({ filter: /\/platform-node\.js$/ }, ({ importer }) => ({
      path: resolve(dirname(importer), 'platform-web.ts'),
    }));
  },
};

/** Bundles the testee with the generated codecs, because the runner starts it often. Returns the path of the bundle. */
export async function bundleTestee(flavour: Flavour): Promise<string> {
  const file = join(CACHE, `testee-${flavour}.mjs`);
  await build({
    stdin: {
      contents: [
        "import * as models from './generated/models.js';",
        "import { serve } from '../../scripts/conformance/testee.js';",
        'serve(models, process.argv[2]);',
      ].join('\n'),
      resolveDir: CACHE,
      loader: 'ts',
    },
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    plugins: flavour === 'web' ? [webPlatform] : [],
  });
  return file;
}
