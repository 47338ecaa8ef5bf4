import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../run-command.js';
import { CACHE } from '../cache.js';

/**
 * The release of protoc, and, with other major numbers, of the runtimes for Java and Python. The protoc of Debian 12 is too old for them.
 */
export const PROTOC_VERSION = '4.36.2';

/** A folder for the PATH with protoc, downloaded with Maven: it is published with protobuf-java for each platform. */
export async function installProtoc(): Promise<string> {
  const folder = join(CACHE, `protoc-${PROTOC_VERSION}`);
  const program = join(folder, 'protoc');
  if (existsSync(program)) return folder;
  mkdirSync(folder, { recursive: true });
  const artifact = `com.google.protobuf:protoc:${PROTOC_VERSION}:exe:${platform()}`;
  const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';
  await runCommand('mvn', ['-B', '-q', copy, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`], { cwd: CACHE });
  const file = join(folder, `protoc-${PROTOC_VERSION}-${platform()}.exe`);
  chmodSync(file, 0o755);
  // Renamed when complete, so that an interrupted run leaves no incomplete file.
  renameSync(file, program);
  return folder;
}

/** Maven's names of platforms. */
function platform(): string {
  const os = process.platform === 'darwin' ? 'osx' : process.platform;
  return `${os}-${process.arch === 'arm64' ? 'aarch_64' : 'x86_64'}`;
}
