// `npm pack` and `npm publish` pack the folder of the repository as it is. So `prepack` puts the published form of some files in the place
// of theirs, and `postpack` puts the originals back: `node --import tsx scripts/pack/swap-files.ts published|original`.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedFiles } from './published-files.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Where the originals are meanwhile. They are moved, not copied, so that they keep their times: a build depends on them. */
const ORIGINALS = join(ROOT, '.cache/pack');

function putPublished(): void {
  const files = publishedFiles(ROOT);
  // What a killed run left is older than the files in place.
  rmSync(ORIGINALS, { recursive: true, force: true });
  for (const { path, text } of files) {
    mkdirSync(dirname(join(ORIGINALS, path)), { recursive: true });
    renameSync(join(ROOT, path), join(ORIGINALS, path));
    writeFileSync(join(ROOT, path), text);
  }
}

function putOriginals(): void {
  const entries = readdirSync(ORIGINALS, { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
    const original = join(parentPath, name);
    renameSync(original, join(ROOT, original.slice(ORIGINALS.length)));
  }
  rmSync(ORIGINALS, { recursive: true });
}

if (process.argv[2] === 'published') putPublished();
else putOriginals();
