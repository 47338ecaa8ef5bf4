import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../cache.js';
import { PROJECT } from '../install/install-package.js';

/** Copies a folder of interop/ into the project, without build results, and returns its path there. */
export function copyProgram(name: string): string {
  const folder = join(PROJECT, name);
  cpSync(join(ROOT, 'interop', name), folder, {
    recursive: true,
    filter: (path) => !/\/(gen|target|go\/bin|__pycache__)$/.test(path),
  });
  return folder;
}
