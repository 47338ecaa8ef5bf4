// ProtocolError, the error class of this package. Its codes and their properties come from the schema (ErrorCode).
import { CLOSE_CODE_BASE, FIRST_APPLICATION_ERROR, MAX_RETRY_AFTER_MS } from '../generated/constants.js';
import { ERRORS, type ErrorName, type ErrorProperties } from '../generated/errors.js';

export { ERRORS, type ErrorName, type ErrorProperties };

/** One rule that a message breaks. */
export interface Issue {
  /** The field, by JSON names: `login.accessToken`, `receivers[3].userIds[7]`, `properties["k"]`. Empty: the message itself. */
  readonly path: string;
  /** Name of the rule, as in the schema's options (`max_bytes`), or `type`, `range`, `unknown_key`, `surrogate`. */
  readonly rule: string;
  /** A text for developers, with the actual value and the limit. */
  readonly message: string;
}

/** Details of a ProtocolError. All optional. */
export interface ErrorDetails {
  /** Position in bytes of the invalid item, from the start of the input, or of the stream. */
  offset?: number | undefined;
  /** The field, by JSON names: `login.accessToken`. */
  path?: string | undefined;
  /** The limit that was exceeded, in the unit of the text. */
  limit?: number | undefined;
  /** The actual value. */
  actual?: number | undefined;
  /** All broken rules, for INVALID_MESSAGE and COMMAND_DATA_MISMATCH. */
  issues?: readonly Issue[] | undefined;
  /** How long the peer should wait before it tries again, in milliseconds: 0 (the default, unspecified) to 86400000. */
  retryAfterMs?: number | undefined;
  /** A text for the user, in the client's locale. A server sends it to a client, truncated to 512 bytes. Default: empty, the client chooses. */
  userMessage?: string | undefined;
  /** A reason that the application defines: up to 64 characters of printable ASCII without the space. Default: empty, none. */
  reason?: string | undefined;
  /** Until when the error lasts: Unix time in milliseconds, 0n (the default, unspecified) to 253402300799999n. */
  untilMs?: bigint | undefined;
  /** The error that led to this one. */
  cause?: unknown;
}

/** @internal Whether new ProtocolErrors get a stack trace. `judgePeer` changes it. */
export const errorStacks = { areHidden: false };

/** Sets `Error.stackTraceLimit`, if the engine has it (V8). Returns the previous value; undefined if nothing was set. */
function limitStack(calls: number): number | undefined {
  const limited = Error as { stackTraceLimit?: unknown };
  const before = limited.stackTraceLimit;
  if (typeof before !== 'number') return undefined;
  try {
    // Not by Reflect.set, which costs an error of a peer as much as its text.
    limited.stackTraceLimit = calls;
    return before;
  } catch {
    // Error is frozen: errors keep their stack traces.
    return undefined;
  }
}

/** @internal The largest number of an enum in protobuf. */
export const LARGEST_ERROR = 0x7fff_ffff;

const BRAND = Symbol.for('@im/protocol ProtocolError');

