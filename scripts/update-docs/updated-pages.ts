import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { readDocumentedSchema } from './documented-schema.js';
import { replaceBlocks } from './replace-blocks.js';
import { createTables } from './tables.js';

/** A page as it is, and as it should be. */
export interface UpdatedPage {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** Tables that do not follow from the schema. One that is undefined stays as it stands in the page. */
export interface MeasuredTables {
  /** What `npm run sizes` measures. */
  readonly sizes: string | undefined;
}

/** The pages that may hold generated tables: README.md and docs/*.md. */
export function updatedPages({ sizes }: MeasuredTables = { sizes: undefined }): UpdatedPage[] {
  const tables = new Map([...createTables(readDocumentedSchema()), ['sizes', sizes] as const]);
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const paths = [join(ROOT, 'README.md'), ...pages.sort().map((name) => join(ROOT, 'docs', name))];
  return paths.map((path) => {
    const before = readFileSync(path, 'utf8');
    return { path, before, after: replaceBlocks(before, tables, path) };
  });
}
