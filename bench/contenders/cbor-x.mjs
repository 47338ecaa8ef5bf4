import { Encoder } from 'cbor-x';
import { PLAIN, toNative } from '../native-form.mjs';

export const name = 'cbor-x (records)';
export const packages = ['cbor-x', 'cbor-extract'];
export const int64 = 'bigint beyond 2^53, else number';

const isSafe = (value) => value <= BigInt(Number.MAX_SAFE_INTEGER);
const form = { ...PLAIN, int64: (value) => (isSafe(value) ? Number(value) : value) };

/** The property names go over the wire once and for all: both sides know the structures. */
export function codec() {
  const encoder = new Encoder({ useRecords: true, structures: [] });
  return {
    native: (message) => toNative(message, form),
    encode: (message) => encoder.encode(message),
    decode: (bytes) => encoder.decode(bytes),
  };
}
