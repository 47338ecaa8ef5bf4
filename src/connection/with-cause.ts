import { textOfThrown } from '../callbacks.js';
import { type ProtocolError, textOfError } from '../errors.js';
import { rewordedError } from '../negotiate/peer-error.js';

/** The same error, with what led to it: undefined = nothing that is known. */
export function withCause(error: ProtocolError, cause: unknown): ProtocolError {
  return cause === undefined ? error : rewordedError(error, `${textOfError(error)}: ${textOfThrown(cause)}`, cause);
}
