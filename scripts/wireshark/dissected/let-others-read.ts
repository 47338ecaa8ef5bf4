import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';

/** Makes a file in a temporary folder readable for a program that runs as another user. */
export function letOthersRead(path: string): void {
  chmodSync(dirname(path), 0o755);
  chmodSync(path, 0o644);
}
