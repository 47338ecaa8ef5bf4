// The folder of the installed package, and its version.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROTOCOL_VERSION } from '../limits.js';

/** The nearest folder above this file with a package.json: works in the built package and in the repository. */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error('no package.json above im-protocol');
  }
}

/** `im-protocol 1.0.0 (protocol version 1)` */
export function versionText(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return `im-protocol ${version} (protocol version ${PROTOCOL_VERSION})`;
}
