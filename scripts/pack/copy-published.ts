import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedFiles } from './published-files.js';

/**
 * Copies what is published of the package, which was built before, into a folder: `npm pack --ignore-scripts` makes of it what `npm pack`
 * makes of the repository, and leaves the repository alone.
 */
export function copyPublished(root: string, folder: string): void {
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: readonly string[] };
  mkdirSync(folder, { recursive: true });
  for (const path of [...files, 'LICENSE']) cpSync(join(root, path), join(folder, path), { recursive: true });
  for (const { path, text } of publishedFiles(root)) writeFileSync(join(folder, path), text);
}
