// How the command line ends.

/** "exit codes 0 ok, 1 invalid input, 2 usage, 3 truncated, 70 our fault" */
export const OK = 0;
export const INVALID = 1;
export const USAGE = 2;
export const TRUNCATED = 3;
export const INTERNAL = 70;

/** An end that the user can do something about; its text is all that is printed. */
export class Failure extends Error {
  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** The command was not called as it wants to be. */
export function usageError(message: string): Failure {
  return new Failure(USAGE, message);
}
