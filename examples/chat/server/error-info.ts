import { type Command, ERRORS, type ErrorInfoInit, type ProtocolError } from '@im/protocol';

/** So many characters never take more than the 512 bytes that ErrorInfo.message may have. */
const MAX_CHARACTERS = 170;

/**
 * What the peer is told of an error.
 * @param command of the request that failed.
 */
export function errorInfo(error: ProtocolError, command: Command): ErrorInfoInit {
  // The code goes as a number: the text need not begin with it.
  const text = error.message.slice(`[${error.code}] `.length);
  return { code: ERRORS[error.code].number, message: text.slice(0, MAX_CHARACTERS).toWellFormed(), command };
}
