import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH } from './paths.mjs';

/** @param packages names, or folder/name for what is installed in its own folder. */
export function packageVersions(packages) {
  return packages.map((path) => {
    const [, folder, name] = /^(protobufjs-7\/)?(.+)$/.exec(path);
    const { version } = JSON.parse(readFileSync(join(BENCH, folder ?? '', 'node_modules', name, 'package.json'), 'utf8'));
    return `${name} ${version}`;
  });
}
