import { APPLICATION_DATA, COMMANDS, FIRST_APPLICATION_COMMAND } from '../../generated/commands.js';
import { ReceiveInfoTable } from '../../generated/im/protocol/v1/receive_info.codec.js';
import { SendInfoTable } from '../../generated/im/protocol/v1/send_info.codec.js';
import { type FrameMessages, REGISTRY } from '../../generated/registry.js';
import { isProtocolError, ProtocolError } from '../errors.js';
import { frameTooLarge } from '../frame/framing-error.js';
import { writeHeader } from '../frame/header.js';
import { DEFAULT_MAX_FRAME_BYTES, FLAG_IGNORABLE, HEADER_BYTES, LARGEST_FRAME_BYTES, PROTOCOL_VERSION } from '../limits.js';
import { CodecError } from '../wire/codec-error.js';
import { allocateOutput, returnOutput } from '../wire/output.js';
import { varint32 } from '../wire/varint.js';
import { putUint32, putVarint32 } from '../wire/write-varint.js';
import { decodeFrame, requireOneFrame } from './decode-frame.js';
import { encodeFrame } from './encode-frame.js';
import { forOlderVersion, requireForVersion } from './for-older-version.js';
import type { FrameOf } from './frame.js';
import { scanFields } from './peek-frame.js';
import { requireVersion } from './write-frame.js';

/** Options of `forwardData`. All optional. */
export interface ForwardOptions {
  /** The negotiated version of the receiver's connection. Default: the version of the ReceiveInfo's frame. */
  readonly version?: number | undefined;
  /** Sequence of the SendInfo if it expects a reply: 1 to 4294967295. Default 0: no reply. */
  readonly sequence?: number | undefined;
  /** Maximum size in bytes of a frame, header included, that the receiver accepts. Default 1048576. */
  readonly maxFrameBytes?: number | undefined;
}

/** The command has the same number in ReceiveInfo and SendInfo. */
const CMD_TAG = /* @__PURE__ */ varintTag('cmd');
const SEQUENCE_TAG = /* @__PURE__ */ varintTag('sequence');
/** The byte of the header with the critical flags. Only without COMPRESSED is the data copied. */
const FLAGS_AT = 7;

/** The parts of a ReceiveInfo that receivers get. */
interface Parcel {
  readonly cmd: number;
  /** Begin (the tag) and end of the data field. */
  readonly start: number;
  readonly end: number;
}

/**
 * Converts the frame of a ReceiveInfo to the frame of the SendInfo that each receiver gets, with command and data. If that is safe, the data is
 * copied without decoding, so that bodies of newer versions pass unchanged. A connection of an older version gets the message of
 * `forOlderVersion`. trace_id and service_name never reach a client. Without a sequence, the same bytes are valid for all connections of a
 * version. The result belongs to the caller.
 * @param frame one whole frame of type ReceiveInfo, in delivery form (`forDelivery`).
 * @throws ProtocolError like `decodeFrame`, as far as the data is decoded; UNSUPPORTED_TYPE for another type; UNSUPPORTED_VERSION;
 * LOSSY_DOWNGRADE; INVALID_MESSAGE for a sequence out of range; FRAME_TOO_LARGE over `maxFrameBytes`: answer SendResult TOO_LARGE.
 */
export function forwardData(frame: Uint8Array, options: ForwardOptions = {}): Uint8Array<ArrayBuffer> {
  const { version = Math.max(frame[4], 1), sequence = 0, maxFrameBytes = DEFAULT_MAX_FRAME_BYTES } = options;
  requireOneFrame(frame, LARGEST_FRAME_BYTES);
  const { type } = REGISTRY.frames.ReceiveInfo;
  if (frame[5] !== type) {
    throw new ProtocolError('UNSUPPORTED_TYPE', `type ${frame[5]} at byte 5, forwardData takes ${type} (ReceiveInfo)`, {
      offset: 5,
    });
  }
  requireVersion(version);
  const parcel = isPlain(frame, version) && isUint32(sequence) && isForVersion(frame, version) ? findParcel(frame) : undefined;
  return parcel ? copyData(frame, parcel, version, sequence, maxFrameBytes) : recodeData(frame, version, sequence, maxFrameBytes);
}

