import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import type { SizesTables } from '../sizes/sizes-table.js';
import { deploymentBlocks } from './deployment-blocks.js';
import { readDocumentedSchema } from './documented-schema.js';
import { memberTables } from './member-tables.js';
import { replaceBlocks } from './replace-blocks.js';
import { speedTables } from './speed-tables.js';
import { createTables } from './tables.js';

/** A page with its present and its updated text. */
export interface UpdatedPage {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** Tables of measurements: `npm run sizes` and `npm run runtimes` write them. */
export type MeasuredTables = SizesTables & { readonly runtimes: string };

/** Without a measurement, they are kept. */
const NOT_MEASURED: Record<keyof MeasuredTables, undefined> = {
  sizes: undefined,
  'sizes-zh': undefined,
  'all-sizes': undefined,
  runtimes: undefined,
};

/** The pages with generated tables: README.md, README.zh-CN.md and docs/*.md. */
export function updatedPages(measured: Partial<MeasuredTables> = {}): UpdatedPage[] {
  const tables = new Map([
    ...createTables(readDocumentedSchema()),
    ...speedTables(),
    ...memberTables(),
    ...deploymentBlocks(),
    ...Object.entries({ ...NOT_MEASURED, ...measured }),
  ]);
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const paths = ['README.md', 'README.zh-CN.md', ...pages.sort().map((name) => join('docs', name))].map((name) =>
    join(ROOT, name),
  );
  return paths.map((path) => {
    const before = readFileSync(path, 'utf8');
    return { path, before, after: replaceBlocks(before, tables, path) };
  });
}
