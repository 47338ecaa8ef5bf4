import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importsOf } from '../architecture/imports.js';
import { ARROWS, layerOf } from '../architecture/layers.js';
import { ROOT } from '../package/root.js';
import { tableRows } from './markdown.js';

it('the table of ARCHITECTURE.md is the one that the test over the imports holds, of the layers that there are', () => {
  const files = new Set(importsOf(['src', 'generated']).flatMap(({ from, to }) => [from, to]));
  const layers = new Set([...files].filter((name) => /^(src|generated)\//.test(name)).map(layerOf));
  const expected = Object.entries(ARROWS)
    .filter(([layer]) => layers.has(layer))
    .map(([layer, below]) => [layer, below.filter((name) => layers.has(name)).join(', ')]);
  const rows = tableRows(readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')).filter(([layer]) => layers.has(layer));
  expect(new Map(rows.map(([layer, below]) => [layer, below]))).toEqual(new Map(expected as [string, string][]));
});
