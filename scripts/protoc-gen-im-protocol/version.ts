import { readFileSync } from 'node:fs';

/** Version of the package, from which this file is two folders away, as source and as built. */
export function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
