import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));
/** Downloads and build results; may be deleted at any time. buf.gen.yaml names it too. */
export const CACHE: string = join(ROOT, '.cache/conformance');

/** Creates the folder, with its contents ignored by git. */
export function createCache(): void {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(dirname(CACHE), '.gitignore'), '*\n');
}
