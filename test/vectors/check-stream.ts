import { expect } from 'vitest';
import { outcomeAs } from './expected.js';
import { bytesOf, expand, type Vector } from './load.js';
import { outcomesOf } from './outcomes.js';

/** Throws if a streaming decoder has other outcomes than the vector says. */
export function checkStream(vector: Vector): void {
  const expected = vector.outcomes as NonNullable<Vector['outcomes']>;
  const outcomes = outcomesOf(vector, [bytesOf(vector.hex)]);
  expect(outcomes.map((outcome, i) => outcomeAs(outcome, expected[i]))).toEqual(expand(expected));
}
