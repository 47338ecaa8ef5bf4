// The builds that are compared: of a commit, of a release, and of the working tree.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, ROOT } from '../prepare/paths.mjs';
import { npm } from '../prepare/run-tool.mjs';

const BUILDS = join(CACHE, 'builds');
/** The last release before version 2 of the protocol, which is committed: it needs neither the history nor a registry. */
const OLDER_PACKAGE = join(ROOT, 'test/older/older-package.tar.gz');

/** The build of a commit, made if it is not in the cache. @returns { name, dist }: what the report calls it, and its folder. */
export function buildOf(commit) {
  const sha = git(['rev-parse', '--verify', '--end-of-options', `${commit}^{commit}`]);
  const built = join(BUILDS, sha);
  if (!existsSync(join(built, 'index.js'))) build(sha, built);
  return { name: git(['log', '-1', '--format=%h (%s)', sha]), dist: built };
}

/** The build of the last tag of a version; without one, the release that test/older has. */
export function lastRelease() {
  const tag = lastTag();
  return tag === undefined ? olderRelease() : buildOf(tag);
}

function lastTag() {
  try {
    return git(['describe', '--tags', '--match', 'v*', '--abbrev=0']);
  } catch {
    // No tags, a shallow clone, or no repository.
    return undefined;
  }
}

function olderRelease() {
  const dist = join(BUILDS, 'older');
  if (!existsSync(join(dist, 'index.js'))) {
    mkdirSync(dist, { recursive: true });
    execFileSync('tar', ['-xzf', OLDER_PACKAGE, '-C', dist, '--strip-components=3', 'package/dist/node']);
  }
  return { name: 'the release before version 2', dist };
}

function build(sha, built) {
  const tree = join(CACHE, 'trees', sha);
  console.error(`Building ${sha} ...`);
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  execFileSync('tar', ['-x', '-C', tree], { input: execFileSync('git', ['archive', sha], { cwd: ROOT, maxBuffer: 2 ** 30 }) });
  const lockIn = (folder) => readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (lockIn(tree) === lockIn(ROOT)) symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'), 'junction');
  else npm(['ci', '--ignore-scripts'], tree);
  npm(['run', 'build'], tree);
  mkdirSync(BUILDS, { recursive: true });
  cpSync(join(tree, 'dist/node'), built, { recursive: true });
  rmSync(tree, { recursive: true });
}

function git(args) {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
