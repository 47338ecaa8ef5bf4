// `npm run docs`: writes the tables of README.md and docs/*.md anew, from the schema. What stands between the markers
//
//   <!-- generated:errors -->
//   <!-- /generated -->
//
// is replaced, everything else stays as it is. `tables.ts` says which tables there are.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { ROOT } from '../breaking/baseline.js';
import { updatedPages } from './updated-pages.js';

for (const { path, before, after } of updatedPages()) {
  if (after !== before) writeFileSync(path, after);
  console.log(`${relative(ROOT, path)}: ${after === before ? 'nothing to change' : 'written'}`);
}
