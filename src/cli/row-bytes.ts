// From a JSON object, as `decode --json` writes it, to the bytes of a frame.

import { isDeepStrictEqual } from 'node:util';
import { REGISTRY } from '../../generated/registry.js';
import { encodeFrame, frameEntry } from '../codec/encode-frame.js';
import { readFrame } from '../codec/read-frame.js';
import { encodeRawFrame } from '../frame/encode-raw-frame.js';
import { type FrameInit, frameFromJSON, frameToJSON, parseJson } from '../json/index.js';
import { FLAG_COMPRESSED, LARGEST_FRAME_BYTES, PROTOCOL_VERSION } from '../limits.js';
import { createDeflate } from '../node/deflate.js';
import { quoted } from '../wire/quoted.js';
import type { AppTypes } from './app-types.js';
import { Failure, INVALID } from './exit.js';
import { readRules } from './frame-row.js';

const KEYS = ['flow', 'version', 'type', 'flags', 'message', 'payload', 'error'];

/**
 * The frame that a row stands for.
 * @throws Failure, ProtocolError for a row that no frame can be made of.
 */
export function bytesOfRow(row: unknown, types: AppTypes, validate: boolean): Uint8Array {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new Failure(INVALID, 'a frame is a JSON object');
  const { type, message, payload, flags = 0, flow: _flow, error: _error, ...rest } = row as Record<string, unknown>;
  const other = Object.keys(rest).find((key) => !KEYS.includes(key));
  if (other !== undefined) throw new Failure(INVALID, `a frame has ${KEYS.join(', ')}, got ${quoted(other)}`);
  const version = rest.version ?? versionOf(type);
  if (payload !== undefined) {
    const bytes = rawFrame({ version, type: numberOf(type), flags, payload });
    if (message !== undefined && typeof type === 'string') requireSame(bytes, row as object, types);
    return bytes;
  }
  if (typeof type === 'number')
    return types.frameOf({ version, type, flags, message }) ?? rawFrame({ version, type, flags, payload });
  const frame = frameFromJSON({ version, type, flags, message }, { types: types.all });
  if (!('message' in frame)) throw new Failure(INVALID, '"type" is the name of a message, or a number with "payload"');
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

function rawFrame(row: object): Uint8Array {
  const frame = frameFromJSON(row);
  if (!('payload' in frame)) throw new Failure(INVALID, 'a frame by number has "payload"');
  const { type, payload, version, flags } = frame;
  return rawBytes(type, payload, version, flags);
}

/** A frame of any header: what was decoded may have had one that is never written. */
export function rawBytes(type: number, payload: Uint8Array, version: number, flags: number): Uint8Array {
  const bytes = encodeRawFrame(type, payload, { flags, version: 0 });
  bytes[4] = version;
  return bytes;
}

/** Version 0 is the handshake's. */
function versionOf(type: unknown): number {
  return typeof type === 'string' && frameEntry(REGISTRY, type).handshake ? 0 : PROTOCOL_VERSION;
}

function numberOf(type: unknown): unknown {
  return typeof type === 'string' ? frameEntry(REGISTRY, type).type : type;
}

/** "message" beside "payload" says what the bytes say: a change of it alone would be lost without a word. */
function requireSame(bytes: Uint8Array, row: object, types: AppTypes): void {
  const { message } = row as { message: unknown };
  const rules = { ...readRules(undefined), validate: false };
  const frame = readFrame(bytes, 0, bytes.length, rules, LARGEST_FRAME_BYTES) as FrameInit;
  const said = (known: AppTypes['all']): unknown =>
    parseJson(JSON.stringify(frameToJSON(frame, { unknownFields: true, types: known }).message));
  if (isDeepStrictEqual(said([]), message) || isDeepStrictEqual(said(types.all), message)) return;
  throw new Failure(INVALID, '"message" and "payload" say different things: take out the one that is not meant');
}
