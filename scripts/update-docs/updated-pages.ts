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

/** Without a measurement, the tables of sizes are kept. */
const NOT_MEASURED: Record<keyof SizesTables, undefined> = { sizes: undefined, 'sizes-zh': undefined, 'all-sizes': undefined };

/** The pages with generated tables: README.md, README.zh-CN.md and docs/*.md. */
export function updatedPages(sizes: SizesTables | typeof NOT_MEASURED = NOT_MEASURED): UpdatedPage[] {
  const tables = new Map([
    ...createTables(readDocumentedSchema()),
    ...speedTables(),
    ...memberTables(),
    ...deploymentBlocks(),
    ...Object.entries(sizes),
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
