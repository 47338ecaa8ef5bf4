// The programs of Debian: installed on this machine, or extracted by `npm run proxies`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const { PROXIES_ROOT } = process.env;

export interface Program {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The path of a file of a package: `/usr/sbin/nginx`. */
export function installed(path: string): string {
  if (existsSync(path)) return path;
  if (PROXIES_ROOT === undefined) throw new Error('run the tests of proxies by npm run proxies');
  return join(PROXIES_ROOT, path);
}

export function program(path: string): Program {
  const found = installed(path);
  if (found === path) return { path, env: process.env };
  const folders = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].flatMap((name) => [name, `${name}/systemd`]);
  const libraries = [...folders, 'systemd'].map((name) => join(PROXIES_ROOT!, 'usr/lib', name));
  return { path: found, env: { ...process.env, LD_LIBRARY_PATH: libraries.join(':') } };
}