/** False if an older peer gets something else instead of the message. This requires decoding. */
function isForVersion(frame: Uint8Array, version: number): boolean {
  if (version >= PROTOCOL_VERSION) return true;
  try {
    const { cmd, data } = decodeReceiveInfo(frame, false).message;
    const message = { cmd, data };
    return forOlderVersion(message, version) === message;
  } catch (error) {
    // The receiver reports errors in the data.
    if (isProtocolError(error)) return true;
    throw error;
  }
}

/** True if the header needs no decoding: "the version of the frame is not above that of the connection". */
function isPlain(frame: Uint8Array, version: number): boolean {
  return frame[4] !== 0 && frame[4] <= Math.min(version, PROTOCOL_VERSION) && (frame[FLAGS_AT] & ~FLAG_IGNORABLE) === 0;
}

const isUint32 = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;

/** "if exactly one data field occurs": undefined for no data field, several, or anything else that needs decoding. */
function findParcel(frame: Uint8Array): Parcel | undefined {
  let cmd = 0;
  let count = 0;
  let member = '';
  let [start, end] = [0, 0];
  try {
    scanFields(ReceiveInfoTable.fields, frame, HEADER_BYTES, frame.length, (field, at, value, fieldEnd) => {
      if (field.name === 'cmd') cmd = varint32(frame, value, fieldEnd);
      if (field.oneof !== 'data') return;
      count++;
      [member, start, end] = [field.name, at, fieldEnd];
    });
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
  return count === 1 && belongs(cmd, member) ? { cmd, start, end } : undefined;
}

/** True if a command carries the member. Otherwise decoding reports the error. */
function belongs(cmd: number, member: string): boolean {
  if (cmd >= FIRST_APPLICATION_COMMAND) return member === APPLICATION_DATA;
  return COMMANDS[cmd]?.betweenServices === true && COMMANDS[cmd].data.includes(member);
}

function copyData(
  frame: Uint8Array,
  { cmd, start, end }: Parcel,
  version: number,
  sequence: number,
  maxFrameBytes: number,
): Uint8Array<ArrayBuffer> {
  const out = allocateOutput(HEADER_BYTES + 12 + end - start);
  const b = out.bytes;
  let p = out.start + HEADER_BYTES;
  b[p++] = CMD_TAG;
  p = putVarint32(cmd, b, p);
  if (sequence !== 0) {
    b[p++] = SEQUENCE_TAG;
    p = putUint32(sequence, b, p);
  }
  b.set(frame.subarray(start, end), p);
  p += end - start;
  const frameBytes = p - out.start;
  // Also refuses a limit that is NaN.
  if (!(frameBytes <= maxFrameBytes)) throw frameTooLarge(frameBytes, maxFrameBytes);
  // "A service that forwards a frame MUST preserve it": IGNORABLE. Advisory bits are preserved too.
  writeHeader(b, out.start, frameBytes, version, REGISTRY.frames.SendInfo.type, (frame[6] << 8) | frame[7]);
  return returnOutput(out, p);
}

function recodeData(frame: Uint8Array, version: number, sequence: number, maxFrameBytes: number): Uint8Array<ArrayBuffer> {
  const { flags, message } = decodeReceiveInfo(frame);
  const { cmd, data } = message;
  return encodeFrame('SendInfo', requireForVersion({ cmd, sequence, data }, version), { version, flags, maxFrameBytes });
}

function decodeReceiveInfo(frame: Uint8Array, validate = true): FrameOf<Pick<FrameMessages, 'ReceiveInfo'>> {
  const decoded = decodeFrame(frame, { validate, limits: { maxFrameBytes: LARGEST_FRAME_BYTES } });
  if (decoded.type !== 'ReceiveInfo')
    throw new ProtocolError('UNSUPPORTED_TYPE', `forwardData takes a ReceiveInfo, got a ${decoded.type}`);
  return decoded;
}

/** Tag of a varint field of SendInfo, which is one byte: numbers up to 15. */
function varintTag(name: string): number {
  return (SendInfoTable.fields.find((field) => field.name === name)?.number ?? 0) << 3;
}
