import {
  ERRORS,
  type ErrorDetails,
  type ErrorName,
  type ErrorProperties,
  errorProperties,
  isIntegerWithin,
  isProtocolError,
  LARGEST_ERROR,
  ProtocolError,
  textOfError,
} from '../errors.js';
import { FIRST_APPLICATION_ERROR, MAX_RETRY_AFTER_MS } from '../limits.js';

/**
 * The error for a number that the peer sent, in a Reject or an ErrorInfo. A number from 1000 on is an error of the application, whose `code`
 * is the number. Any other number that this release does not know counts as an INTERNAL that may not be sent again.
 * @param number ErrorCode as it came.
 * @param text what happened, without the code.
 */
export function peerError(number: number, text: string, details?: ErrorDetails): ProtocolError {
  if (number >= FIRST_APPLICATION_ERROR) return new ProtocolError(number, text, details);
  const code = (Object.keys(ERRORS) as ErrorName[]).find((name) => ERRORS[name].number === number);
  return code === undefined ? new UnknownPeerError(number, text, details) : new ProtocolError(code, text, details);
}

/** @internal The same error with another text and another cause. */
export function rewordedError(error: ProtocolError, text: string, cause: unknown): ProtocolError {
  return peerError(error.properties.number, text, { ...error, cause });
}

/**
 * @internal What somebody threw, as an error that can be sent. It may be of another copy or release of the package, or have been changed.
 * Returns undefined for what is no ProtocolError, or makes no sense. Never throws.
 */
export function soundError(thrown: unknown): ProtocolError | undefined {
  if (!isProtocolError(thrown)) return undefined;
  try {
    if (isIntact(thrown)) return thrown;
    const { number } = thrown.properties;
    return peerError(isErrorNumber(number) ? number : ERRORS.INTERNAL.number, textOfError(thrown), { ...thrown, cause: thrown });
  } catch {
    return undefined;
  }
}

/** Made by this copy of the package, and not changed since. */
function isIntact(error: ProtocolError): boolean {
  const { code, message, retryAfterMs = 0 } = error;
  const isOwn = error.constructor === ProtocolError || error.constructor === UnknownPeerError;
  const isKnown = typeof code === 'number' ? isErrorNumber(code) && code >= FIRST_APPLICATION_ERROR : Object.hasOwn(ERRORS, code);
  return isOwn && isKnown && typeof message === 'string' && isIntegerWithin(retryAfterMs, 0, MAX_RETRY_AFTER_MS);
}

function isErrorNumber(value: number): boolean {
  return isIntegerWithin(value, 1, LARGEST_ERROR);
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
