import { ErrorCodeTable } from '../../generated/im/protocol/v1/error_code.codec.js';
import type { ErrorInfoInit } from '../../generated/im/protocol/v1/error_info.js';
import { sinceOfCommand } from './command-name.js';
import { olderValue } from './older-value.js';

/**
 * The ErrorInfo for a peer of a version: the code that the version has in place of a later one. The peer may have sent the number of a command
 * that its version does not have, and neither have its frames: then the error is about no command.
 */
export function olderError(error: ErrorInfoInit, version: number): ErrorInfoInit {
  const { code = 0, command = 0 } = error;
  const older = olderValue(ErrorCodeTable, code, version);
  const isKnown = sinceOfCommand(command) <= version;
  return older === code && isKnown ? error : { ...error, code: older, command: isKnown ? command : 0 };
}
