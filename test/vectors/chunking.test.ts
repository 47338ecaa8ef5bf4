// Every vector, cut in every way: the outcome is that of one chunk.
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Outcome } from './expected.js';
import { bytesOf, FRAME_FILES, type Vector, vectorsOf } from './load.js';
import { outcomesOf } from './outcomes.js';

/** Larger ones are cut at the edges of the header, at the end, and at positions in between. */
const CUT_EVERYWHERE_BYTES = 250;
/** Of the largest ones, two cuts. */
const LARGE_BYTES = 100_000;

for (const file of [...FRAME_FILES, 'streams', 'version-2/models', 'version-2/frames']) {
  const vectors = vectorsOf(file).filter((vector) => vector.hex !== undefined && vector.decode !== 'single');

  describe(`vectors/${file}.json`, () => {
    test.each(vectors)(
      '$name split in two at every byte',
      (vector) => {
        const bytes = bytesOf(vector.hex);
        const expected = told(outcomesOf(vector, [bytes]));
        for (const at of cuts(bytes.length)) {
          const outcome = told(outcomesOf(vector, [bytes.subarray(0, at), bytes.subarray(at)]));
          // `expect` takes longer than the rest.
          if (!isDeepStrictEqual(outcome, expected)) expect({ at, outcome }).toEqual({ at, outcome: expected });
        }
      },
      60_000,
    );

    test.each(vectors.filter((v) => bytesOf(v.hex).length <= 5_000))('$name byte by byte', (vector) => {
      const bytes = bytesOf(vector.hex);
      expect(told(outcomesOf(vector, singles(bytes)))).toEqual(told(outcomesOf(vector, [bytes])));
    });
  });
}

const good = FRAME_FILES.flatMap(vectorsOf).filter((v) => v.frame && !v.settings && bytesOf(v.hex).length < 2000);

test('a thousand frames in one chunk come out one by one', () => {
  const thousand = Array.from({ length: 1000 }, (_, i) => good[i % good.length] as Vector);
  const outcomes = outcomesOf({ name: 'thousand' }, [Buffer.concat(thousand.map((v) => bytesOf(v.hex)))]);
  expect(outcomes).toHaveLength(1000);
  for (const [i, vector] of thousand.entries()) expect(outcomes[i]).toEqual(outcomesOf(vector, [bytesOf(vector.hex)])[0]);
});

function* singles(bytes: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < bytes.length; i++) yield bytes.subarray(i, i + 1);
}

function cuts(length: number): number[] {
  if (length <= CUT_EVERYWHERE_BYTES) return Array.from({ length: length + 1 }, (_, i) => i);
  if (length > LARGE_BYTES) return [5, length - 1];
  return [1, 3, 4, 5, 7, 8, 9, 10, 40, length >> 1, length - 9, length - 2, length - 1];
}

/** Errors by their whole text, positions included. */
function told(outcomes: Outcome[]): unknown[] {
  return outcomes.map((outcome) => {
    if ('frame' in outcome) return outcome;
    const error = 'invalid' in outcome ? outcome.invalid : outcome.break;
    return `${Object.keys(outcome)[0]}: ${error.message.replace(/the decoder is dead since byte \d+: /, '')} @${error.offset} ${error.path}`;
  });
}
