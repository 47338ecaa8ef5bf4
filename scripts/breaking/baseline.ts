// The compiled schemas of releases. They are files because a shallow clone has no history.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));
export const BASELINE_FOLDER: string = join(ROOT, 'proto-baseline');

/** Paths of the images, at least one. The schema must be compatible with all of them. */
export function findBaselines(): string[] {
  const images = readdirSync(BASELINE_FOLDER).filter((name) => name.endsWith('.binpb'));
  if (images.length === 0) throw new Error('proto-baseline/ has no image of a release');
  return images.sort().map((name) => join(BASELINE_FOLDER, name));
}

/** Runs buf in a folder and returns its output. @throws Error if it fails. */
export function buf(args: readonly string[], cwd = ROOT): Uint8Array {
  return execFileSync(process.execPath, [join(ROOT, 'node_modules/@bufbuild/buf/bin/buf'), ...args], { cwd, maxBuffer: 1 << 26 });
}

/** The compiled schema in a folder. */
export function buildImage(folder = join(ROOT, 'proto')): Uint8Array {
  return buf(['build', folder, '--exclude-source-info', '-o', '-#format=binpb']);
}
