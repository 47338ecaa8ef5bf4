import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** This folder. */
export const BENCH = join(ROOT, 'bench');
/** Everything that is downloaded or made here; it may be deleted at any time. */
export const CACHE = join(BENCH, '.cache');
/** What the peers' compilers make of our schema. */
export const GENERATED = join(CACHE, 'generated');
