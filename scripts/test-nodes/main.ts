// `npm run test:nodes`: runs the unit tests with other versions of Node, whose thresholds for strings and buffers differ. The binaries are from npm's
// package `node`, cached in .cache/nodes, which may be deleted at any time. Arguments are passed to vitest.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchNode } from './fetch-node.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Versions besides the current one. */
const VERSIONS = ['22', '24', '26'];
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

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
