// The package of the release before version 2 of the protocol, built from the history of this repository.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { runCommand } from '../run-command.js';

/** The last commit whose package knows version 1 alone. */
const COMMIT = '3bad17c';

/** The built package. It stays until node_modules is removed. */
export const OLDER_PACKAGE: string = join(ROOT, 'node_modules/.cache/older', COMMIT);

const BUILT = join(OLDER_PACKAGE, 'dist/built');

/** Builds the package, unless that was done before. @throws Error if the history does not have the commit. */
export async function buildOlderPackage(): Promise<void> {
  if (existsSync(BUILT)) return;
  requireCommit();
  // In a folder next to it, so that an interrupted build leaves nothing that looks complete.
  const folder = `${OLDER_PACKAGE}.new`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = await runCommand('git', ['archive', COMMIT], { cwd: ROOT });
  await runCommand('tar', ['x'], { cwd: folder, input: archive });
  console.log(`building the package of ${COMMIT}`);
  await runCommand('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder });
  await runCommand('npm', ['run', 'build'], { cwd: folder });
  writeFileSync(join(folder, 'dist/built'), '');
  rmSync(OLDER_PACKAGE, { recursive: true, force: true });
  mkdirSync(dirname(OLDER_PACKAGE), { recursive: true });
  renameSync(folder, OLDER_PACKAGE);
}

function requireCommit(): void {
  try {
    execFileSync('git', ['cat-file', '-e', `${COMMIT}^{commit}`], { cwd: ROOT, stdio: 'ignore' });
  } catch {
    throw new Error(
      `needs the commit ${COMMIT} of this repository: a shallow clone does not have it (git fetch --unshallow), an archive has no history`,
    );
  }
}
