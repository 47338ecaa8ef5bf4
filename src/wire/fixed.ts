// Values of 4 and 8 bytes, little-endian, and their packed lists.
import { outOfRange, truncatedValue } from './codec-error.js';
import { double, float, LOW, signed, unsigned, words } from './memory.js';

/** Reads four bytes as a signed number: sfixed32. For a fixed32, apply `>>> 0`. */
export function fixed32At(b: Uint8Array, p: number, e: number): number {
  if (e - p < 4) throw truncatedValue(4, p, e);
  return b[p] | (b[p + 1] << 8) | (b[p + 2] << 16) | (b[p + 3] << 24);
}

export function floatAt(b: Uint8Array, p: number, e: number): number {
  words[0] = fixed32At(b, p, e);
  return float[0];
}

export function doubleAt(b: Uint8Array, p: number, e: number): number {
  load64(b, p, e);
  return double[0];
}

export function sfixed64At(b: Uint8Array, p: number, e: number): bigint {
  load64(b, p, e);
  return signed[0];
}

export function fixed64At(b: Uint8Array, p: number, e: number): bigint {
  load64(b, p, e);
  return unsigned[0];
}

function load64(b: Uint8Array, p: number, e: number): void {
  if (e - p < 8) throw truncatedValue(8, p, e);
  words[LOW] = b[p] | (b[p + 1] << 8) | (b[p + 2] << 16) | (b[p + 3] << 24);
  words[LOW ^ 1] = b[p + 4] | (b[p + 5] << 8) | (b[p + 6] << 16) | (b[p + 7] << 24);
}

export function putFixed32(value: number, b: Uint8Array, p: number): number {
  if (value !== value >>> 0) throw outOfRange();
  return put32(value, b, p);
}

export function putSfixed32(value: number, b: Uint8Array, p: number): number {
  if (value !== (value | 0)) throw outOfRange();
  return put32(value, b, p);
}

/** Writes the low 32 bits. */
function put32(value: number, b: Uint8Array, p: number): number {
  b[p] = value;
  b[p + 1] = value >>> 8;
  b[p + 2] = value >>> 16;
  b[p + 3] = value >>> 24;
  return p + 4;
}

export function putFloat(value: number, b: Uint8Array, p: number): number {
  float[0] = value;
  // A finite number beyond the range of a float would become infinite.
  if (typeof value !== 'number' || (Number.isFinite(value) && !Number.isFinite(float[0]))) throw outOfRange();
  return put32(words[0], b, p);
}

export function putDouble(value: number, b: Uint8Array, p: number): number {
  if (typeof value !== 'number') throw outOfRange();
  double[0] = value;
  return put64(b, p);
}

export function putFixed64(value: bigint, b: Uint8Array, p: number): number {
  if (BigInt.asUintN(64, value) !== value) throw outOfRange();
  unsigned[0] = value;
  return put64(b, p);
}

export function putSfixed64(value: bigint, b: Uint8Array, p: number): number {
  if (BigInt.asIntN(64, value) !== value) throw outOfRange();
  signed[0] = value;
  return put64(b, p);
}

function put64(b: Uint8Array, p: number): number {
  put32(words[LOW], b, p);
  return put32(words[LOW ^ 1], b, p + 4);
}
