import { readFileSync } from 'node:fs';

/** Something that an application may import, of which the size in a bundle is measured. */
export interface Measured {
  /** For the table in docs/guide.md. */
  readonly name: string;
  /** For the tables in README.md and README.zh-CN.md. Left out where these have no row for it. */
  readonly readme?: { readonly en: string; readonly zh: string };
  /** The entry, as its file in dist/ is called: `index`. */
  readonly entry: string;
  /** What is imported of it: `*`, `{ encodeFrame }`. */
  readonly import: string;
  /** Packages that do not count. */
  readonly external?: readonly string[];
  /** The compressed bundle stays below that, a little more than it has now: size-limit holds it (.size-limit.js). */
  readonly limit: string;
}

export const MEASURED = JSON.parse(readFileSync(new URL('measured.json', import.meta.url), 'utf8')) as readonly Measured[];

/** The module that is bundled to measure. */
export function moduleOf({ entry, import: names }: Measured): string {
  return `export ${names} from '@im/protocol${entry === 'index' ? '' : `/${entry}`}';`;
}
