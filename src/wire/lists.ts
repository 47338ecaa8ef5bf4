// Lists and bytes on the wire.

import { CodecError, outOfRange } from './codec-error.js';
import { putSfixed64, sfixed64At } from './fixed.js';
import { LOW } from './memory.js';
import { markSuspect } from './text.js';
import { putVarint32 } from './write-varint.js';

/** A view of b[p, e), which shares the memory of the input. */
export function bytesAt(b: Uint8Array, p: number, e: number): Uint8Array {
  return new Uint8Array(b.buffer, b.byteOffset + p, e - p);
}

/** Writes bytes, preceded by their length. */
export function putBytes(value: Uint8Array, b: Uint8Array, p: number): number {
  p = putVarint32(value.length, b, p);
  b.set(value, p);
  return p + value.length;
}

/** The error for a list over its `max_items`, which is refused before the next element is read. */
export function tooMany(at: number, actual: number, limit: number): CodecError {
  return new CodecError(`got ${actual} elements, limit ${limit}`, at, 'INVALID_MESSAGE', limit, actual);
}

/** The number of elements of `size` bytes in b[p, e). */
export function fixedCount(p: number, e: number, size: number, at: number): number {
  if ((e - p) % size !== 0) throw new CodecError(`packed list of ${e - p} bytes, expected a multiple of ${size}`, at);
  return (e - p) / size;
}

/** Number of sfixed64 values that are converted at a time. */
const PIECE = 512;
// Marked as pure, so that bundlers drop what is unused.
const memory = /* @__PURE__ */ new ArrayBuffer(PIECE * 8);
const piece = /* @__PURE__ */ new BigInt64Array(memory);
const pieceBytes = /* @__PURE__ */ new Uint8Array(memory);
const pieceWords = /* @__PURE__ */ new Int32Array(memory);

/**
 * Appends the sfixed64 elements of b[p, e) to a list. A list in several packed pieces is rare, and read one by one. An element below 1 is
 * suspect (text.ts).
 */
export function withSfixed64s(list: bigint[], b: Uint8Array, p: number, e: number): bigint[] {
  if (list.length > 0 || e - p < 64 || LOW !== 0) {
    for (; p < e; p += 8) {
      const id = sfixed64At(b, p, e);
      if (id < 1n) markSuspect();
      // `push` to an empty list allocates 17 elements.
      if (list.length === 0) list = [id];
      else list.push(id);
    }
    return list;
  }
  return longSfixed64s(b, p, e);
}

/**
 * The sfixed64 elements of b[p, e), on a little-endian machine. They are copied to aligned memory and read from there: for 8 and more, this
 * takes half as long as assembling each from two halves. An element below 1 is suspect.
 */
export function longSfixed64s(b: Uint8Array, p: number, e: number): bigint[] {
  const all = new Array<bigint>((e - p) / 8);
  for (let n = 0; p < e; ) {
    const count = Math.min(PIECE, (e - p) / 8);
    pieceBytes.set(b.subarray(p, p + count * 8));
    if (isBelowOne(count)) markSuspect();
    for (let i = 0; i < count; i++) all[n + i] = piece[i];
    n += count;
    p += count * 8;
  }
  return all;
}

/** True if one of the first `count` elements of the piece is below 1. Compares halves, because comparing bigints takes longer. */
function isBelowOne(count: number): boolean {
  for (let i = 0; i < count * 2; i += 2) {
    const high = pieceWords[i + 1];
    if (high <= 0 && (high < 0 || pieceWords[i] === 0)) return true;
  }
  return false;
}

/** Writes a packed list of sfixed64, preceded by its length. */
export function putSfixed64s(list: readonly bigint[], b: Uint8Array, p: number): number {
  if (list.length > 7 && LOW === 0) return putLongSfixed64s(list, b, p);
  p = putVarint32(list.length * 8, b, p);
  for (let i = 0; i < list.length; i++) p = putSfixed64(list[i], b, p);
  return p;
}

/** The same through aligned memory, on a little-endian machine. */
export function putLongSfixed64s(list: readonly bigint[], b: Uint8Array, p: number): number {
  p = putVarint32(list.length * 8, b, p);
  for (let n = 0; n < list.length; n += PIECE) {
    const count = Math.min(PIECE, list.length - n);
    for (let i = 0; i < count; i++) {
      const value = list[n + i];
      piece[i] = value;
      if (piece[i] !== value) throw outOfRange();
    }
    b.set(count === PIECE ? pieceBytes : pieceBytes.subarray(0, count * 8), p);
    p += count * 8;
  }
  return p;
}
