// Reads the message of one frame, and checks the rules of header and payload in order.
import type { Command } from '../../generated/im/protocol/v1/command.js';
import { errorStacks, type Issue, isProtocolError, ProtocolError } from '../errors.js';
import { type Deflate, requireBytes } from '../frame/deflate.js';
import { CRITICAL_FLAGS, FLAG_COMPRESSED, FLAG_IGNORABLE, HEADER_BYTES } from '../limits.js';
import { invalidMessage } from '../validate.js';
import type { FrameEntry } from '../wire/codec.js';
import { toDecodeError } from '../wire/decode-error.js';
import { newerMarks as ownNewerMarks } from '../wire/newer.js';
import { clearSuspect, suspect } from '../wire/text.js';

/** Settings for reading frames. */
export interface ReadRules {
  /** The messages by their type byte. */
  readonly types: readonly (FrameEntry | undefined)[];
  /** Newest version of the schema. */
  readonly newest: number;
  /** Negotiated version; undefined = any version from 1 to the newest. */
  version: number | undefined;
  /** Check the rules of the schema. */
  validate: boolean;
  /** Inflates payloads; undefined = the feature `deflate` was not negotiated. */
  deflate: Deflate | undefined;
}

/** A decoded frame before its type is known to the compiler. */
export interface AnyFrame {
  readonly type: string;
  readonly version: number;
  readonly flags: number;
  readonly message: object;
}

/**
 * Calls a function whose ProtocolErrors are caused by a peer. They get no stack trace: it would show only this library, and would cost more
 * than the rest of a refusal.
 */
export function judgePeer<T>(judge: () => T): T {
  const before = hideStacks(true);
  try {
    return judge();
  } finally {
    hideStacks(before);
  }
}

/** Hides the stack traces of new ProtocolErrors, or shows them. @returns whether they were hidden before. For the hot path: without a closure. */
export function hideStacks(areHidden: boolean): boolean {
  const before = errorStacks.areHidden;
  errorStacks.areHidden = areHidden;
  return before;
}

/**
 * Reads the frame in b[start, end), whose framing is valid.
 * @param maxFrameBytes limit of 8 + the inflated payload.
 * @throws ProtocolError with one of the codes 20 to 28. Offsets count from `start`; in a compressed frame, as if the payload were inflated.
 */
export function readFrame(b: Uint8Array, start: number, end: number, rules: ReadRules, maxFrameBytes: number): AnyFrame {
  const frame = tryFrame(b, start, end, rules, maxFrameBytes);
  if (isFrame(frame)) return frame;
  throw frame;
}

/**
 * As `readFrame`, but returns the errors of a frame: to throw and catch one costs as much as to find it, and the connections of a server see
 * many. Errors of `inflate` are thrown.
 */
export function tryFrame(
  b: Uint8Array,
  start: number,
  end: number,
  rules: ReadRules,
  maxFrameBytes: number,
): AnyFrame | ProtocolError {
  const version = b[start + 4];
  const type = b[start + 5];
  const flags = (b[start + 6] << 8) | b[start + 7];
  const entry = rules.types[type];
  const error = headerError(entry, version, type, flags, rules);
  if (error !== undefined) return error;
  if ((flags & FLAG_COMPRESSED) === 0)
    return readPayload(entry!, b, start + HEADER_BYTES, end, start, version, flags, rules.validate);
  const payload = inflate(b.subarray(start + HEADER_BYTES, end), rules, maxFrameBytes);
  const frame = readPayload(entry!, payload, 0, payload.length, -HEADER_BYTES, version, flags, rules.validate);
  if (!isFrame(frame) || !carriesToken(frame.type, frame.message)) return frame;
  return new ProtocolError('NOT_NEGOTIATED', 'LOGIN is never compressed', { offset: 6 });
}

/** Tells the two results of `tryFrame` apart. An error has no `type`. */
export function isFrame(result: AnyFrame | ProtocolError): result is AnyFrame {
  return (result as AnyFrame).type !== undefined;
}

/** Checks version, type and flags, and finds the message. @throws ProtocolError as `readFrame`. */
export function judgeHeader(version: number, type: number, flags: number, rules: ReadRules): FrameEntry {
  const entry = rules.types[type];
  const error = headerError(entry, version, type, flags, rules);
  if (error !== undefined) throw error;
  return entry!;
}

/** @returns undefined if there is an entry, and version, type and flags go with it. */
function headerError(
  entry: FrameEntry | undefined,
  version: number,
  type: number,
  flags: number,
  rules: ReadRules,
): ProtocolError | undefined {
  // "Types 64 to 66 with a version other than 0, and any other type with version 0, are UNSUPPORTED_TYPE."
  if (entry !== undefined && entry.handshake !== (version === 0)) return unsupportedType(type, version, entry);
  // "each frame after the handshake MUST carry the negotiated version". Elsewhere, "a reader accepts 1 up to the newest version that it
  // knows".
  if (version !== 0 && (rules.version === undefined ? version > rules.newest : version !== rules.version)) {
    return unsupportedVersion(version, rules);
  }
  // "The rules in force are those of the frame's version": a type of a later one is unknown.
  if (entry === undefined || (version !== 0 && version < rules.newest && (entry.codec.generated.table.since ?? 1) > version)) {
    return unsupportedType(type, version, undefined);
  }
  return (flags & CRITICAL_FLAGS) === 0 ? undefined : flagsError(flags, version, rules);
}

