// Writes the frame of a message, header and payload, into one buffer.
import { ProtocolError } from '../errors.js';
import { type Deflate, requireBytes } from '../frame/deflate.js';
import { frameTooLarge, OPEN_BRACE, OPEN_BRACKET } from '../frame/framing-error.js';
import { writeHeader } from '../frame/header.js';
import {
  ASSIGNED_VERSIONS_END,
  CRITICAL_FLAGS,
  DEFAULT_MAX_FRAME_BYTES,
  FLAG_COMPRESSED,
  FLAG_IGNORABLE,
  HANDSHAKE_MAX_FRAME_BYTES,
  HEADER_BYTES,
  LARGEST_FRAME_BYTES,
} from '../limits.js';
import { invalidMessage } from '../validate.js';
import type { FrameEntry, Generated } from '../wire/codec.js';
import { toEncodeError } from '../wire/shape.js';
import { assertWritable, lowestVersion } from './lossy-downgrade.js';
import { carriesToken } from './read-frame.js';

/** Options of `encodeFrame`. All optional. */
export interface EncodeFrameOptions {
  /** Check the rules of the schema. Default true. Types, ranges and unknown keys are always checked. */
  readonly validate?: boolean | undefined;
  /** Version of the frame, 1 to 127 except 91 and 123. Default: the lowest that has everything that is set in the message; 0 for a handshake. */
  readonly version?: number | undefined;
  /** Flag bits: FLAG_IGNORABLE and advisory ones (0xFF00). `compress` sets COMPRESSED. Default 0. */
  readonly flags?: number | undefined;
  /** Maximum size in bytes of a frame, header included, that the receiver accepts. Default 1048576; always at most 16384 for a handshake. */
  readonly maxFrameBytes?: number | undefined;
  /**
   * Compresses the payload if that makes it smaller. Only for a connection that negotiated `deflate`. LOGIN and the handshake are never
   * compressed. Default: no compression.
   */
  readonly compress?: Deflate | undefined;
}

/** Options of `encodeFrame` with their defaults, as objects of one shape for the hot path. */
export interface FrameSettings {
  readonly validate: boolean;
  readonly version: number | undefined;
  readonly flags: number;
  readonly maxFrameBytes: number;
  readonly compress: Deflate | undefined;
}

export function frameSettings(options: EncodeFrameOptions): FrameSettings {
  const { validate = true, version, flags = 0, maxFrameBytes = DEFAULT_MAX_FRAME_BYTES, compress } = options;
  return { validate, version, flags, maxFrameBytes: Math.min(maxFrameBytes, LARGEST_FRAME_BYTES), compress };
}

/** The message that `frameCapacity` has just checked may have something newer than version 1. */
let mayBeNewer = true;

/** Checks a message and returns the capacity that its frame needs. Call `writeFrame` with the same message next. */
export function frameCapacity({ codec }: FrameEntry, message: object, { validate }: FrameSettings): number {
  const { generated, newerMarks } = codec;
  try {
    const before = newerMarks();
    const capacity = HEADER_BYTES + generated.estimate(message) * 3;
    const issues = validate ? generated.check(message) : undefined;
    if (issues !== undefined) throw invalidMessage(issues, generated.table.name);
    // Last, because a getter of the message may encode another one.
    mayBeNewer = newerMarks() !== before;
    return capacity;
  } catch (error) {
    throw toEncodeError(generated.table, message, error);
  }
}

/** Writes the frame of a message at `start`, where there is capacity, and returns the index after it. */
export function writeFrame(entry: FrameEntry, message: object, settings: FrameSettings, b: Uint8Array, start: number): number {
  const payload = start + HEADER_BYTES;
  const version = versionOf(entry, message, settings.version);
  let flags = settings.flags === 0 ? 0 : flagsOf(entry, settings.flags);
  const limit = entry.handshake ? Math.min(settings.maxFrameBytes, HANDSHAKE_MAX_FRAME_BYTES) : settings.maxFrameBytes;
  let end = writePayload(entry.codec.generated, message, b, payload);
  // "The header plus the inflated payload MUST NOT exceed the `max_frame_bytes`": the limit applies to the size before compression.
  // Also refuses a limit that is NaN.
  if (!(end - start <= limit)) throw frameTooLarge(end - start, limit);
  if (settings.compress !== undefined && !entry.handshake && !carriesToken(entry.name, message)) {
    const compressed = requireBytes(settings.compress.deflate(b.subarray(payload, end)), 'deflate');
    if (compressed.length < end - payload) {
      b.set(compressed, payload);
      end = payload + compressed.length;
      flags |= FLAG_COMPRESSED;
    }
  }
  writeHeader(b, start, end - start, version, entry.type, flags);
  return end;
}

function writePayload(generated: Generated<object, object>, message: object, b: Uint8Array, p: number): number {
  try {
    return generated.write(message, b, p);
  } catch (error) {
    throw toEncodeError(generated.table, message, error);
  }
}

/** "a writer SHOULD use the lowest version that has everything it writes", unless the caller requests a version. */
function versionOf({ handshake, codec }: FrameEntry, message: object, version: number | undefined): number {
  if (handshake) {
    if (version !== undefined && version !== 0)
      throw new ProtocolError('UNSUPPORTED_VERSION', `version ${version} for a handshake, expected 0`);
    return 0;
  }
  const { table } = codec.generated;
  const { since = 1 } = table;
  if (version === undefined) return mayBeNewer ? lowestVersion(table, message) : since;
  requireVersion(version);
  if (mayBeNewer || version < since) assertWritable(table, message, version);
  return version;
}

/**
 * Checks the version for a frame outside of the handshake.
 * @throws ProtocolError UNSUPPORTED_VERSION
 */
export function requireVersion(version: number): void {
  // "91 (`[`) and 123 (`{`) are never assigned", nor are 128 to 255.
  const isAssigned = Number.isInteger(version) && version >= 1 && version < ASSIGNED_VERSIONS_END;
  if (isAssigned && version !== OPEN_BRACKET && version !== OPEN_BRACE) return;
  const expected = `1 to ${ASSIGNED_VERSIONS_END - 1} without ${OPEN_BRACKET} and ${OPEN_BRACE}`;
  throw new ProtocolError('UNSUPPORTED_VERSION', `version ${version}, expected ${expected}`, { actual: version });
}

function flagsOf({ handshake }: FrameEntry, flags: number): number {
  const allowed = handshake ? 0 : FLAG_IGNORABLE;
  if (!Number.isInteger(flags) || flags < 0 || flags > 0xffff || (flags & CRITICAL_FLAGS & ~allowed) !== 0) {
    throw new ProtocolError('UNSUPPORTED_FLAGS', `flags ${flags}, allowed are ${allowed} and 256 to 65280`, { actual: flags });
  }
  return flags;
}
