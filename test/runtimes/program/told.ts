import { isProtocolError } from '@im/protocol';
import type { Figures } from '../../vectors/expected.js';

/** An error as plain data, which can be copied to another realm. Errors of other kinds are thrown again. */
export function told(error: unknown): Figures {
  if (!isProtocolError(error)) throw error;
  const { code, offset, path, limit, actual, issues } = error;
  return { code, offset, path, limit, actual, issues };
}
