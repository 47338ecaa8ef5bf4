import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** The scripts of package.json that a text runs: `npm test`, `npm run x`, `npm run --silent x`, and each `x` of a workflow's matrix. */
function scriptsIn(text: string): string[] {
  const direct = [...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name]) => name);
  const matrix = /^ *check: \[(.*)\]$/m.exec(text)?.[1] ?? '';
  const listed = [...matrix.matchAll(/'([^']+)'/g)].map(([, name]) => name);
  return [...direct, ...listed, ...(/\bnpm test\b/.test(text) ? ['test'] : [])];
}

it.each(['.ci/run', '.github/workflows/ci.yml', '.github/workflows/release.yml', 'CONTRIBUTING.md', 'package.json'])(
  '%s runs only scripts that package.json has',
  (path) => {
    const names = scriptsIn(read(path));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  },
);

it('CONTRIBUTING.md has every script', () => {
  // npm runs these by itself.
  const lifecycle = ['prepare', 'prepack', 'postpack'];
  const named = new Set(scriptsIn(read('CONTRIBUTING.md')));
  expect(Object.keys(scripts).filter((name) => !lifecycle.includes(name) && !named.has(name))).toEqual([]);
});

it('the workflow runs every check of .ci/run', () => {
  const parallel = new Set(scriptsIn(read('.github/workflows/ci.yml')));
  // test:all is both.
  const both = ['test', 'test:slow'];
  expect(parallel).toContain('test:all');
  expect(scriptsIn(read('.ci/run')).filter((name) => !both.includes(name) && !parallel.has(name))).toEqual([]);
});
