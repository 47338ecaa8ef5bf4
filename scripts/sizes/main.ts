// `npm run sizes`: measures bundles of the build and writes the tables of sizes in README.md, README.zh-CN.md and docs/guide.md. Tests do not compare
// the figures, which depend on tool versions; `npm run sizes:check` checks the limits.
import { updatePages } from '../update-docs/update-pages.js';
import { sizesTables } from './sizes-table.js';

updatePages(await sizesTables());
