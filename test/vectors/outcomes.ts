import { FrameDecoder } from '../../src/codec/frame-decoder.js';
import { isProtocolError, type ProtocolError } from '../../src/errors.js';
import { frameToJSON } from '../../src/json/index.js';
import type { ExpectedError, Vector } from './load.js';
import { optionsOf } from './settings.js';

export type Outcome = { frame: object } | { invalid: ProtocolError } | { break: ProtocolError };

/** Everything that a FrameDecoder makes of chunks, and of the end behind them. */
export function outcomesOf(vector: Vector, chunks: Iterable<Uint8Array>): Outcome[] {
  const decoder = new FrameDecoder(optionsOf(vector));
  const outcomes: Outcome[] = [];
  try {
    for (const chunk of chunks) {
      for (const frame of decoder.push(chunk)) {
        outcomes.push(
          frame.type === 'invalid' ? { invalid: frame.error } : { frame: frameToJSON(frame, { unknownFields: true }) },
        );
      }
    }
    // The break is thrown by the call behind the one that returned the frames before it.
    decoder.end();
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    outcomes.push({ break: error });
  }
  return outcomes;
}

/** Of an error, the properties that the vector names. */
export function figuresOf(error: ProtocolError, expected: ExpectedError): object {
  const found = Object.fromEntries(Object.keys(expected).map((key) => [key, error[key as keyof ProtocolError]]));
  if (expected.issues) found['issues'] = error.issues?.map(({ path, rule }) => ({ path, rule }));
  return found;
}
