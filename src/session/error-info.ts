import { checkErrorInfo } from '../../generated/check/im/protocol/v1/error_info.js';
import type { ErrorInfo } from '../../generated/types/im/protocol/v1/error_info.js';
import { ERRORS, type ProtocolError } from '../errors.js';
import { fittingText } from '../negotiate/fitting-text.js';

/** What an ErrorInfo says besides the error. Each may be left out. */
export interface ErrorInfoOptions {
  /** Command of the request that failed. Default 0: no request. */
  readonly command?: number | undefined;
  /** Wait so long before the next try, in milliseconds: 0 (the default, not told) to 86400000. */
  readonly retryAfterMs?: number | undefined;
}

/** The ErrorInfo that tells a peer of an error: its number, and its text without the code, cut to what the rule lets through. */
export function createErrorInfo(error: ProtocolError, { command = 0, retryAfterMs = 0 }: ErrorInfoOptions = {}): ErrorInfo {
  const info = (message: string): ErrorInfo => ({ code: ERRORS[error.code].number, message, command, retryAfterMs });
  const text = error.message.slice(`[${error.code}] `.length);
  return info(fittingText(text, (message) => checkErrorInfo(info(message))));
}
