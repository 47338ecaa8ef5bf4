import { describe, expect, it } from 'vitest';
import { batches } from '../../src/connection/batches.js';

const frame = (bytes: number): Uint8Array => new Uint8Array(bytes);
const sizes = (groups: Uint8Array[][]): number[][] => groups.map((group) => group.map(({ length }) => length));

describe('batches', () => {
  it('puts all frames into one where there is no limit', () => {
    expect(sizes(batches([frame(1), frame(2), frame(3)], Number.POSITIVE_INFINITY))).toEqual([[1, 2, 3]]);
  });

  it.each([
    [29, [[10, 10], [10]]],
    [30, [[10, 10, 10]]],
    [31, [[10, 10, 10]]],
  ])('fills each up to the limit: %i bytes', (limit, expected) => {
    expect(sizes(batches([frame(10), frame(10), frame(10)], limit))).toEqual(expected);
  });

  it('lets a frame over the limit stand alone', () => {
    expect(sizes(batches([frame(1), frame(9), frame(1)], 5))).toEqual([[1], [9], [1]]);
  });

  it('makes none of none', () => {
    expect(batches([], 5)).toEqual([]);
  });
});
