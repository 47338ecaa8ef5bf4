import { type FrameMessages, REGISTRY } from '../../generated/registry.js';
import { frameEntry } from '../codec/encode-frame.js';
import type { Frame, FrameName, InvalidFrame } from '../codec/frame.js';
import { HEADER_BYTES } from '../limits.js';
import { isPlainObject, scalarViolation, wrongType } from '../wire/scalar.js';
import type { MessageTable } from '../wire/table.js';
import { toBase64 } from './base64.js';
import type { FromJsonOptions, JsonObject, ToJsonOptions } from './json-options.js';
import { messageFromJson } from './message-from-json.js';
import { messageToJson } from './message-to-json.js';
import { invalid, Place } from './place.js';
import { bytesFromJson, scalarFromJson } from './scalar-from-json.js';

/** A frame to write. Every field of its message is optional. */
export type FrameInit = {
  [Name in FrameName]: {
    readonly type: Name;
    readonly version: number;
    readonly flags: number;
    readonly message: FrameMessages[Name]['init'];
  };
}[FrameName];

/** A frame that is not decoded. `type` is the number in its header. Pass it to `encodeRawFrame`. */
export interface RawFrame {
  /** The type byte, 0 to 255. */
  readonly type: number;
  /** The version byte. */
  readonly version: number;
  /** Flag bits, 0 to 65535. */
  readonly flags: number;
  /** The bytes after the header. */
  readonly payload: Uint8Array;
}

/** Errors treat the header as a message. */
const FRAME: MessageTable = { name: 'Frame', fields: [] };

/**
 * Converts a frame to JSON: `{ version, type, flags, message }` with the name of the type, or `{ version, type, flags, payload }` with the number
 * of the type and the payload in base64, for a frame of unknown type or with an invalid payload. Secrets are written: see `redact`.
 * @param frame not changed. The result shares nothing with it. Further properties are omitted.
 * @throws ProtocolError INVALID_MESSAGE like `toJSON`, and for a header out of range; UNSUPPORTED_TYPE for an unknown name.
 */
export function frameToJSON(frame: FrameInit | RawFrame | InvalidFrame, options?: ToJsonOptions): JsonObject {
  const version = headerNumber('version', 255, frame.version);
  const flags = headerNumber('flags', 65_535, frame.flags);
  if (typeof frame.type === 'number')
    return { version, type: headerNumber('type', 255, frame.type), flags, payload: base64(frame.payload) };
  if (frame.type === 'invalid')
    return { version, type: frame.typeNumber, flags, payload: base64(frame.bytes.subarray(HEADER_BYTES)) };
  const { type, message } = frame;
  return { version, type, flags, message: messageToJson(tableOfFrame(type), message, options) };
}

/**
 * Reads a frame from the JSON of `frameToJSON`. `flags` is optional. The name of a type requires `message`, its number `payload`.
 * @throws ProtocolError INVALID_MESSAGE like `fromJSON`, and for a header out of range, a missing or an unknown key; UNSUPPORTED_TYPE for an
 * unknown name.
 */
export function frameFromJSON(value: unknown, options?: FromJsonOptions): Frame | RawFrame {
  const at = Place.root(FRAME);
  if (!isPlainObject(value)) throw invalid(at, 'type', wrongType('object', value).message);
  const { version, type, flags = 0, ...content } = value;
  const isNamed = typeof type === 'string';
  const key = isNamed ? 'message' : 'payload';
  const other = Object.keys(content).find((candidate) => candidate !== key);
  if (other !== undefined) throw invalid(at.named(other), 'unknown_key', `a frame has version, type, flags and ${key} here`);
  const header = { version: headerNumber('version', 255, version), flags: headerNumber('flags', 65_535, flags) };
  if (!isNamed) return { ...header, type: headerNumber('type', 255, type), payload: bytesFromJson(content[key], at.named(key)) };
  const message = messageFromJson(tableOfFrame(type), content[key], options);
  // The table is that of the type.
  return { ...header, type, message } as object as Frame;
}

function headerNumber(name: string, max: number, value: unknown): number {
  const at = Place.root(FRAME).named(name);
  const number = scalarFromJson('uint32', value, at) as number;
  if (number > max) throw invalid(at, 'range', `got ${number}, limit ${max}`);
  return number;
}

function base64(payload: Uint8Array): string {
  const fault = scalarViolation('bytes', payload);
  if (fault !== undefined) throw invalid(Place.root(FRAME).named('payload'), fault.rule, fault.message);
  return toBase64(payload);
}

function tableOfFrame(type: string): MessageTable {
  return frameEntry(REGISTRY, type).codec.generated.table;
}
