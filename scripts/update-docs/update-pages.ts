import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { type MeasuredTables, updatedPages } from './updated-pages.js';

/** Writes the pages whose tables have changed, and prints their names. */
export function updatePages(measured?: Partial<MeasuredTables>): void {
  for (const { path, before, after } of updatedPages(measured)) {
    if (after !== before) writeFileSync(path, after);
    console.log(`${relative(ROOT, path)}: ${after === before ? 'nothing to change' : 'written'}`);
  }
}
