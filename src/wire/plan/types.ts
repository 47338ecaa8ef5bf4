// The types of values in the text form and in plans, by index, so that one `switch` reads or writes any of them.
import type { FieldTable, ScalarName } from '../table.js';

/** Varints first, then fixed sizes of four and eight bytes, then what has a length. */
export const TYPES: readonly FieldTable['type'][] =
  /* @__PURE__ */
  'int32 enum uint32 sint32 int64 uint64 sint64 bool fixed32 sfixed32 float fixed64 sfixed64 double string bytes message'.split(
    ' ',
  ) as FieldTable['type'][];

/** The letter of each type in the text form. */
export const LETTERS = 'ieuzlvjbxwfyqdstm';

export const ENUM = 1;
export const INT64 = 4;
export const UINT64 = 5;
export const BOOL = 7;
export const FIXED32 = 8;
export const FLOAT = 10;
export const SFIXED64 = 12;
export const DOUBLE = 13;
/** This and the following have a length, and no list of them is packed. */
export const STRING = 14;
export const BYTES = 15;
export const MESSAGE = 16;

/** The type of a map's keys. */
export const scalarAt = (op: number): ScalarName => TYPES[op] as ScalarName;

export function wireTypeOf(op: number): number {
  return op >= STRING ? 2 : op < FIXED32 ? 0 : op < 11 ? 5 : 1;
}

/** Size of a value of fixed size in bytes; 0 = it has none. */
export function fixedBytes(op: number): number {
  return op < FIXED32 || op >= STRING ? 0 : op < 11 ? 4 : 8;
}

/** A 64-bit integer: a bigint in TypeScript. */
export function isLong(op: number): boolean {
  return (op > 3 && op < 7) || op === 11 || op === SFIXED64;
}

/** The default of a scalar. For bytes, a new array each time, because it belongs to the message. */
export function zeroOf(op: number): unknown {
  if (op === STRING) return '';
  if (op === BYTES) return new Uint8Array(0);
  return op === BOOL ? false : isLong(op) ? 0n : 0;
}

export function tagOf(number: number, wireType: number): number {
  return ((number << 3) | wireType) >>> 0;
}

/** True if a list is written as one packed value. */
export function isPacked({ op, kind, unpacked }: { op: number; kind?: 'list' | 'map'; unpacked: boolean }): boolean {
  return kind === 'list' && op < STRING && !unpacked;
}
