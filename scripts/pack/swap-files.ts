// `npm pack` and `npm publish` pack the repository folder. So `prepack` replaces some files by their published form, and `postpack` restores the
// originals: `node --import tsx scripts/pack/swap-files.ts published|original`.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedFiles } from './published-files.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The folder of the originals. They are moved, so that they keep their modification times, which builds depend on. */
const ORIGINALS = join(ROOT, '.cache/pack');

function putPublished(): void {
  const files = publishedFiles(ROOT);
  // Files left by a killed run are older than the current ones.
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
