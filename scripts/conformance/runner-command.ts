import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installLibraries, LOADER } from './debian-libraries.js';

/**
 * The command that starts the runner. It needs glibc 2.38; with an older one (Debian 12), the runner uses the loader and the libraries of a newer
 * Debian in the cache.
 */
export function runnerCommand(runner: string): string[] {
  // Without arguments it prints its usage.
  const { error, stderr } = spawnSync(runner, { encoding: 'utf8' });
  if (error) throw error;
  if (!/version `\w+_[\d.]+' not found/.test(stderr)) return [runner];
  const libraries = installLibraries();
  return [join(libraries, LOADER), '--library-path', libraries, runner];
}
