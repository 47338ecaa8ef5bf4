import { isProtocolError, type ProtocolError } from '../../src/errors.js';

/** The ProtocolError that the call throws. */
export function thrownBy(call: () => unknown): ProtocolError {
  try {
    call();
  } catch (error) {
    if (isProtocolError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
