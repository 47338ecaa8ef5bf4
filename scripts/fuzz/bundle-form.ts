import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Form } from '../../test/fuzz/form.js';
import { ROOT } from '../breaking/baseline.js';

const CACHE = join(ROOT, '.cache/fuzz');

/** The codecs as a build with these plugins has them, from a bundle of their own. */
export async function bundleForm(name: string, plugins: Plugin[]): Promise<Form> {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(ROOT, '.cache/.gitignore'), '*\n');
  const outfile = join(CACHE, `${name.replaceAll(' ', '-')}.mjs`);
  await build({
    entryPoints: [join(ROOT, 'test/fuzz/form.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    tsconfigRaw: {},
    logLevel: 'warning',
    plugins,
  });
  const { CODE } = (await import(pathToFileURL(outfile).href)) as { CODE: Form };
  return { ...CODE, name };
}
