import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Whether `made` is missing, or older than one of the files and folders that it is made from. */
export function isStale(made, sources) {
  return !existsSync(made) || statSync(made).mtimeMs < Math.max(...sources.map(lastChange));
}

function lastChange(path) {
  const own = statSync(path);
  if (!own.isDirectory()) return own.mtimeMs;
  // Folders count too: a file that was removed changes its folder.
  const within = readdirSync(path, { recursive: true }).map((name) => statSync(join(path, name)).mtimeMs);
  return Math.max(own.mtimeMs, ...within);
}
