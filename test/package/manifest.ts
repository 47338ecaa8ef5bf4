import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.js';

/** A target of `exports`: a path, or paths by condition. */
export type Target = string | { readonly [condition: string]: Target };

export interface Manifest {
  readonly version: string;
  readonly homepage: string;
  readonly bugs: string;
  readonly repository: { readonly type: string; readonly url: string };
  readonly publishConfig: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, Target>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
  readonly sideEffects: boolean;
}

export const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;

/** The entries that are code: `.`, `./json`. */
export const CODE_ENTRIES: readonly string[] = Object.keys(MANIFEST.exports).filter(
  (name) => typeof MANIFEST.exports[name] === 'object',
);

/** An entry as one imports it: `@im/protocol/json`. */
export function specifier(entry: string): string {
  return `@im/protocol${entry.slice(1)}`;
}

/** All paths that a target names. */
export function pathsOf(target: Target): string[] {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(pathsOf);
}
