import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file in a temporary folder of its own, for a program that does not run as we do. */
export function letOthersRead(path: string): void {
  chmodSync(dirname(path), 0o755);
  chmodSync(path, 0o644);
}