function unsupportedVersion(actual: number, { version, newest }: ReadRules): ProtocolError {
  const expected = version === undefined ? `1 to ${newest}` : `${version} (negotiated)`;
  return new ProtocolError('UNSUPPORTED_VERSION', `version ${actual} at byte 4, expected ${expected}`, {
    offset: 4,
    limit: version ?? newest,
    actual,
  });
}

function unsupportedType(type: number, version: number, entry: FrameEntry | undefined): ProtocolError {
  const name = entry === undefined ? '' : ` (${entry.name})`;
  const why = entry === undefined ? 'which is unknown' : `which does not go with version ${version}`;
  return new ProtocolError('UNSUPPORTED_TYPE', `type ${type}${name} at byte 5, ${why}`, { offset: 5, actual: type });
}

function flagsError(flags: number, version: number, rules: ReadRules): ProtocolError | undefined {
  // "In the handshake (version 0) the critical bits, COMPRESSED and IGNORABLE included, MUST be 0"
  const known = version === 0 ? 0 : FLAG_COMPRESSED | FLAG_IGNORABLE;
  const unknown = flags & CRITICAL_FLAGS & ~known;
  if (unknown !== 0) {
    const bits = `0x${unknown.toString(16).padStart(4, '0')}`;
    const text = `flag bits ${bits} at byte 6, which ${version === 0 ? 'a handshake does not have' : 'are unknown'}`;
    return new ProtocolError('UNSUPPORTED_FLAGS', text, { offset: 6, actual: unknown });
  }
  if ((flags & FLAG_COMPRESSED) !== 0 && rules.deflate === undefined) {
    return new ProtocolError('NOT_NEGOTIATED', 'COMPRESSED at byte 6, but deflate was not negotiated', { offset: 6 });
  }
  return undefined;
}

/** "The header plus the inflated payload MUST NOT exceed the `max_frame_bytes` of the receiver", checked while inflating. */
function inflate(payload: Uint8Array, { deflate }: ReadRules, maxFrameBytes: number): Uint8Array {
  if (deflate === undefined)
    throw new ProtocolError('NOT_NEGOTIATED', 'COMPRESSED, but deflate was not negotiated', { offset: 6 });
  try {
    return requireBytes(deflate.inflate(payload, maxFrameBytes - HEADER_BYTES), 'inflate');
  } catch (error) {
    throw isProtocolError(error) && error.offset !== undefined ? behindHeader(error, error.offset) : error;
  }
}

/** The same error, with an offset that counts from the first byte of the frame. */
function behindHeader({ code, message, limit, actual, cause }: ProtocolError, offset: number): ProtocolError {
  const text = message.slice(`[${code}] `.length);
  return new ProtocolError(code, text, { offset: HEADER_BYTES + offset, limit, actual, cause });
}

/** @param base index in `b` from which offsets count. */
function readPayload(
  entry: FrameEntry,
  b: Uint8Array,
  p: number,
  e: number,
  base: number,
  version: number,
  flags: number,
  validate: boolean,
): AnyFrame | ProtocolError {
  const { generated, newerMarks } = entry.codec;
  let message: object;
  clearSuspect();
  try {
    message = generated.read(b, p, e, 0);
  } catch (thrown) {
    const error = toDecodeError(generated.table, b, p, e, base, thrown);
    if (isProtocolError(error)) return error;
    throw error;
  }
  if (validate) {
    // A codec on another copy of the package (ESM, CommonJS) marks suspect values there.
    const prechecked = !suspect && newerMarks === ownNewerMarks;
    const found = generated.check(message, prechecked);
    const issues = found && issuesIn(version, entry, message, found);
    if (issues !== undefined) return invalidMessage(issues, generated.table.name);
  }
  return { type: entry.name, version, flags, message };
}

/**
 * "The rules in force are those of the frame's version": a command of a later version is unknown, and "any data goes with it, or none".
 * @returns undefined if none is left.
 */
function issuesIn(version: number, { command, codec }: FrameEntry, message: object, issues: Issue[]): Issue[] | undefined {
  const field = codec.generated.table.fields.find(({ number }) => number === command);
  const since = field?.enum?.().since?.[(message as Record<string, number>)[field.name]] ?? 1;
  if (since <= version) return issues;
  const others = issues.filter(({ rule, path }) => rule !== 'command_data' || path.includes('.'));
  return others.length === 0 ? undefined : others;
}

// The table of all commands stays out of bundles.
const LOGIN: typeof Command.LOGIN = 1;

/** COMPRESSED "MUST NOT be set on LOGIN, because the compressed length would reveal information about the token" */
export function carriesToken(type: string, message: object): boolean {
  return type === 'LoginInfo' || (type === 'SendInfo' && (message as { cmd?: number }).cmd === LOGIN);
}
