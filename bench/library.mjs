// The library under test: what was built, and not its sources.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const dist = process.env.BENCH_DIST;
const entry = (name) => import(pathToFileURL(join(dist, name)).href);

export const library = await entry('index.js');
export const frames = await entry('frame.js');
export const schemas = await entry('zod.js');
