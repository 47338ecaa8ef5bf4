// `npm run test:older`: this package and that of the last release without version 2 of the protocol, as client and server of each other. Needs the
// history of the repository and npm's registry, for the first run.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { buildOlderPackage, OLDER_PACKAGE } from './older-package.js';

try {
  await buildOlderPackage();
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--config', 'vitest.older.config.ts', ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, OLDER_PACKAGE } });
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(`npm run test:older: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
