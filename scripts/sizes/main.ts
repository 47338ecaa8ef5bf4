// `npm run sizes`: measures bundles of the build and writes the tables of their sizes in README.md, README.zh-CN.md and docs/guide.md. No test
// compares the figures, because they change with the versions of tools; `npm run sizes:check` guards the limits.
import { updatePages } from '../update-docs/update-pages.js';
import { sizesTables } from './sizes-table.js';

updatePages(await sizesTables());
