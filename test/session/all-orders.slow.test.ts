import { describe, it } from 'vitest';
import { expectPairs, expectPairsInOneChunk, STARTS } from './orders.js';

describe.each(STARTS)('$name', (start) => {
  it('handles every pair of frames as the specification says', () => expectPairs(start, 1));
  it('does the same for every pair that arrives in one chunk', () => expectPairsInOneChunk(start, 1));
});
