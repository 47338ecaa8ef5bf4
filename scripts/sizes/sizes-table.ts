import { ROOT } from '../breaking/baseline.js';
import { markdownTable } from '../update-docs/markdown-table.js';
import { bundle, sizeOf } from './bundle.js';
import { MEASURED, type Measured, moduleOf } from './measured.js';

/** The tables of bundle sizes, by the names of their markers. */
export interface SizesTables {
  /** README.md: a selection. */
  readonly sizes: string;
  /** README.zh-CN.md: the same selection in Chinese. */
  readonly 'sizes-zh': string;
  /** docs/guide.md. */
  readonly 'all-sizes': string;
}

/** Measures all bundles, from dist/, and returns the tables of sizes. */
export async function sizesTables(): Promise<SizesTables> {
  const rows = await Promise.all(MEASURED.map(async (measured) => ({ measured, figures: await figuresOf(measured) })));
  const table = (head: string[], nameOf: (measured: Measured) => string | undefined): string =>
    markdownTable(
      head,
      rows.flatMap(({ measured, figures }) => {
        const name = nameOf(measured);
        return name === undefined ? [] : [[name, ...figures]];
      }),
    );
  return {
    sizes: table(['bundle of', 'minified', 'gzip'], ({ readme }) => readme?.en),
    'sizes-zh': table(['打包内容', 'minify 后', 'gzip 后'], ({ readme }) => readme?.zh),
    'all-sizes': table(['bundle of', 'minified', 'gzip'], ({ name }) => name),
  };
}

async function figuresOf(measured: Measured): Promise<string[]> {
  const { min, gzip } = sizeOf(await bundle(moduleOf(measured), ROOT, { external: measured.external }));
  return [kilobytes(min), kilobytes(gzip)];
}

/** A kilobyte has 1000 bytes. One decimal: bundler versions differ by some bytes. */
function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
