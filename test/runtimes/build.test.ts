// The column `build` of docs/runtimes.md is checked, not declared.
import { expect, test } from 'vitest';
import { type Build, buildOf } from '../../scripts/runtimes/build-of.js';
import { rowOf } from '../../scripts/runtimes/results.js';
import type { Outcome, Place } from '../../scripts/runtimes/runtime.js';

const PLACE: Place = { folder: '', url: '', addPage: () => ({ url: '', report: new Promise(() => undefined) }) };
const PARTS = [{ name: 'texts', passed: 1, failures: [] }];

async function failuresOf(build: Build, outcome: Omit<Outcome, 'version'>): Promise<readonly string[]> {
  const row = await rowOf({ name: 'x', build, isInCi: true, run: async () => ({ version: '1', ...outcome }) }, PLACE);
  return row.failures;
}

test('a bundle has one build of the package', () => {
  expect(buildOf('a.utf8Write(b)')).toBe('Node');
  expect(buildOf('`\n>SendInfo f7c1`')).toBe('web');
  expect(() => buildOf('a.utf8Write(b);`\n>SendInfo f7c1`')).toThrow(
    'the bundle has the builds [Node, web] of the package, expected one',
  );
  expect(() => buildOf('')).toThrow('the bundle has the builds [] of the package, expected one');
});

test('a runtime fails with another build than the expected one, in its bundle or as it ran', async () => {
  expect(await failuresOf('web', { bundled: 'web', report: { build: 'web', parts: PARTS, hasSockets: false } })).toEqual([]);
  const text = 'took the Node build of the package, expected web';
  expect(await failuresOf('web', { report: { build: 'Node', parts: PARTS, hasSockets: false } })).toEqual([text]);
  expect(await failuresOf('web', { bundled: 'Node' })).toEqual([text]);
});
