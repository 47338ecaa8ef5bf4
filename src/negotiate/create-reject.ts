import { checkReject as checkRules } from '../../generated/check/im/protocol/v1/handshake.js';
import { RejectTable } from '../../generated/table/im/protocol/v1/handshake.js';
import type { Reject } from '../../generated/types/im/protocol/v1/handshake.js';
import { ERRORS, type ErrorName } from '../errors.js';
import { issuesOf } from '../validate/index.js';
import { fittingText } from './fitting-text.js';
import { requireValid } from './require-valid.js';

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
