// What came out, cut down to as much as a vector says of it.
import type { ProtocolError } from '../../src/errors.js';
import type { ExpectedError, Vector } from './vector.js';

/** What vectors may say of an error. */
export type Figures = Pick<ProtocolError, 'code' | 'offset' | 'path' | 'limit' | 'actual' | 'issues'>;

/** What a FrameDecoder makes of a frame: the frame as JSON, or the error that takes its place or ends the stream. */
export type Outcome<E extends Figures = ProtocolError> = { frame: object } | { invalid: E } | { break: E };

type ExpectedOutcome = NonNullable<Vector['outcomes']>[number];

/** Of an error, the properties that the vector names. */
export function figuresOf(error: Figures, expected: ExpectedError): object {
  const found: Record<string, unknown> = Object.fromEntries(
    Object.keys(expected).map((key) => [key, error[key as keyof Figures]]),
  );
  if (expected.issues) found.issues = error.issues?.map(({ path, rule }) => ({ path, rule }));
  return found;
}

/** The outcome with as much of its error as is expected of it. */
export function outcomeAs(outcome: Outcome<Figures>, expected: ExpectedOutcome | undefined): object {
  if ('frame' in outcome) return outcome;
  if ('invalid' in outcome) {
    return {
      invalid: figuresOf(outcome.invalid, (expected as { invalid?: ExpectedError } | undefined)?.invalid ?? { code: '' }),
    };
  }
  return { break: figuresOf(outcome.break, (expected as { break?: ExpectedError } | undefined)?.break ?? { code: '' }) };
}
