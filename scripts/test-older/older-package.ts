// The package of the last commit without version 2 of the protocol, from test/older/older-package.tar.gz.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { runCommand } from '../run-command.js';

/** See test/older/README.md. */
export const ARCHIVE: string = join(ROOT, 'test/older/older-package.tar.gz');

/**
 * Extracts the package, unless that was done before, below node_modules: so it finds ws there.
 * @returns its folder.
 */
export async function olderPackage(): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(ARCHIVE)).digest('hex').slice(0, 16);
  const folder = join(ROOT, 'node_modules/.cache/older', digest);
  if (existsSync(folder)) return folder;
  // In a folder next to it, so that an interrupted run leaves nothing that looks complete.
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await runCommand('tar', ['xzf', ARCHIVE, '--strip-components=1'], { cwd: unfinished });
  mkdirSync(dirname(folder), { recursive: true });
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(folder)) throw error;
    rmSync(unfinished, { recursive: true });
  }
  return folder;
}
