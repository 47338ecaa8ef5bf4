// `npm run docs`: writes the tables of README.md, README.zh-CN.md and docs/*.md, from the schema, the types and bench/results.md. What stands between the markers
//
//   <!-- generated:errors -->
//   <!-- /generated -->
//
// is replaced, everything else stays as it is. `tables.ts` says which tables there are.
import { updatePages } from './update-pages.js';

updatePages();
