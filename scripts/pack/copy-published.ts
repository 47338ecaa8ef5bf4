import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { publishedFiles } from './published-files.js';

/**
 * Copies the files of the package, which must be built, into a folder. There, `npm pack --ignore-scripts` makes the same tarball as `npm pack` in
 * the repository, without changing the repository.
 */
export function copyPublished(root: string, folder: string): void {
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: readonly string[] };
  mkdirSync(folder, { recursive: true });
  for (const path of [...files, 'LICENSE']) cpSync(join(root, path), join(folder, path), { recursive: true });
  for (const { path, text } of publishedFiles(root)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
