import { describe, it } from 'vitest';
import { expectFramesByteByByte, expectPairs, expectPairsInOneChunk, STARTS } from './orders.js';

/** The quick tests try one pair of thirteen; `all-orders.slow.test.ts` tries every pair. */
const EVERY = 13;

describe.each(STARTS)('$name', (start) => {
  it('handles pairs of frames as the specification says', () => expectPairs(start, EVERY));
  it('does the same if both arrive in one chunk', () => expectPairsInOneChunk(start, EVERY));
  it('does the same if a frame arrives byte by byte', () => expectFramesByteByByte(start));
});
