import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../package/root.js';
import { diagnosticsOf } from './compiled.js';

it.each(['generated', 'test/fixtures/generated'])(
  'all of %s compiles with every strict option, isolatedDeclarations among them',
  (folder) => {
    const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    expect(names.length).toBeGreaterThan(20);
    expect(diagnosticsOf(names.map((name) => join(ROOT, folder, name)))).toEqual([]);
  },
  180_000,
);
