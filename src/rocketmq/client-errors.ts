// Converts errors of the official client to ProtocolErrors with the same codes as those of an EmbeddedBroker.
import { type ErrorName, isProtocolError, ProtocolError } from '../errors.js';
import { inertText } from '../wire/quoted.js';
import { unknownGroup, unknownTopic } from './broker-errors.js';

/** gRPC status codes of failed calls. */
const UNAVAILABLE = 14;
const DEADLINE_EXCEEDED = 4;
const GRPC_CODES_END = 17;
/** RocketMQ status codes. The classes of the client's errors do not always match them. */
const TOPIC_NOT_FOUND = 40_402;
const GROUP_NOT_FOUND = 40_403;
const UNAUTHORIZED = 40_100;
const FORBIDDEN = 40_300;
const PAYLOAD_TOO_LARGE = 41_300;
const BODY_TOO_LARGE = 41_301;
const TOO_MANY_REQUESTS = 42_900;
const SERVER_ERRORS = 50_000;

/** The code of the error or of its causes; undefined if there is none. */
export function codeOf(error: unknown): number | undefined {
  for (let at = error; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === 'number') return code;
  }
  return undefined;
}

/** Whether a retry may succeed. */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined || isUnknownGroup(code, textOf(error))) return false;
  return code < GRPC_CODES_END || code === TOO_MANY_REQUESTS || code >= SERVER_ERRORS;
}

/** An unknown consumer group may show only in the error message. */
function isUnknownGroup(code: number | undefined, text: string): boolean {
  return code === GROUP_NOT_FOUND || /subscription group .* (does )?not exist/i.test(text);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The ProtocolError for callers, with the original error as `cause`. */
export function protocolError(error: unknown): ProtocolError {
  if (isProtocolError(error)) return error;
  const code = codeOf(error);
  const text = textOf(error);
  if (code === TOPIC_NOT_FOUND) return unknownTopic();
  if (isUnknownGroup(code, text)) return unknownGroup();
  return new ProtocolError(nameOf(code), `RocketMQ${code === undefined ? '' : ` (code ${code})`}: ${inertText(text)}`, {
    cause: error,
  });
}

function nameOf(code: number | undefined): ErrorName {
  switch (code) {
    case UNAVAILABLE:
      return 'CLOSED';
    case DEADLINE_EXCEEDED:
      return 'TIMEOUT';
    case UNAUTHORIZED:
      return 'UNAUTHENTICATED';
    case FORBIDDEN:
      return 'PERMISSION_DENIED';
    case PAYLOAD_TOO_LARGE:
    case BODY_TOO_LARGE:
      return 'FRAME_TOO_LARGE';
    case TOO_MANY_REQUESTS:
      return 'RATE_LIMITED';
    default:
      return code !== undefined && code >= GRPC_CODES_END && code < SERVER_ERRORS ? 'INVALID_MESSAGE' : 'INTERNAL';
  }
}
