import { ERRORS, type ErrorDetails, type ErrorName, type ErrorProperties, errorProperties, ProtocolError } from '../errors.js';

/**
 * The error for a number that the peer sent, in a Reject or an ErrorInfo. A number that this release does not know counts as an
 * INTERNAL that may not be sent again.
 * @param number ErrorCode as it came.
 * @param text what happened, without the code.
 */
export function peerError(number: number, text: string, details?: ErrorDetails): ProtocolError {
  const code = (Object.keys(ERRORS) as ErrorName[]).find((name) => ERRORS[name].number === number);
  return code === undefined ? new UnknownPeerError(number, text, details) : new ProtocolError(code, text, details);
}

/** Differs from an INTERNAL of one's own in its properties alone. */
class UnknownPeerError extends ProtocolError {
  readonly #number: number;

  constructor(number: number, text: string, details?: ErrorDetails) {
    super('INTERNAL', text, details);
    this.#number = number;
  }

  override get properties(): ErrorProperties {
    return errorProperties(this.#number);
  }
}
