import { readFileSync } from 'node:fs';

/** An import whose bundle size is measured. */
export interface Measured {
  /** The label in docs/guide.md. */
  readonly name: string;
  /** The labels in README.md and README.zh-CN.md; undefined = no row there. */
  readonly readme?: { readonly en: string; readonly zh: string };
  /** The entry, by its file name in dist/: `index`. */
  readonly entry: string;
  /** The imported names: `*`, `{ encodeFrame }`. */
  readonly import: string;
  /** Packages that are not counted. */
  readonly external?: readonly string[];
  /** Limit of the compressed bundle, a little above its current size, checked by size-limit (.size-limit.js). */
  readonly limit: string;
}

export const MEASURED = JSON.parse(readFileSync(new URL('measured.json', import.meta.url), 'utf8')) as readonly Measured[];

/** The module to bundle. */
export function moduleOf({ entry, import: names }: Measured): string {
  return `export ${names} from '@im/protocol${entry === 'index' ? '' : `/${entry}`}';`;
}
