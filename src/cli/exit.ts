// Exit codes, and the errors that end a command with one.

export const OK = 0;
export const INVALID = 1;
export const USAGE = 2;
export const TRUNCATED = 3;
/** An internal error: EX_SOFTWARE of sysexits.h. */
export const INTERNAL = 70;

/** An error for the user: only its message is printed. */
export class Failure extends Error {
  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** The command line is wrong. */
export function usageError(message: string): Failure {
  return new Failure(USAGE, message);
}

/** Collects errors, from which the exit code follows. */
export class ExitStatus {
  isInvalid = false;
  isTruncated = false;

  get code(): number {
    return this.isInvalid ? INVALID : this.isTruncated ? TRUNCATED : OK;
  }

  add({ code }: { readonly code: string | number }): void {
    if (code === 'TRUNCATED') this.isTruncated = true;
    else this.isInvalid = true;
  }
}
