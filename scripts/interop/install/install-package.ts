// Packs the package and installs it into an empty project, as users do.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { copyPublished } from '../../pack/copy-published.js';
import { runCommand } from '../../run-command.js';
import { CACHE, ROOT } from '../cache.js';

/** The installed package; its types are those of the sources. */
export interface InstalledPackage {
  readonly folder: string;
  readonly index: typeof import('../../../src/index.js');
  readonly json: typeof import('../../../src/json/index.js');
  readonly node: typeof import('../../../src/node/index.js');
}

/** The project with the installed package and buf. The programs of each language are copied to a folder of it. */
export const PROJECT: string = join(CACHE, 'project');

export async function installPackage(): Promise<InstalledPackage> {
  const tarball = join(CACHE, 'package.tgz');
  // `npm run interop` has built it.
  const published = join(CACHE, 'published');
  rmSync(published, { recursive: true, force: true });
  copyPublished(ROOT, published);
  const packed = await runCommand('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', CACHE], {
    cwd: published,
  });
  copyFileSync(join(CACHE, packed.toString().trim()), tarball);
  rmSync(PROJECT, { recursive: true, force: true });
  mkdirSync(PROJECT, { recursive: true });
  const { buf, ws } = wantedVersions();
  const manifest = { private: true, dependencies: { '@im/protocol': `file:${tarball}`, '@bufbuild/buf': buf, ws } };
  writeFileSync(join(PROJECT, 'package.json'), JSON.stringify(manifest));
  await runCommand('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'], { cwd: PROJECT });
  const require = createRequire(join(PROJECT, 'package.json'));
  return {
    folder: join(PROJECT, 'node_modules/@im/protocol'),
    index: require('@im/protocol'),
    json: require('@im/protocol/json'),
    node: require('@im/protocol/node'),
  };
}

/** The versions that this repository uses. */
function wantedVersions(): { buf: string; ws: string } {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return { buf: devDependencies['@bufbuild/buf'], ws: devDependencies.ws };
}
