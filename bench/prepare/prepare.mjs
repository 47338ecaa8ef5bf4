// Everything that has to be there before a measurement: the peers, our build, and the code that the peers' compilers make.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isStale } from './is-stale.mjs';
import { BENCH, CACHE, GENERATED, ROOT } from './paths.mjs';
import { npm, runScript } from './run-tool.mjs';

/** @param dist the build to measure; only the package's own is built here. */
export async function prepare(dist) {
  if (isStale(join(BENCH, 'node_modules/.package-lock.json'), [join(BENCH, 'package-lock.json')])) {
    console.error('Installing the peers ...');
    npm(['ci'], BENCH);
  }
  const inRoot = (name) => join(ROOT, name);
  const sources = ['src', 'generated', 'proto', 'package.json', 'tsconfig.json', 'tsup.config.ts'].map(inRoot);
  if (dist === inRoot('dist') && isStale(inRoot('dist/descriptor.binpb'), sources)) {
    console.error('Building the library ...');
    npm(['run', 'build'], ROOT);
  }
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, '.gitignore'), '*\n');
  const inBench = (name) => join(BENCH, name);
  if (isStale(join(GENERATED, 'complete'), [...['package-lock.json', 'buf.gen.yaml', 'prepare'].map(inBench), inRoot('proto')])) {
    console.error("Generating the peers' codecs ...");
    runScript(inBench('prepare/generate.mjs'), [], BENCH);
  }
}
