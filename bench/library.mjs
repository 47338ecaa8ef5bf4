// The library under test: what was built, and not its sources.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Imports an entry of the build that is measured: `index`, `frame`, `zod`. */
export function entry(name) {
  return import(pathToFileURL(join(process.env.BENCH_DIST, `${name}.js`)).href);
}
