import { isProtocolError, type ProtocolError } from '../src/errors.js';

/** The ProtocolError that a function throws. */
export function thrownBy(run: () => unknown): ProtocolError {
  try {
    run();
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
