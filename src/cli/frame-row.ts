// A frame as the JSON object that `decode --json` prints: a row, of which `encode` makes the same bytes.
import { REGISTRY } from '../../generated/registry.js';
import { encodeFrame } from '../codec/encode-frame.js';
import type { FrameName } from '../codec/frame.js';
import type { AnyFrame } from '../codec/read-frame.js';
import { redactMessage } from '../codec/redact.js';
import { isProtocolError, type ProtocolError } from '../errors.js';
import { toBase64 } from '../json/base64.js';
import { type FrameInit, frameToJSON, messageFromJson, messageToJson } from '../json/index.js';
import type { JsonObject } from '../json/json-options.js';
import { FLAG_COMPRESSED, HEADER_BYTES, LARGEST_FRAME_BYTES } from '../limits.js';
import type { MessageTable } from '../wire/table.js';
import type { AppTypes } from './protos/app-types.js';
import type { ReadFrame } from './read-one.js';
import { bytesOfRow } from './row-bytes.js';

/** The row of the frame in b[start, end). @param secrets false redacts sensitive fields in an application's message. */
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
    const app = error?.code === 'UNSUPPORTED_TYPE' ? appRow(header, payload, types, secrets) : undefined;
    return app ?? { ...header, payload: toBase64(payload), ...errorRow(error) };
  }
  const bytes = b.subarray(start, end);
  for (const known of types.all.length > 0 ? [types.all, []] : [[]]) {
    const row = frameToJSON(frame as FrameInit, { unknownFields: true, types: known });
    if (error === undefined && isExact(frame, row, bytes, types)) return row;
    // A message in an Any may not encode to the same bytes: then it stays packed.
    if (known.length === 0) return { ...row, payload: toBase64(payload), ...errorRow(error) };
  }
  throw new Error('unreachable');
}

/** True if `encode` makes the same bytes of the row. */
function isExact(frame: AnyFrame, row: JsonObject, bytes: Uint8Array, types: AppTypes): boolean {
  if ((frame.flags & FLAG_COMPRESSED) !== 0) return false;
  try {
    const { type, message, version, flags } = frame;
    // JSON loses only the order of keys that look like numbers, and details of application messages. Only then is the row encoded as a test.
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

interface Header {
  readonly version: number;
  readonly type: number;
  readonly flags: number;
}

/** The row of a frame with an application's message; undefined if its type is unknown, or if it would not encode to the same bytes. */
function appRow(header: Header, payload: Uint8Array, { all, payloads }: AppTypes, secrets: boolean): JsonObject | undefined {
  const type = payloads.get(header.type);
  if (type === undefined) return undefined;
  const { table } = type.generated;
  try {
    const decoded = type.decode(payload);
    const message = messageToJson(table, decoded, { unknownFields: true, types: all });
    const again = type.encode(messageFromJson(table, JSON.parse(JSON.stringify(message)), { types: all }));
    if (Buffer.compare(again, payload) !== 0) return undefined;
    return {
      ...header,
      message: secrets ? message : messageToJson(table, redactMessage(table, decoded, all), { types: all }),
    };
  } catch {
    return undefined;
  }
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
