// The one error class. Its codes, with what follows from each, come from the schema (ErrorCode).
import { CLOSE_CODE_BASE, FIRST_APPLICATION_ERROR, MAX_RETRY_AFTER_MS } from '../generated/constants.js';
import { ERRORS, type ErrorName, type ErrorProperties } from '../generated/errors.js';

export { ERRORS, type ErrorName, type ErrorProperties };

/** One rule that a message breaks. */
export interface Issue {
  /** Where, by JSON names: `login.accessToken`, `receivers[3].userIds[7]`, `properties["k"]`; empty = the message itself. */
  readonly path: string;
  /** Name of the rule, as in the schema's options (`max_bytes`), or `type`, `range`, `unknown_key`, `surrogate`. */
  readonly rule: string;
  /** The figures, for people: got X, limit Y. */
  readonly message: string;
}

/** What an error knows about the place where it was found. */
export interface ErrorDetails {
  /** Byte at which the offending item begins, from the start of the bytes that were passed in (of a stream: from its start). */
  offset?: number | undefined;
  /** Field, by JSON names: `login.accessToken`. */
  path?: string | undefined;
  /** The bound that was broken, in the unit that the text says. */
  limit?: number | undefined;
  /** What was found in its place. */
  actual?: number | undefined;
  /** With INVALID_MESSAGE and COMMAND_DATA_MISMATCH: everything that is wrong. */
  issues?: readonly Issue[] | undefined;
  /** The peer shall wait this long before it tries again, in milliseconds: 0 (the default, nothing is said) to 86400000. */
  retryAfterMs?: number | undefined;
  /** The error that led to this one. */
  cause?: unknown;
}

let isJudgingPeer = false;

/**
 * Calls a function whose ProtocolErrors are about what a peer did. They get no stack trace: it would show this library alone, and costs
 * more than all the rest of a refusal.
 */
export function judgePeer<T>(judge: () => T): T {
  const before = isJudgingPeer;
  isJudgingPeer = true;
  try {
    return judge();
  } finally {
    isJudgingPeer = before;
  }
}

/** Sets how many calls a stack trace shows, where the engine has that (V8). Returns what it was; undefined = nothing was set. */
function limitStack(calls: number): number | undefined {
  const before = (Error as { stackTraceLimit?: unknown }).stackTraceLimit;
  // Where Error is frozen the setting fails, and errors keep their stack traces.
  return typeof before === 'number' && Reflect.set(Error, 'stackTraceLimit', calls) ? before : undefined;
}
/** @internal The largest number of an enum in protobuf. */
export const LARGEST_ERROR = 0x7fff_ffff;

const BRAND = Symbol.for('@im/protocol ProtocolError');

/**
 * The one error that this library throws for bytes, messages and peers. `message` begins with `[CODE]` and gives the figures. Handlers of
 * an application throw it to refuse a request: with a code of this protocol, or with a number of their own from 1000 on.
 * `instanceof` holds across the ESM and the CommonJS copy of the package.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  /**
   * Name of the error, as in the schema's ErrorCode; for an error of the application its number. INTERNAL for a number below 1000 that a
   * newer peer sent and this release does not know: `properties.number` has it.
   */
  readonly code: ErrorName | number;
  readonly offset: number | undefined;
  readonly path: string | undefined;
  readonly limit: number | undefined;
  readonly actual: number | undefined;
  readonly issues: readonly Issue[] | undefined;
  /** Whoever gets the error shall wait this long before the next try, in milliseconds; undefined = nothing is said. */
  readonly retryAfterMs: number | undefined;

  /**
   * @param code name of an error, or a number of the application: 1000 to 2147483647.
   * @param text what happened, with its figures, without the code.
   * @throws RangeError for a number out of range, and for `retryAfterMs` out of range.
   */
  constructor(code: ErrorName | number, text: string, details: ErrorDetails = {}) {
    const frames = isJudgingPeer ? limitStack(0) : undefined;
    super(`[${code}] ${text}`, details.cause === undefined ? undefined : { cause: details.cause });
    if (frames !== undefined) limitStack(frames);
    const { retryAfterMs } = details;
    if (typeof code === 'number') requireInteger('code of an application error', code, FIRST_APPLICATION_ERROR, LARGEST_ERROR);
    if (retryAfterMs !== undefined) requireInteger('retryAfterMs', retryAfterMs, 0, MAX_RETRY_AFTER_MS);
    this.code = code;
    this.offset = details.offset;
    this.path = details.path;
    this.limit = details.limit;
    this.actual = details.actual;
    this.issues = details.issues;
    // 0 says nothing.
    this.retryAfterMs = retryAfterMs || undefined;
  }

  /** Whether the connection is closed, the client may reconnect, the request may be sent again, and so on. */
  get properties(): ErrorProperties {
    return knownProperties(this.code) ?? unknownProperties(typeof this.code === 'number' ? this.code : ERRORS.INTERNAL.number);
  }

  /** The code with which a WebSocket closes for this error: 4000 + its number; that of INTERNAL where this release does not know the number. */
  get closeCode(): number {
    return CLOSE_CODE_BASE + (knownProperties(this.code) ?? ERRORS.INTERNAL).number;
  }

  /** @internal Marks the class, so that another copy of it is recognised. */
  get [BRAND](): true {
    return true;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isProtocolError(value);
  }
}

/** True for a ProtocolError of this or another copy of the package; with `code`, only for that error. Never throws. */
export function isProtocolError(value: unknown, code?: ErrorName | number): value is ProtocolError {
  try {
    const candidate = value as { [BRAND]?: boolean; code?: unknown } | null | undefined;
    if (typeof value !== 'object' || candidate?.[BRAND] !== true) return false;
    return code === undefined || candidate.code === code;
  } catch {
    // A proxy, or a getter.
    return false;
  }
}

/** The properties of the error with this number on the wire. An unknown number counts as an INTERNAL that may not be sent again. */
export function errorProperties(number: number): ErrorProperties {
  const known = Object.values(ERRORS).find((error) => error.number === number);
  return known ?? unknownProperties(number);
}

/** @internal The text of an error without its code. */
export function textOfError({ code, message }: ProtocolError): string {
  const prefix = `[${code}] `;
  return message.startsWith(prefix) ? message.slice(prefix.length) : message;
}

/** Undefined for an error of an application, and for a name that only another release has. */
function knownProperties(code: ErrorName | number): ErrorProperties | undefined {
  return Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorName] : undefined;
}

function unknownProperties(number: number): ErrorProperties {
  return { ...ERRORS.INTERNAL, number, retry: false };
}

/** @internal */
export function isIntegerWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function requireInteger(what: string, value: number, least: number, most: number): void {
  if (!isIntegerWithin(value, least, most))
    throw new RangeError(`${what}: expected an integer from ${least} to ${most}, got ${value}`);
}
