import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, '.cache/nodes');

/** Path of the newest Node of a major version, downloaded if missing. */
export function fetchNode(major: string): string {
  const folder = join(CACHE, major);
  const binary = join(folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(ROOT, '.cache/.gitignore'), '*\n');
    // With a package.json: otherwise npm would install into this project.
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    // The install script of the package adds the binary for this machine.
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts=false', `node@${major}`], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return binary;
}
