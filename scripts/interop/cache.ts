import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));
/** Everything that is downloaded or made here; it may be deleted at any time, while nothing runs. */
export const CACHE: string = join(ROOT, '.cache/interop');

/** Makes the folder; git ignores what is in it. */
export function createCache(): void {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(dirname(CACHE), '.gitignore'), '*\n');
}
