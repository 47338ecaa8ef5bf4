import { FrameDecoder } from '../../src/codec/frame-decoder.js';
import { isProtocolError } from '../../src/errors.js';
import { frameToJSON } from '../../src/json/index.js';
import type { Outcome } from './expected.js';
import type { Vector } from './load.js';
import { optionsOf } from './settings.js';

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