/**
 * The error of this package for bytes, messages and peers. Its `message` begins with `[CODE]`. Handlers of an application throw it to refuse
 * a request: with a code of the protocol, or with a number of the application from 1000 on. `instanceof` also recognizes errors of another
 * copy of the package (ESM, CommonJS).
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  /**
   * Name of the error in ErrorCode, or the number of an error of the application. INTERNAL for an unknown number below 1000 of a newer peer:
   * `properties.number` has the number.
   */
  declare readonly code: ErrorName | number;
  /** Position in bytes of the invalid item, from the start of the input, or of the stream. */
  declare readonly offset: number | undefined;
  /** The field, by JSON names: `login.accessToken`. */
  declare readonly path: string | undefined;
  /** The limit that was exceeded, in the unit of the text. */
  declare readonly limit: number | undefined;
  /** The actual value, in the unit of the text. */
  declare readonly actual: number | undefined;
  /** All broken rules, for INVALID_MESSAGE and COMMAND_DATA_MISMATCH. */
  declare readonly issues: readonly Issue[] | undefined;
  /** How long to wait before the next attempt, in milliseconds; undefined if unspecified. */
  declare readonly retryAfterMs: number | undefined;
  /** A text for the user, in the client's locale; undefined if the client chooses one. */
  declare readonly userMessage: string | undefined;
  /** A reason that the application defines; undefined if none. */
  declare readonly reason: string | undefined;
  /** Until when the error lasts: Unix time in milliseconds; undefined if unspecified. */
  declare readonly untilMs: bigint | undefined;

  /**
   * @param code name of an error, or a number of the application: 1000 to 2147483647.
   * @param text the message, without the code.
   * @throws RangeError for a number, `retryAfterMs`, `reason` or `untilMs` out of range.
   */
  constructor(code: ErrorName | number, text: string, details: ErrorDetails = {}) {
    const frames = errorStacks.areHidden ? limitStack(0) : undefined;
    super(`[${code}] ${text}`);
    // As the option of ES2022, also on engines without it.
    if (details.cause !== undefined)
      Object.defineProperty(this, 'cause', { value: details.cause, writable: true, configurable: true });
    if (frames !== undefined) limitStack(frames);
    const { retryAfterMs, userMessage, reason, untilMs } = details;
    // Most errors have no hints.
    const hasHints = retryAfterMs !== undefined || userMessage !== undefined || reason !== undefined || untilMs !== undefined;
    if (hasHints) requireHints(details);
    if (typeof code === 'number') requireInteger('code of an application error', code, FIRST_APPLICATION_ERROR, LARGEST_ERROR);
    this.code = code;
    this.offset = details.offset;
    this.path = details.path;
    this.limit = details.limit;
    this.actual = details.actual;
    this.issues = details.issues;
    this.retryAfterMs = retryAfterMs || undefined;
    this.userMessage = userMessage || undefined;
    this.reason = reason || undefined;
    this.untilMs = untilMs || undefined;
  }

  /** The properties of the error: whether it closes the connection, whether the client may reconnect or retry, and so on. */
  get properties(): ErrorProperties {
    return knownProperties(this.code) ?? unknownProperties(typeof this.code === 'number' ? this.code : ERRORS.INTERNAL.number);
  }

  /** The close code of a WebSocket for this error: 4000 + its number; that of INTERNAL for an unknown number. */
  get closeCode(): number {
    return CLOSE_CODE_BASE + (knownProperties(this.code) ?? ERRORS.INTERNAL).number;
  }

  /** @internal Identifies the class in other copies of the package. */
  get [BRAND](): true {
    return true;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isProtocolError(value);
  }
}

/** Whether a value is a ProtocolError, of this or another copy of the package; with `code`, only for that error. Never throws. */
export function isProtocolError(value: unknown, code?: ErrorName | number): value is ProtocolError {
  try {
    const candidate = value as { [BRAND]?: boolean; code?: unknown } | null | undefined;
    if (typeof value !== 'object' || candidate?.[BRAND] !== true) return false;
    return code === undefined || candidate.code === code;
  } catch {
    // A proxy or a getter threw.
    return false;
  }
}

/** The properties of the error with this number on the wire. An unknown number becomes an INTERNAL that may not be retried. */
export function errorProperties(number: number): ErrorProperties {
  const known = Object.values(ERRORS).find((error) => error.number === number);
  return known ?? unknownProperties(number);
}

/** @internal The text of an error without its code. */
export function textOfError({ code, message }: ProtocolError): string {
  const prefix = `[${code}] `;
  return message.startsWith(prefix) ? message.slice(prefix.length) : message;
}

const { hasOwnProperty: isOwn } = Object.prototype;

/** Undefined for an error of an application, and for a name of another release. */
function knownProperties(code: ErrorName | number): ErrorProperties | undefined {
  // Not `Object.hasOwn`, which is newer than ES2020.
  return isOwn.call(ERRORS, code) ? ERRORS[code as ErrorName] : undefined;
}

function unknownProperties(number: number): ErrorProperties {
  return { ...ERRORS.INTERNAL, number, retry: false };
}

/** The bounds of ErrorInfo.reason and ErrorInfo.until_ms. */
const REASON = /^[!-~]{0,64}$/;
const LAST_MS = 253_402_300_799_999n;

/**
 * @internal Checks the details that are sent to a peer, other than texts that are truncated.
 * @throws RangeError
 */
export function requireHints({ retryAfterMs, userMessage = '', reason = '', untilMs = 0n }: ErrorDetails): void {
  if (retryAfterMs !== undefined) requireInteger('retryAfterMs', retryAfterMs, 0, MAX_RETRY_AFTER_MS);
  if (typeof userMessage !== 'string') throw new RangeError(`userMessage: expected a string, got ${typeof userMessage}`);
  if (typeof reason !== 'string' || !REASON.test(reason))
    throw new RangeError('reason: expected up to 64 characters of printable ASCII without the space');
  if (typeof untilMs !== 'bigint' || untilMs < 0n || untilMs > LAST_MS)
    throw new RangeError(`untilMs: expected a bigint from 0 to ${LAST_MS}, got ${untilMs}`);
}

/** @internal */
export function isIntegerWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function requireInteger(what: string, value: number, least: number, most: number): void {
  if (!isIntegerWithin(value, least, most))
    throw new RangeError(`${what}: expected an integer from ${least} to ${most}, got ${value}`);
}
