// `npm run proxies`: servers behind nginx and HAProxy, and their graceful restarts. `npm run proxies -- timeouts` runs a file.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { extractPackages } from '../debian/extract-packages.js';

const PACKAGES = ['nginx', 'libnginx-mod-stream', 'haproxy', 'openssl', 'systemd'];

try {
  const env = { ...process.env, PROXIES_ROOT: extractPackages(join(ROOT, '.cache/proxies'), PACKAGES) };
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--config', 'vitest.proxies.config.ts', ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env });
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(`npm run proxies: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
