import { ProtocolError } from '../errors.js';

/** The same error, with what led to it: undefined = nothing that is known. */
export function withCause(error: ProtocolError, cause: unknown): ProtocolError {
  if (cause === undefined) return error;
  const text = error.message.slice(`[${error.code}] `.length);
  return new ProtocolError(error.code, `${text}: ${textOf(cause)}`, { cause });
}

/** Node fails with an error without a text where several addresses of a host were tried in vain: it has a code. */
function textOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || String((cause as { code?: unknown }).code ?? cause.name);
}
