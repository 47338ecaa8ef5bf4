// A frame as `decode --json` writes it, so that `encode` makes the same bytes of it.
import { REGISTRY } from '../../generated/registry.js';
import { encodeFrame } from '../codec/encode-frame.js';
import { type FrameName, frameTypes } from '../codec/frame.js';
import { type AnyFrame, type ReadRules, readFrame } from '../codec/read-frame.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import { toBase64 } from '../json/base64.js';
import { type FrameInit, frameToJSON } from '../json/index.js';
import type { JsonObject } from '../json/json-options.js';
import { FLAG_COMPRESSED, HEADER_BYTES, LARGEST_FRAME_BYTES } from '../limits.js';
import { createDeflate } from '../node/deflate.js';
import type { MessageTable } from '../wire/table.js';
import type { AppTypes } from './app-types.js';
import { bytesOfRow } from './row-bytes.js';

/** A frame, read. */
export interface ReadFrame {
  /** The message; undefined where there is none. */
  readonly frame: AnyFrame | undefined;
  /** Why it is refused. */
  readonly error: ProtocolError | undefined;
}

export const TYPES = frameTypes(REGISTRY);

/** Rules for frames that are read by themselves, not on a connection. @param version the only one that is taken. */
export function readRules(version: number | undefined): ReadRules {
  return { types: TYPES, newest: REGISTRY.version, version, validate: true, deflate: createDeflate() };
}

/** Reads the frame in b[start, end); where only rules of the schema are broken, there is a message and an error. */
export function readOne(b: Uint8Array, start: number, end: number, rules: ReadRules): ReadFrame {
  try {
    return { frame: readFrame(b, start, end, rules, LARGEST_FRAME_BYTES), error: undefined };
  } catch (error) {
    if (!isProtocolError(error)) throw error;
    if (error.code !== 'INVALID_MESSAGE' && error.code !== 'COMMAND_DATA_MISMATCH') return { frame: undefined, error };
    try {
      return { frame: readFrame(b, start, end, { ...rules, validate: false }, LARGEST_FRAME_BYTES), error };
    } catch {
      // A list over its limit: refused while it is read.
      return { frame: undefined, error };
    }
  }
}

/** The frame in b[start, end) as one JSON object. @param secrets false leaves out what is sensitive in the message of an application. */
export function frameRow(
  b: Uint8Array,
  start: number,
  end: number,
  { frame, error }: ReadFrame,
  types: AppTypes,
  secrets = true,
): JsonObject {
  const payload = b.subarray(start + HEADER_BYTES, end);
  const header = { version: b[start + 4], type: b[start + 5], flags: (b[start + 6] << 8) | b[start + 7] };
  if (frame === undefined) {
    const app = error?.code === 'UNSUPPORTED_TYPE' ? types.payloadRow(header, payload, secrets) : undefined;
    return app ?? { ...header, payload: toBase64(payload), ...errorRow(error) };
  }
  const bytes = b.subarray(start, end);
  for (const known of types.all.length > 0 ? [types.all, []] : [[]]) {
    const row = frameToJSON(frame as FrameInit, { unknownFields: true, types: known });
    if (error === undefined && isExact(frame, row, bytes, types)) return row;
    // What an application packed may not come out as it was; then it stays packed.
    if (known.length === 0) return { ...row, payload: toBase64(payload), ...errorRow(error) };
  }
  throw new Error('unreachable');
}

/** True if `encode` makes these bytes of the row. */
function isExact(frame: AnyFrame, row: JsonObject, bytes: Uint8Array, types: AppTypes): boolean {
  if ((frame.flags & FLAG_COMPRESSED) !== 0) return false;
  try {
    const { type, message, version, flags } = frame;
    // JSON keeps everything but the order of keys that look like numbers, and what an application's messages make of it: there, it is
    // tried out.
    const again =
      types.all.length > 0 || hasMap(tableOf(type))
        ? bytesOfRow(JSON.parse(JSON.stringify(row)), types, true)
        : encodeFrame(type as FrameName, message, { version, flags, maxFrameBytes: LARGEST_FRAME_BYTES });
    return Buffer.compare(again, bytes) === 0;
  } catch (error) {
    if (isProtocolError(error)) return false;
    throw error;
  }
}

function tableOf(type: string): MessageTable {
  return REGISTRY.frames[type as FrameName].codec.generated.table;
}

const withMaps = new WeakMap<MessageTable, boolean>();

function hasMap(table: MessageTable): boolean {
  let known = withMaps.get(table);
  if (known === undefined) {
    withMaps.set(table, false);
    known = table.fields.some(({ kind, message }) => kind === 'map' || (message !== undefined && hasMap(message())));
    withMaps.set(table, known);
  }
  return known;
}

function errorRow(error: ProtocolError | undefined): JsonObject {
  if (error === undefined) return {};
  const { code, message, offset, path, issues } = error;
  return {
    error: {
      code,
      message,
      ...(offset !== undefined && { offset }),
      ...(path !== undefined && { path }),
      ...(issues !== undefined && { issues: issues.map((issue) => ({ ...issue })) }),
    },
  };
}
