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
  textOfError,
} from '../errors.js';
import { FIRST_APPLICATION_ERROR, MAX_RETRY_AFTER_MS } from '../limits.js';
import { issuesOf, requireValid } from '../validate.js';
import { quoted } from '../wire/quoted.js';
import { chooseVersion, versionsText } from './versions.js';

/** What a Reject says besides its code. Each may be left out. */
export interface RejectOptions {
  /** For developers; no token and no echo of what was received. What is over 512 bytes is cut off. Default: empty. */
  readonly message?: string | undefined;
  /** The versions that the server takes, at most 32. Default: none told. */
  readonly versions?: readonly number[] | undefined;
  /** The client waits so long before its next try, in milliseconds: 0 (the default, not told) to 86400000. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * The Reject of a server: it closes the connection after it. `answerHello` makes its own; this one is for what is found elsewhere:
 * a first frame that is no Hello at all (MALFORMED_HELLO), OVERLOADED, HANDSHAKE_TIMEOUT.
 * @param code name of an error, or a number of the application.
 * @throws ProtocolError INVALID_MESSAGE, with all issues, for options that would break a rule of Reject.
 */
export function createReject(code: ErrorName | number, options: RejectOptions = {}): Reject {
  const { message = '', versions = [], retryAfterMs = 0 } = options;
  const number = typeof code === 'number' ? code : ERRORS[code].number;
  const reject: Reject = { code: number, message: '', versions: [...versions], retryAfterMs };
  // A reason that is too long for the rule of Reject.message is cut, since a refusal has to arrive.
  reject.message = fittingText(message, (text) => checkRules({ ...reject, message: text }));
  requireValid(issuesOf(RejectTable, checkRules, reject), 'Reject');
  return reject;
}

/**
 * Why the server refused the connection, as the client's error; returned, not thrown. Its code is that of the Reject, and a number for
 * 1000 and up; another code that this release does not know counts as an INTERNAL that may not be sent again. `retryAfterMs` says how long
 * to wait before the next try.
 *
 * DOWNGRADE_DETECTED when a NO_COMMON_VERSION lists a version that the Hello offered, grease aside: then the server did not see the
 * Hello that was sent, or the Reject was changed on its way (RFC 9368, section 4).
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

/** The server's own words are quoted, so that they cannot forge a line of a log. */
function refusal({ code, message }: Reject): string {
  return `the server refused the connection with error ${code}: ${quoted(message)}`;
}

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

/**
 * The text, cut until no rule of its message refuses it: what explains a refusal has to arrive.
 * @param check the issues of the message with this text in the field `message`.
 */
export function fittingText(text: string, check: (text: string) => readonly Issue[] | undefined): string {
  let fitting = text.toWellFormed();
  while (check(fitting)?.some(({ path }) => path === 'message')) {
    fitting = fitting.slice(0, Math.floor(fitting.length * 0.9)).toWellFormed();
  }
  return fitting;
}
