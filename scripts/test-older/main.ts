// `npm run test:older`: this package and that of the last commit without version 2 of the protocol, as client and server of each other, and in one
// system that is upgraded step by step.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { olderPackage } from './older-package.js';

try {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--config', 'vitest.older.config.ts', ...process.argv.slice(2)];
  const env = { ...process.env, OLDER_PACKAGE: await olderPackage() };
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env });
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(`npm run test:older: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
