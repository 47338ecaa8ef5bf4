import { checkReject as checkRules, RejectTable } from '../../generated/im/protocol/v1/handshake.codec.js';
import type { Hello, Reject } from '../../generated/im/protocol/v1/handshake.js';
import {
  ERRORS,
  type ErrorDetails,
  type ErrorName,
  type ErrorProperties,
  errorProperties,
  type Issue,
  isIntegerWithin,
  isProtocolError,
  LARGEST_ERROR,
  ProtocolError,
  requireHints,
  textOfError,
} from '../errors.js';
import { FIRST_APPLICATION_ERROR } from '../limits.js';
import { issuesOf, requireValid } from '../validate.js';
import { hasOwn } from '../wire/older-engines.js';
import { quoted } from '../wire/quoted.js';
import { toWellFormed } from '../wire/well-formed.js';
import { chooseVersion, versionsText } from './versions.js';

/** Options of `createReject`. All optional. */
export interface RejectOptions {
  /** A text for developers, without secrets and received values. Truncated to 512 bytes. Default: empty. */
  readonly message?: string | undefined;
  /** The versions that the server supports, at most 32. Default: empty, unspecified. */
  readonly versions?: readonly number[] | undefined;
  /** How long the client should wait before it reconnects, in milliseconds: 0 (the default, unspecified) to 86400000. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * Creates a Reject, after which the server closes. `answerHello` creates its own. Use this one for other reasons: a first frame that is not a
 * Hello (MALFORMED_HELLO), OVERLOADED, HANDSHAKE_TIMEOUT.
 * @param code name of an error, or a number of the application.
 * @throws ProtocolError INVALID_MESSAGE, with all issues, for options that break a rule of Reject.
 */
export function createReject(code: ErrorName | number, options: RejectOptions = {}): Reject {
  const { message = '', versions = [], retryAfterMs = 0 } = options;
  const number = typeof code === 'number' ? code : ERRORS[code].number;
  const reject: Reject = { code: number, message: '', versions: [...versions], retryAfterMs };
  reject.message = fittingText(message, (text) => checkRules({ ...reject, message: text }));
  requireValid(issuesOf(RejectTable, checkRules, reject), 'Reject');
  return reject;
}

/**
 * The error of a Reject, as the client reports it; returned, not thrown. Its code is that of the Reject, a number from 1000 on. An unknown
 * code below 1000 becomes an INTERNAL that may not be retried. `retryAfterMs` is how long to wait before the next attempt.
 *
 * DOWNGRADE_DETECTED if a NO_COMMON_VERSION lists a version that the Hello offered, except grease: the server did not receive the Hello that
 * was sent, or the Reject was changed on its way (RFC 9368, section 4).
 *
 * @param hello the Hello that was sent, grease included.
 */
export function checkReject(hello: Hello, reject: Reject): ProtocolError {
  const { code, retryAfterMs } = reject;
  const lists = `the Hello offered ${versionsText(hello.versions)}, the Reject lists ${versionsText(reject.versions)}`;
  if (code !== ERRORS.NO_COMMON_VERSION.number) return peerError(code, refusal(reject), { retryAfterMs });
  const common = chooseVersion(hello.versions, reject.versions);
  if (common === undefined) return peerError(code, `${refusal(reject)} (${lists})`, { retryAfterMs });
  const text = `the server found no common version, but ${common} is common: ${lists}`;
  return new ProtocolError('DOWNGRADE_DETECTED', text, { path: 'versions', actual: common });
}

/** The text of the server is quoted: it cannot forge a line of a log. */
function refusal({ code, message }: Reject): string {
  return `the server refused the connection with error ${code}: ${quoted(message)}`;
}

/**
 * The error for a number that the peer sent in a Reject or an ErrorInfo. From 1000 on it is an error of the application, whose `code` is the
 * number. An unknown number below 1000 becomes an INTERNAL that may not be retried.
 * @param number the ErrorCode that was received.
 * @param text the message of the error, without the code.
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
 * @internal A thrown ProtocolError as an error that can be sent. It may be of another copy or release of the package, or have been modified.
 * Returns undefined for any other value. Never throws.
 */
export function sendableError(thrown: unknown): ProtocolError | undefined {
  if (!isProtocolError(thrown)) return undefined;
  try {
    if (isIntact(thrown)) return thrown;
    const { number } = thrown.properties;
    return peerError(isErrorNumber(number) ? number : ERRORS.INTERNAL.number, textOfError(thrown), { ...thrown, cause: thrown });
  } catch {
    return undefined;
  }
}

/** Created by this copy of the package, and not modified. @throws RangeError for details out of range, which no copy creates. */
function isIntact(error: ProtocolError): boolean {
  const { code, message } = error;
  requireHints(error);
  const isOwn = error.constructor === ProtocolError || error.constructor === UnknownPeerError;
  const isKnown = typeof code === 'number' ? isErrorNumber(code) && code >= FIRST_APPLICATION_ERROR : hasOwn(ERRORS, code);
  return isOwn && isKnown && typeof message === 'string';
}

function isErrorNumber(value: number): boolean {
  return isIntegerWithin(value, 1, LARGEST_ERROR);
}

/** An INTERNAL with the properties of an unknown number. */
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

/**
 * Truncates a text until it fits its field, so that an error can always be sent.
 * @param check returns the issues of the message with the text in the field.
 */
export function fittingText(text: string, check: (text: string) => readonly Issue[] | undefined, field = 'message'): string {
  let fitting = toWellFormed(text);
  while (check(fitting)?.some(({ path }) => path === field)) {
    fitting = toWellFormed(fitting.slice(0, Math.floor(fitting.length * 0.9)));
  }
  return fitting;
}
