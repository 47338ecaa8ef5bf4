// `npm run docs`: writes the tables of README.md, README.zh-CN.md and docs/*.md, from the schema, the types and bench/results.md. The text between the markers
//
//   <!-- generated:errors -->
//   <!-- /generated -->
//
// is replaced, everything else is kept. `tables.ts` defines the tables.
import { updatePages } from './update-pages.js';

updatePages();
