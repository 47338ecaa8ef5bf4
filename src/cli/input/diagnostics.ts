// Messages of the input readers, printed to stderr; errors also set the exit code.
import type { ExitStatus } from '../exit.js';
import { log } from '../output.js';

export interface Diagnostics {
  /** A note that is not an error. */
  warn(text: string): void;
  /** Part of the input is invalid; reading continues after it. */
  invalid(text: string): void;
  /** The input ends too early or lacks bytes. */
  truncated(text: string): void;
}

/** @param quiet suppresses warnings. @param status receives the errors. */
export function createDiagnostics(quiet: boolean, status: ExitStatus): Diagnostics {
  return {
    warn: (text) => {
      if (!quiet) log(text);
    },
    invalid: (text) => {
      status.isInvalid = true;
      log(text);
    },
    truncated: (text) => {
      status.isTruncated = true;
      log(text);
    },
  };
}
