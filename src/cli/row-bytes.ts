// Encodes a row, the JSON object that `decode --json` prints, as a frame.
import { isDeepStrictEqual } from 'node:util';
import { REGISTRY } from '../../generated/registry.js';
import { encodeFrame, frameEntry } from '../codec/encode-frame.js';
import { readFrame } from '../codec/read-frame.js';
import { encodeRawFrame } from '../frame/encode-raw-frame.js';
import { type FrameInit, frameFromJSON, frameToJSON, messageFromJson, parseJson } from '../json/index.js';
import { FLAG_COMPRESSED, LARGEST_FRAME_BYTES, PROTOCOL_VERSION } from '../limits.js';
import { createDeflate } from '../node/deflate.js';
import { quoted } from '../wire/quoted.js';
import { Failure, INVALID } from './exit.js';
import type { AppTypes } from './protos/app-types.js';
import { readRules } from './read-one.js';

const KEYS = ['flow', 'version', 'type', 'flags', 'message', 'payload', 'error'];

/**
 * The frame of a row.
 * @throws Failure, ProtocolError for an invalid row.
 */
export function bytesOfRow(row: unknown, types: AppTypes, validate: boolean): Uint8Array {
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    throw new Failure(INVALID, 'expected a JSON object for a frame');
  const { type, message, payload, flags = 0, flow: _flow, error: _error, ...rest } = row as Record<string, unknown>;
  const other = Object.keys(rest).find((key) => !KEYS.includes(key));
  if (other !== undefined) throw new Failure(INVALID, `unknown key ${quoted(other, 40)} in a frame: expected ${KEYS.join(', ')}`);
  const version = rest.version ?? versionOf(type);
  if (payload !== undefined) {
    const bytes = rawFrame({ version, type: numberOf(type), flags, payload });
    if (message !== undefined && typeof type === 'string') requireSame(bytes, row as object, types);
    return bytes;
  }
  if (typeof type === 'number')
    return appFrame({ version, type, flags, message }, types) ?? rawFrame({ version, type, flags, payload });
  const frame = frameFromJSON({ version, type, flags, message }, { types: types.all });
  if (!('message' in frame)) throw new Failure(INVALID, 'expected "type" to be a message name, or a number with "payload"');
  const compress = (frame.flags & FLAG_COMPRESSED) === 0 ? undefined : createDeflate();
  const isLowest = rest.version === undefined;
  return encodeFrame(frame.type, frame.message as never, {
    validate,
    ...(!isLowest && { version: frame.version }),
    flags: frame.flags & ~FLAG_COMPRESSED,
    compress,
    maxFrameBytes: LARGEST_FRAME_BYTES,
  });
}

/** The frame of a row with an application's message; undefined if it has none. */
function appFrame(
  row: { version: unknown; type: number; flags: unknown; message: unknown },
  { all, payloads }: AppTypes,
): Uint8Array | undefined {
  if (row.message === undefined) return undefined;
  const type = payloads.get(row.type);
  if (type === undefined) throw new Failure(INVALID, `a frame of type ${row.type} with "message" needs --proto and --type`);
  const message = messageFromJson(type.generated.table, row.message, { types: all });
  return rawBytes(row.type, type.encode(message), Number(row.version), Number(row.flags));
}

function rawFrame(row: object): Uint8Array {
  const frame = frameFromJSON(row);
  if (!('payload' in frame)) throw new Failure(INVALID, 'a frame with a numeric type needs "payload"');
  const { type, payload, version, flags } = frame;
  return rawBytes(type, payload, version, flags);
}

/** A frame with any header: decoded input may have headers that the encoder never writes. */
function rawBytes(type: number, payload: Uint8Array, version: number, flags: number): Uint8Array {
  const bytes = encodeRawFrame(type, payload, { flags, version: 0 });
  bytes[4] = version;
  return bytes;
}

/** Handshake frames have version 0. */
function versionOf(type: unknown): number {
  return typeof type === 'string' && frameEntry(REGISTRY, type).handshake ? 0 : PROTOCOL_VERSION;
}

function numberOf(type: unknown): unknown {
  return typeof type === 'string' ? frameEntry(REGISTRY, type).type : type;
}

/** Refuses a "message" that differs from its "payload": the change would be lost silently. */
function requireSame(bytes: Uint8Array, row: object, types: AppTypes): void {
  const { message } = row as { message: unknown };
  const rules = { ...readRules(undefined), validate: false };
  const frame = readFrame(bytes, 0, bytes.length, rules, LARGEST_FRAME_BYTES) as FrameInit;
  const decoded = (known: AppTypes['all']): unknown =>
    parseJson(JSON.stringify(frameToJSON(frame, { unknownFields: true, types: known }).message));
  if (isDeepStrictEqual(decoded([]), message) || isDeepStrictEqual(decoded(types.all), message)) return;
  throw new Failure(INVALID, '"message" and "payload" differ: remove one of them');
}
