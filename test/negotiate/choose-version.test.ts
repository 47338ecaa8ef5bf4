import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseVersion } from '../../src/negotiate/index.js';
import { SEED } from '../seed.js';
import { arrangements, highestCommon, UNIVERSE } from './universe.js';

describe('chooseVersion', () => {
  it('finds the highest common version, grease aside, for every pair of lists in every order', () => {
    const lists = arrangements(UNIVERSE);
    expect(lists).toHaveLength(65);
    for (const offered of lists) {
      for (const supported of lists) expect(chooseVersion(offered, supported)).toBe(highestCommon(offered, supported));
    }
  });

  it('takes the highest of several common versions', () => {
    expect(chooseVersion([1, 2, 3], [2, 1])).toBe(2);
    expect(chooseVersion([127, 9], [9, 127])).toBe(127);
  });

  it('compares as numbers, not as text', () => {
    expect(chooseVersion([9, 11], [9, 11])).toBe(11);
  });

  it('finds nothing without a common version', () => {
    expect(chooseVersion([1], [2])).toBeUndefined();
    expect(chooseVersion([], [1])).toBeUndefined();
    expect(chooseVersion([1], [])).toBeUndefined();
  });

  it('never chooses grease, even if both sides list it', () => {
    expect(chooseVersion([10, 122, 1], [10, 122, 1])).toBe(1);
    expect(chooseVersion([10, 26, 42, 58, 74, 90, 106, 122], [10, 26, 42, 58, 74, 90, 106, 122])).toBeUndefined();
  });

  it(`is the same from both sides, and for any order (seed ${SEED})`, () => {
    const versions = fc.uniqueArray(fc.integer({ min: 1, max: 127 }), { maxLength: 32 });
    fc.assert(
      fc.property(versions, versions, (a, b) => {
        const chosen = chooseVersion(a, b);
        expect(chooseVersion(b, a)).toBe(chosen);
        expect(chooseVersion(a.toReversed(), b.toSorted())).toBe(chosen);
      }),
      { seed: SEED },
    );
  });
});
