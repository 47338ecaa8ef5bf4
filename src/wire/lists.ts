// Lists and bytes on the wire.
import { isBytes, wrongType } from './encodable.js';
import { Fault } from './fault.js';
import { putSfixed64, sfixed64At } from './fixed.js';
import { putVarint32 } from './write-varint.js';

/** A view of b[p, e): it shares the memory of the input. */
export function bytesAt(b: Uint8Array, p: number, e: number): Uint8Array {
  return new Uint8Array(b.buffer, b.byteOffset + p, e - p);
}

/** Writes the length of bytes and the bytes. */
export function putBytes(value: Uint8Array, b: Uint8Array, p: number): number {
  if (!isBytes(value)) throw wrongType();
  // No room: counted at its most.
  if (p + 5 + value.length > b.length) return p + 5 + value.length;
  p = putVarint32(value.length, b, p);
  b.set(value, p);
  return p + value.length;
}

/** A list that grows over its limit: refused before the element is read. The rule is the schema's `max_items`. */
export function tooMany(at: number, actual: number, limit: number): Fault {
  return new Fault(`got ${actual} elements, limit ${limit}`, at, 'INVALID_MESSAGE', limit, actual);
}

/** The number of elements of `size` bytes in b[p, e). */
export function fixedCount(p: number, e: number, size: number, at: number): number {
  if ((e - p) % size !== 0) throw new Fault(`packed list of ${e - p} bytes, elements have ${size}`, at);
  return (e - p) / size;
}

/** Appends the sfixed64 elements of b[p, e). */
export function appendSfixed64s(list: bigint[], b: Uint8Array, p: number, e: number): void {
  for (; p < e; p += 8) list.push(sfixed64At(b, p, e));
}

/** Writes a packed list of sfixed64, its length first. */
export function putSfixed64s(list: readonly bigint[], b: Uint8Array, p: number): number {
  if (p + 5 + list.length * 8 > b.length) return p + 5 + list.length * 8;
  p = putVarint32(list.length * 8, b, p);
  for (let i = 0; i < list.length; i++) p = putSfixed64(list[i], b, p);
  return p;
}
