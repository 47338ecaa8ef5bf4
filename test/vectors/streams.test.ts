import { expect, test } from 'vitest';
import { outcomeAs } from './expected.js';
import { bytesOf, expand, vectorsOf } from './load.js';
import { outcomesOf } from './outcomes.js';

type Expected = NonNullable<ReturnType<typeof vectorsOf>[number]['outcomes']>;

test.each(vectorsOf('streams'))('$name', (vector) => {
  const expected = vector.outcomes as Expected;
  const outcomes = outcomesOf(vector, [bytesOf(vector.hex)]);
  expect(outcomes.map((outcome, i) => outcomeAs(outcome, expected[i]))).toEqual(expand(expected));
});
