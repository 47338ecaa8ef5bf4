// Everything that has to be there before a measurement: the peers, our build, and the code that the peers' compilers make.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isStale } from './is-stale.mjs';
import { BENCH, CACHE, GENERATED, ROOT } from './paths.mjs';
import { npm, runScript } from './run-tool.mjs';

/** @param dist the build to measure; only the package's own is built here. */
export async function prepare(dist) {
  installPeers();
  buildLibrary(dist);
  createCache();
  const inBench = (name) => join(BENCH, name);
  if (isStale(join(GENERATED, 'complete'), [...['package-lock.json', 'buf.gen.yaml', 'prepare'].map(inBench), inRoot('proto')])) {
    console.error("Generating the peers' codecs ...");
    runScript(inBench('prepare/generate.mjs'), [], BENCH);
  }
}

/** What `bench:load` needs: it generates nothing. */
export function prepareLoad(dist) {
  installPeers();
  buildLibrary(dist);
  createCache();
}

/** What `bench:compare` needs: no peers. */
export function prepareLibrary() {
  buildLibrary(inRoot('dist'));
  createCache();
}

function installPeers() {
  if (!isStale(join(BENCH, 'node_modules/.package-lock.json'), [join(BENCH, 'package-lock.json')])) return;
  console.error('Installing the peers ...');
  npm(['ci'], BENCH);
}

function buildLibrary(dist) {
  const sources = ['src', 'generated', 'proto', 'package.json', 'tsconfig.json', 'tsconfig.types.json', 'tsup.config.ts'].map(
    inRoot,
  );
  if (dist !== inRoot('dist') || !isStale(inRoot('dist/descriptor.binpb'), sources)) return;
  console.error('Building the library ...');
  npm(['run', 'build'], ROOT);
}

function createCache() {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, '.gitignore'), '*\n');
}

function inRoot(name) {
  return join(ROOT, name);
}
