import { checkErrorInfo } from '../../generated/check/im/protocol/v1/error_info.js';
import type { ErrorInfo } from '../../generated/types/im/protocol/v1/error_info.js';
import { ERRORS, type ProtocolError, textOfError } from '../errors.js';
import { fittingText } from '../negotiate/fitting-text.js';

/** What an ErrorInfo says besides the error. Each may be left out. */
export interface ErrorInfoOptions {
  /** Command of the request that failed. Default 0: no request. */
  readonly command?: number | undefined;
  /** The peer shall wait this long before the next try, in milliseconds: 0 (nothing is said) to 86400000. Default: `error.retryAfterMs`. */
  readonly retryAfterMs?: number | undefined;
}

/** The ErrorInfo that tells a peer of an error: its number, and its text without the code, cut to what the rule lets through. */
export function createErrorInfo(error: ProtocolError, options: ErrorInfoOptions = {}): ErrorInfo {
  const { command = 0, retryAfterMs = error.retryAfterMs ?? 0 } = options;
  const { number } = error.properties;
  // 0 is not sent, nor what a peer sent that is no error.
  const code = number > 0 ? number : ERRORS.INTERNAL.number;
  const info = (message: string): ErrorInfo => ({ code, message, command, retryAfterMs });
  return info(fittingText(textOfError(error), (message) => checkErrorInfo(info(message))));
}
