import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH, ROOT } from '../prepare/paths.mjs';
import { CONTENDERS } from './contenders.mjs';

/** Of each contender: the packages that its server runs on, with their versions. */
export function versions(contenders) {
  return Object.fromEntries(contenders.map((key) => [key, CONTENDERS[key].packages.map((name) => versionOf(key, name))]));
}

function versionOf(contender, name) {
  // The library finds ws where it is itself installed.
  const home = contender.startsWith('im-') ? ROOT : BENCH;
  const { version } = JSON.parse(readFileSync(join(home, 'node_modules', name, 'package.json'), 'utf8'));
  return `${name} ${version}`;
}
