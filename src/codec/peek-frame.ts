import { REGISTRY } from '../../generated/registry.js';
import { FLAG_COMPRESSED, HEADER_BYTES, LARGEST_FRAME_BYTES } from '../limits.js';
import { toDecodeError } from '../wire/decode-error.js';
import type { FieldTable, MessageTable } from '../wire/table.js';
import { skipField } from '../wire/unknown.js';
import { pos, tagAt, varint32 } from '../wire/varint.js';
import { fitsWireType, wrongWireType } from '../wire/wire-type.js';
import { commandName } from './command-name.js';
import { requireOneFrame } from './decode-frame.js';
import { frameTypes } from './frame.js';

/** Facts about a frame that need no decoding of its message. */
export interface FramePeek {
  /** Protocol version of the payload; 0 = handshake. */
  readonly version: number;
  /** Name of the message; undefined if the type is unknown. */
  readonly type: string | undefined;
  /** The type byte, 0 to 255. */
  readonly typeNumber: number;
  /** Flag bits as received, 0 to 65535. */
  readonly flags: number;
  /** Size of the whole frame, in bytes. */
  readonly frameBytes: number;
  /** Number of the command, 0 if it is not set; undefined for messages without a command, and for a compressed payload. */
  readonly command: number | undefined;
  /** Name of the command; its number if it has no name. */
  readonly commandName: string | undefined;
}

const TYPES = /* @__PURE__ */ frameTypes(REGISTRY);
/** By frame type, a list of the field that contains the command; empty if there is none. */
const COMMAND_FIELDS = /* @__PURE__ */ TYPES.map((entry) =>
  entry === undefined ? [] : entry.codec.generated.table.fields.filter(({ number }) => number === entry.command),
);

/**
 * Reads header and command of one frame, for routing. Nothing is decoded. Of the payload, only the tags and lengths of the outermost fields
 * and the wire type of the command are checked. If the command occurs twice, the last one counts, as in decoding.
 * @throws ProtocolError FOREIGN_PROTOCOL, FRAME_TOO_SHORT, TRUNCATED; MALFORMED_PAYLOAD.
 */
export function peekFrame(bytes: Uint8Array): FramePeek {
  requireOneFrame(bytes, LARGEST_FRAME_BYTES);
  const typeNumber = bytes[5];
  const flags = (bytes[6] << 8) | bytes[7];
  const entry = TYPES[typeNumber];
  const command =
    entry?.command === undefined || (flags & FLAG_COMPRESSED) !== 0
      ? undefined
      : commandOf(bytes, COMMAND_FIELDS[typeNumber], entry.codec.generated.table);
  return {
    version: bytes[4],
    type: entry?.name,
    typeNumber,
    flags,
    frameBytes: bytes.length,
    command,
    commandName: command === undefined ? undefined : commandName(command),
  };
}

function commandOf(b: Uint8Array, fields: readonly FieldTable[], table: MessageTable): number {
  let command = 0;
  try {
    scanFields(fields, b, HEADER_BYTES, b.length, (_field, _at, value, end) => {
      command = varint32(b, value, end);
    });
  } catch (error) {
    throw toDecodeError(table, b, HEADER_BYTES, b.length, 0, error);
  }
  return command;
}

// Walks the fields of a payload without decoding them.

/**
 * Calls `onField` for each occurrence of `fields` in the message in b[p, e), with the field, the begin of its tag, the begin of its value and
 * its end. All others are skipped.
 * @throws CodecError like decoding, for wire types of `fields`, and for tags and ends of all outermost fields.
 */
export function scanFields(
  fields: readonly FieldTable[],
  b: Uint8Array,
  p: number,
  e: number,
  onField: (field: FieldTable, at: number, value: number, end: number) => void,
): void {
  while (p < e) {
    const at = p;
    const tag = tagAt(b, at, e);
    const value = pos;
    const number = tag >>> 3;
    const field = fields.find((candidate) => candidate.number === number);
    if (field !== undefined && !fitsWireType(field, tag & 7)) throw wrongWireType(tag & 7, `field ${number}`, at);
    p = skipField(b, at, tag, value, e, 0);
    if (field !== undefined) onField(field, at, value, p);
  }
}
