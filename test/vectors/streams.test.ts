import { expect, test } from 'vitest';
import { bytesOf, type ExpectedError, expand, vectorsOf } from './load.js';
import { figuresOf, type Outcome, outcomesOf } from './outcomes.js';

type Expected = NonNullable<ReturnType<typeof vectorsOf>[number]['outcomes']>;

test.each(vectorsOf('streams'))('$name', (vector) => {
  const expected = vector.outcomes as Expected;
  const outcomes = outcomesOf(vector, [bytesOf(vector.hex)]);
  expect(outcomes.map((outcome, i) => shown(outcome, expected[i]))).toEqual(expand(expected));
});

/** The outcome with as much of its error as is expected of it. */
function shown(outcome: Outcome, expected: Expected[number] | undefined): object {
  if ('frame' in outcome) return outcome;
  if ('invalid' in outcome) {
    return {
      invalid: figuresOf(outcome.invalid, (expected as { invalid?: ExpectedError } | undefined)?.invalid ?? { code: '' }),
    };
  }
  return { break: figuresOf(outcome.break, (expected as { break?: ExpectedError } | undefined)?.break ?? { code: '' }) };
}
