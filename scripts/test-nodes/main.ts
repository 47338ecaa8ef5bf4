// `npm run test:nodes`: runs the unit tests with other versions of Node, whose thresholds for strings and buffers differ. The binaries are from npm's
// package `node`, cached in .cache/nodes, which may be deleted at any time. Arguments are passed to vitest.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, '.cache/nodes');
/** Versions besides the current one. */
const VERSIONS = ['22', '24', '26'];
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

/** Path of the newest Node of a major version, downloaded if missing. */
function fetchNode(major: string): string {
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
      stdio: 'inherit',
    });
  }
  return binary;
}

function runTests(node: string): boolean {
  const { status } = spawnSync(node, [VITEST, 'run', '--project', 'node', ...process.argv.slice(2)], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  return status === 0;
}

const summary: string[] = [];
for (const major of VERSIONS) {
  const node = fetchNode(major);
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  console.log(`\n=== Node ${version}`);
  const passed = runTests(node);
  summary.push(`Node ${version}: ${passed ? 'passed' : 'FAILED'}`);
  if (!passed) process.exitCode = 1;
}
console.log(`\n${summary.join('\n')}`);
