import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import type { SizesTables } from '../sizes/sizes-table.js';
import { updatedPages } from './updated-pages.js';

/** Writes the pages whose tables have changed, and prints their names. */
export function updatePages(sizes?: SizesTables): void {
  for (const { path, before, after } of updatedPages(sizes)) {
    if (after !== before) writeFileSync(path, after);
    console.log(`${relative(ROOT, path)}: ${after === before ? 'nothing to change' : 'written'}`);
  }
}
