// Writes varints. Each function returns the index after it. The caller has reserved the capacity.
import { outOfRange } from './codec-error.js';
import { HIGH, LOW, signed, unsigned, words } from './memory.js';

/** Writes the low 32 bits as an unsigned varint: 1 to 5 bytes. */
export function putVarint32(value: number, b: Uint8Array, p: number): number {
  while (value > 127 || value < 0) {
    b[p++] = (value & 127) | 128;
    value >>>= 7;
  }
  b[p] = value;
  return p + 1;
}

/** Writes an int32 or an enum. A negative one takes ten bytes, like an int64. */
export function putInt32(value: number, b: Uint8Array, p: number): number {
  if (value !== (value | 0)) throw outOfRange();
  if (value >= 0) return putVarint32(value, b, p);
  return putHalves(value, -1, b, p);
}

export function putUint32(value: number, b: Uint8Array, p: number): number {
  if (value !== value >>> 0) throw outOfRange();
  return putVarint32(value, b, p);
}

/** ZigZag. */
export function putSint32(value: number, b: Uint8Array, p: number): number {
  if (value !== (value | 0)) throw outOfRange();
  return putVarint32((value << 1) ^ (value >> 31), b, p);
}

export function putInt64(value: bigint, b: Uint8Array, p: number): number {
  signed[0] = value;
  // The comparison also fails for a value with more bits, or of another type.
  if (signed[0] !== value) throw outOfRange();
  return putHalves(words[LOW], words[HIGH], b, p);
}

export function putUint64(value: bigint, b: Uint8Array, p: number): number {
  unsigned[0] = value;
  if (unsigned[0] !== value) throw outOfRange();
  return putHalves(words[LOW], words[HIGH], b, p);
}

/** ZigZag. */
export function putSint64(value: bigint, b: Uint8Array, p: number): number {
  if (BigInt.asIntN(64, value) !== value) throw outOfRange();
  signed[0] = (value << 1n) ^ (value >> 63n);
  return putHalves(words[LOW], words[HIGH], b, p);
}

export function putBool(value: boolean, b: Uint8Array, p: number): number {
  if (value !== true && value !== false) throw outOfRange();
  b[p] = value ? 1 : 0;
  return p + 1;
}

/**
 * Writes 64 bits: 1 to 10 bytes. Unrolled, since most ids take nine. A store into a Uint8Array keeps the low eight bits, so that no value is
 * masked.
 */
function putHalves(low: number, high: number, b: Uint8Array, p: number): number {
  if (high === 0) return putVarint32(low, b, p);
  b[p] = low | 128;
  b[p + 1] = (low >>> 7) | 128;
  b[p + 2] = (low >>> 14) | 128;
  b[p + 3] = (low >>> 21) | 128;
  // Bits 28 to 34: the last four of the low half, the first three of the high one.
  const middle = (low >>> 28) | ((high & 7) << 4);
  high >>>= 3;
  if (high === 0) {
    b[p + 4] = middle;
    return p + 5;
  }
  b[p + 4] = middle | 128;
  if (high < 0x80) {
    b[p + 5] = high;
    return p + 6;
  }
  b[p + 5] = high | 128;
  if (high < 0x4000) {
    b[p + 6] = high >>> 7;
    return p + 7;
  }
  b[p + 6] = (high >>> 7) | 128;
  if (high < 0x20_0000) {
    b[p + 7] = high >>> 14;
    return p + 8;
  }
  b[p + 7] = (high >>> 14) | 128;
  if (high < 0x1000_0000) {
    b[p + 8] = high >>> 21;
    return p + 9;
  }
  b[p + 8] = (high >>> 21) | 128;
  b[p + 9] = high >>> 28;
  return p + 10;
}
