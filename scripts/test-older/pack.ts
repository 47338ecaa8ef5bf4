// `npm run test:older:pack`: builds test/older/older-package.tar.gz again from the history of this repository. `-- --check` compares the built files
// with those of the archive. Needs the whole history and npm's registry.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { runCommand } from '../run-command.js';
import { ARCHIVE, olderPackage } from './older-package.js';

/** The last commit whose package knows version 1 alone. */
const COMMIT = '3bad17c';

/** What the tests use. */
const ENTRIES = ['index', 'json', 'node', 'rocketmq', 'session'];

/** An import or export of another file of the build. */
const IMPORT = /["']\.\/([\w-]+\.js)["']/g;

function requireCommit(): void {
  try {
    execFileSync('git', ['cat-file', '-e', `${COMMIT}^{commit}`], { cwd: ROOT, stdio: 'ignore' });
  } catch {
    throw new Error(
      `needs the commit ${COMMIT} of this repository: a shallow clone does not have it (git fetch --unshallow), an archive has no history`,
    );
  }
}

/** Builds the commit in a folder. */
async function build(folder: string): Promise<void> {
  const archive = await runCommand('git', ['archive', COMMIT], { cwd: ROOT });
  await runCommand('tar', ['x'], { cwd: folder, input: archive });
  console.log(`building the package of ${COMMIT}`);
  await runCommand('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder });
  await runCommand('npm', ['run', 'build'], { cwd: folder });
}

/** The files of the entries, and those that they import. */
function filesOf(dist: string): string[] {
  const found = new Set<string>();
  const add = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const [, imported] of readFileSync(join(dist, file), 'utf8').matchAll(IMPORT)) add(imported);
  };
  for (const entry of ENTRIES) add(`${entry}.js`);
  return [...found].sort();
}

/** Copies the files of the archive from a build. Returns the folder. */
function select(built: string, parent: string): string {
  const folder = join(parent, 'package');
  mkdirSync(join(folder, 'dist/node'), { recursive: true });
  for (const file of filesOf(join(built, 'dist/node'))) {
    cpSync(join(built, 'dist/node', file), join(folder, 'dist/node', file));
  }
  cpSync(join(built, 'LICENSE'), join(folder, 'LICENSE'));
  const { name, version, license } = JSON.parse(readFileSync(join(built, 'package.json'), 'utf8'));
  const manifest = { name, version, license, type: 'module', private: true, description: `Built from commit ${COMMIT}.` };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return folder;
}

/** The same files give the same archive. */
async function pack(folder: string): Promise<void> {
  const names = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u+rw,go+r-w'];
  const tar = await runCommand('tar', ['c', ...names, basename(folder)], { cwd: join(folder, '..') });
  writeFileSync(ARCHIVE, await runCommand('gzip', ['-9n'], { cwd: ROOT, input: tar }));
}

/** @throws Error if a file differs from that of the archive. */
async function check(folder: string): Promise<void> {
  await runCommand('diff', ['-r', await olderPackage(), folder], { cwd: ROOT });
  console.log(`${ARCHIVE} has the files of commit ${COMMIT}`);
}

const parent = mkdtempSync(join(tmpdir(), 'older-package-'));
try {
  requireCommit();
  const built = join(parent, 'built');
  mkdirSync(built);
  await build(built);
  const folder = select(built, parent);
  if (process.argv.includes('--check')) await check(folder);
  else await pack(folder);
} catch (error) {
  console.error(`npm run test:older:pack: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(parent, { recursive: true, force: true });
}
