// Unknown fields: skipped with all checks, kept, and written back.

import { MAX_DEPTH } from '../limits.js';
import { CodecError, truncatedValue } from './codec-error.js';
import type { MessageTable } from './table.js';
import { lengthAt, pos, skipVarint, tagAt } from './varint.js';
import { wrongWireType } from './wire-type.js';

/**
 * Key under which a decoded message keeps its unknown fields: their bytes as received, tags included, in one array (a copy). Encoding writes
 * them after the known fields. The property is absent if there are none. A registered symbol, so that the ESM and CommonJS copies of the
 * package share it.
 */
export const UNKNOWN_FIELDS: unique symbol = Symbol.for('@im/protocol unknown fields') as never;

/** A message that may keep unknown fields. */
export interface WithUnknownFields {
  /** The fields as received, tags included. A copy, not a view of the input. Absent without unknown fields. */
  [UNKNOWN_FIELDS]?: Uint8Array;
}

/** Writes the unknown fields, after the known ones. */
export function putUnknown(unknown: Uint8Array, b: Uint8Array, p: number): number {
  b.set(unknown, p);
  return p + unknown.length;
}

/**
 * Reads a field whose tag the message does not have, and keeps it in `m`.
 * @param at where the tag begins; it ends at `p`.
 * @returns the index after the field.
 */
export function keepUnknown(
  m: object,
  table: MessageTable,
  b: Uint8Array,
  at: number,
  tag: number,
  p: number,
  e: number,
  d: number,
): number {
  const number = tag >>> 3;
  if (table.fields.some((field) => field.number === number)) throw wrongWireType(tag & 7, `field ${number}`, at);
  const end = skipField(b, at, tag, p, e, d);
  append(m as WithUnknownFields, b, at, end);
  return end;
}

/** Skips an unknown field of a map entry. It is not kept. */
export function skipEntryField(b: Uint8Array, at: number, tag: number, p: number, e: number, d: number): number {
  const number = tag >>> 3;
  if (number === 1 || number === 2) throw wrongWireType(tag & 7, `the ${number === 1 ? 'key' : 'value'} of a map`, at);
  return skipField(b, at, tag, p, e, d);
}

/** Skips the field whose tag begins at `at` and ends at `p`, in a message at depth `d`, and returns the index after it. */
export function skipField(b: Uint8Array, at: number, tag: number, p: number, e: number, d: number): number {
  if (tag >>> 3 === 0) throw new CodecError(tag === 0 ? 'tag 0' : 'field number 0', at);
  switch (tag & 7) {
    case 0:
      return skipVarint(b, p, e);
    case 1:
      return skipBytes(8, p, e);
    case 2: {
      const length = lengthAt(b, p, e);
      return pos + length;
    }
    case 3:
      return skipGroup(b, at, tag, p, e, d + 1);
    case 4:
      throw new CodecError(`end of group ${tag >>> 3}, which is not open`, at);
    case 5:
      return skipBytes(4, p, e);
    default:
      throw new CodecError(`wire type ${tag & 7}, which does not exist`, at);
  }
}

function skipBytes(size: number, p: number, e: number): number {
  if (e - p < size) throw truncatedValue(size, p, e);
  return p + size;
}

function skipGroup(b: Uint8Array, start: number, startTag: number, p: number, e: number, d: number): number {
  if (d > MAX_DEPTH) throw tooDeep(start);
  while (p < e) {
    const at = p;
    let tag = b[p++];
    if (tag > 127) {
      tag = tagAt(b, at, e);
      p = pos;
    }
    // The end of group N is the tag of its start plus one.
    if (tag === startTag + 1) return p;
    p = skipField(b, at, tag, p, e, d);
  }
  throw new CodecError(`group ${startTag >>> 3} does not end`, start);
}

/** The error for nesting deeper than 100. */
export function tooDeep(at: number): CodecError {
  return new CodecError(`nested deeper than ${MAX_DEPTH}`, at, 'MALFORMED_PAYLOAD', MAX_DEPTH, MAX_DEPTH + 1);
}

/** Appends b[at, end). The buffer doubles when it is full, so that many small pieces take linear time. */
function append(m: WithUnknownFields, b: Uint8Array, at: number, end: number): void {
  const old = m[UNKNOWN_FIELDS];
  if (old === undefined) {
    // Not b.slice, which is a view for a Buffer.
    m[UNKNOWN_FIELDS] = new Uint8Array(b.subarray(at, end));
    return;
  }
  const length = old.length + end - at;
  let buffer = old.buffer;
  if (buffer.byteLength < length) {
    buffer = new ArrayBuffer(length * 2);
    new Uint8Array(buffer).set(old);
  }
  const all = new Uint8Array(buffer, 0, length);
  all.set(b.subarray(at, end), old.length);
  m[UNKNOWN_FIELDS] = all;
}

/**
 * later_members: true if an unknown field of a message has a number in the range, both ends included: a member of a oneof that a later
 * version added. False if the bytes are malformed.
 */
export function hasLaterMember(message: object, first: number, last: number): boolean {
  const b = (message as WithUnknownFields)[UNKNOWN_FIELDS];
  if (b === undefined) return false;
  let found = false;
  try {
    for (let p = 0; p < b.length; ) {
      const tag = tagAt(b, p, b.length);
      const number = tag >>> 3;
      found ||= number >= first && number <= last;
      p = skipField(b, p, tag, pos, b.length, 0);
    }
  } catch {
    return false;
  }
  return found;
}
