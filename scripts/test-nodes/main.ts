// `npm run test:nodes`: the unit tests under other versions of Node, whose thresholds for strings and buffers differ. npm's package
// `node` has the binaries; they are kept in .cache/nodes, which may be deleted at any time. Arguments go to vitest: a folder, a name.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, '.cache/nodes');
/** Beside the version that runs this. */
const VERSIONS = ['22', '24'];
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

/** Path of the newest Node of a major version, fetched if it is not there yet. */
function fetchNode(major: string): string {
  const folder = join(CACHE, major);
  const binary = join(folder, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(ROOT, '.cache/.gitignore'), '*\n');
    // A package.json of its own: else npm would install into this project.
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    // The package's install script puts the binary of this machine in its place.
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
