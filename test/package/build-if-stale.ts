// dist/ is built before the tests of the package, unless it is newer than all that it is made from: `npm ci` builds it too.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.js';
import { npm } from './run.js';

const SOURCES = [
  'src',
  'generated',
  'proto',
  'scripts/protoc-gen-im-protocol',
  'scripts/build',
  'package.json',
  'tsconfig.json',
  'tsconfig.types.json',
  'tsup.config.ts',
];
/** What the build writes last: where it exists, the whole build went well. */
const LAST_BUILT = 'dist/descriptor.binpb';

export function buildIfStale(): void {
  const built = join(ROOT, LAST_BUILT);
  if (existsSync(built) && statSync(built).mtimeMs >= newest(SOURCES)) return;
  npm(['run', 'build'], ROOT);
}

/** When the last of the files was changed. */
function newest(paths: readonly string[]): number {
  const files = paths.flatMap((path) => {
    const absolute = join(ROOT, path);
    if (!statSync(absolute).isDirectory()) return [absolute];
    // Folders count too: a file that was removed changes its folder.
    return readdirSync(absolute, { recursive: true, encoding: 'utf8' }).map((name) => join(absolute, name));
  });
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}
