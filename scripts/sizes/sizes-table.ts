import { ROOT } from '../breaking/baseline.js';
import { markdownTable } from '../update-docs/markdown-table.js';
import { bundle, sizeOf } from './bundle.js';
import { MEASURED, moduleOf } from './measured.js';

/** Bundles everything that is measured, from dist/, and tells how large it is. */
export async function sizesTable(): Promise<string> {
  const rows = MEASURED.map(async (measured) => {
    const { min, gzip } = sizeOf(await bundle(moduleOf(measured), ROOT, { external: measured.external }));
    return [measured.name, kilobytes(min), kilobytes(gzip)];
  });
  return markdownTable(['A bundle of', 'minified', 'and compressed (gzip)'], await Promise.all(rows));
}

/** A kilobyte has 1000 bytes. One decimal: another version of the bundler makes some bytes of difference. */
function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
