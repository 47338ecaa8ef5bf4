import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './paths.mjs';
import { npm } from './run-tool.mjs';

/** The path of a Node of each major version, as `20,22,24` says: this one if it is of that version, else one fetched from npm. */
export function nodeBinaries(versions) {
  return versions
    .split(',')
    .map((version) => (process.versions.node.split('.')[0] === version ? process.execPath : fetched(version)));
}

function fetched(version) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = join(CACHE, 'nodes', version);
  const binary = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(binary)) {
    console.error(`Fetching Node ${version} ...`);
    mkdirSync(folder, { recursive: true });
    npm(['install', '--prefix', folder, '--no-package-lock', '--ignore-scripts', `${name}@${version}`], folder);
  }
  return binary;
}

/** What a Node says about itself: v20.20.2. */
export function versionOf(node) {
  return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
}
