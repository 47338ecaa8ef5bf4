import { join } from 'node:path';
import { build } from 'esbuild';
import { plans, webPlatform } from '../build/web-flavour.js';
import { CACHE } from './cache.js';

/** A form of the codecs on a flavour of the runtime. */
export interface Testee {
  readonly name: string;
  /** Generated code, or the plans that are interpreted in its place. */
  readonly form: 'fast' | 'compact';
  /** Texts and memory of Node, or of other platforms. */
  readonly flavour: 'node' | 'web';
}

/** Bundles the testee with its codecs, because the runner starts it often. Returns the path of the bundle. */
export async function bundleTestee({ name, form, flavour }: Testee): Promise<string> {
  const file = join(CACHE, `testee-${name}.mjs`);
  const { metafile } = await build({
    stdin: {
      contents: [
        "import * as models from './generated/models.js';",
        "import { serve } from '../../scripts/conformance/testee.js';",
        'serve(models, process.argv[2], process.argv[3]);',
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
    metafile: true,
    plugins: [...(flavour === 'web' ? [webPlatform] : []), ...(form === 'compact' ? [plans] : [])],
  });
  refuseOther(form, Object.keys(metafile.inputs));
  return file;
}

/** A bundle with both forms would not show which one is tested. */
function refuseOther(form: Testee['form'], inputs: readonly string[]): void {
  const other = form === 'fast' ? /\.plan\.ts$/ : /\.codec\.ts$/;
  const found = inputs.filter((path) => other.test(path));
  if (found.length > 0) throw new Error(`the testee of form ${form} contains ${found.join(', ')}`);
}
