import type { ProtocolError } from '../errors.js';
import { sendableError } from '../negotiate/reject.js';
import { isOfFrame } from '../session/server-session.js';

/**
 * The error with which a handler refuses; undefined if the handler failed. A local error is a failure. So is an error of a frame that closes a
 * connection, for example of the connection to a platform that does not know version 2: the client's own frame was decoded before.
 */
export function refusalOf(thrown: unknown): ProtocolError | undefined {
  const error = sendableError(thrown);
  if (error === undefined || error.properties.local) return undefined;
  return error.properties.closes && isOfFrame(error) ? undefined : error;
}
