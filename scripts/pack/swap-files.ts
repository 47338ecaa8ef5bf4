// `npm pack` and `npm publish` pack the repository folder. So `prepack` replaces some files by their published form, and `postpack` restores the
// originals and removes what only the package has: `node --import tsx scripts/pack/swap-files.ts published|original`.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryFolders } from './entry-folders.js';
import { publishedFiles } from './published-files.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The folder of the originals. They are moved, so that they keep their modification times, which builds depend on. */
const ORIGINALS = join(ROOT, '.cache/pack');

function putPublished(): void {
  const files = publishedFiles(ROOT);
  // Files left by a killed run are older than the current ones.
  rmSync(ORIGINALS, { recursive: true, force: true });
  for (const { path, text } of files) {
    if (existsSync(join(ROOT, path))) {
      mkdirSync(dirname(join(ORIGINALS, path)), { recursive: true });
      renameSync(join(ROOT, path), join(ORIGINALS, path));
    } else mkdirSync(dirname(join(ROOT, path)), { recursive: true });
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
  for (const { path } of entryFolders(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).exports)) {
    rmSync(join(ROOT, path), { force: true });
    removeEmpty(dirname(path));
  }
}

/** Removes a folder and those around it, as far as they are empty. */
function removeEmpty(folder: string): void {
  if (folder === '.') return;
  try {
    rmdirSync(join(ROOT, folder));
  } catch {
    return;
  }
  removeEmpty(dirname(folder));
}

if (process.argv[2] === 'published') putPublished();
else putOriginals();
