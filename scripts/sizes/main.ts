// `npm run sizes`: writes the table of bundle sizes in README.md anew, from a measurement of what the build makes. Nothing tests that the
// table is up to date, because the figures change with the versions of tools; `npm run sizes:check` guards the limits.
import { updatePages } from '../update-docs/update-pages.js';
import { sizesTable } from './sizes-table.js';

updatePages({ sizes: await sizesTable() });
