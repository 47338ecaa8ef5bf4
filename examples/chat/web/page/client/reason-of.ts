import { isProtocolError } from '@im/protocol';

/** Why something failed: the code of an error of the protocol, else its text. */
export function reasonOf(error: unknown): string {
  return isProtocolError(error) ? String(error.code) : (error as Error).message;
}
