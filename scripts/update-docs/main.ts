// `npm run docs`: writes the tables of README.md and docs/*.md anew, from the schema. What stands between the markers
//
//   <!-- generated:errors -->
//   <!-- /generated -->
//
// is replaced, everything else stays as it is. `tables.ts` says which tables there are.
import { updatePages } from './update-pages.js';

updatePages();
