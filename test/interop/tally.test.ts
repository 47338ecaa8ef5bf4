import { describe, expect, it } from 'vitest';
import { isPlainJson } from '../../scripts/interop/vectors/load.js';
import type { Row } from '../../scripts/interop/vectors/row.js';
import { tally } from '../../scripts/interop/vectors/tally.js';
import type { Vector } from '../vectors/load.js';

const header = { version: 1, type: 'UserInfo', flags: 0 };
const vectors: Vector[] = [
  { name: 'plain', frame: { ...header, message: { userId: '1' } } },
  { name: 'any', frame: { ...header, message: { custom: { '@type': 'x.y/a.B', value: '' } } } },
  { name: 'unknown', frame: { ...header, message: { $unknown: 'wAwB' } } },
];
const language = { name: 'L', differences: { any: 'why' }, leavesOut: { check: 'no client' } };

const row = (vector: string, op: string, outcome: Row['outcome'], text?: string): Row => ({
  vector,
  op,
  outcome,
  ...(text !== undefined && { text }),
});
const result = (rows: Row[], op: number) => tally(language, [...rows, row('any', 'reencode', 'failed')], vectors)[op];

describe('the table of answers', () => {
  it('counts what passed, and why it was let pass', () => {
    const rows = [
      row('plain', 'decode', 'passed'),
      row('unknown', 'decode', 'passed', 'accepted: x'),
      row('plain', 'encode', 'passed'),
    ];
    expect(result(rows, 0)).toMatchObject({ passed: 2, failed: [], known: [], skipped: 0, note: '1 accepted: x' });
  });

  it('tells what is known apart from what failed', () => {
    const { failed, known } = result([row('plain', 'decode', 'failed', 'got 1'), row('any', 'decode', 'failed', 'got 2')], 0);
    expect([failed, known]).toEqual([['plain: got 1'], ['any: why']]);
  });

  it('knows of a library that drops unknown fields', () => {
    const rows = [row('unknown', 'reencode', 'failed', 'a'), row('plain', 'reencode', 'failed', 'b')];
    const [, , , { failed, known }] = tally({ ...language, differences: {}, unknownFields: 'dropped' }, rows, vectors);
    expect([failed, known]).toEqual([['plain: b'], ['dropped']]);
  });

  it('lets skip what has no JSON, or is left out', () => {
    expect(result([row('any', 'decode', 'skipped', 'a')], 0)).toMatchObject({ skipped: 1, failed: [] });
    expect(result([row('unknown', 'encode', 'skipped', 'a')], 2)).toMatchObject({ skipped: 1, failed: [] });
    expect(result([row('plain', 'check', 'skipped', 'a')], 5)).toMatchObject({ skipped: 1, note: '1 skipped: no client' });
  });

  it('lets nothing else be skipped', () => {
    expect(result([row('plain', 'decode', 'skipped', 'a')], 0).failed).toEqual(['plain: not answered: a']);
    expect(result([row('unknown', 'decode', 'skipped', 'a')], 0).failed).toEqual(['unknown: not answered: a']);
    expect(result([row('any', 'reencode', 'skipped', 'a')], 3).failed).toEqual(['any: not answered: a']);
  });

  it('fails where a known difference is none any more', () => {
    expect(tally(language, [], vectors).at(-1)).toMatchObject({ check: 'known differences', failed: ['any: does not differ'] });
  });
});

it('only frames that any ProtoJSON reader takes are encoded for it', () => {
  expect(vectors.map(isPlainJson)).toEqual([true, false, false]);
  expect(isPlainJson({ name: 'r', error: { code: 'TRUNCATED' } })).toBe(false);
});
