import { Packr } from 'msgpackr';
import { PLAIN, toNative } from '../native-form.mjs';

export const name = 'msgpackr (records)';
export const packages = ['msgpackr', 'msgpackr-extract'];
export const int64 = 'bigint';

/** The property names go over the wire once and for all: both sides know the structures. */
export function codec() {
  const packr = new Packr({ useRecords: true, structures: [] });
  return {
    native: (message) => toNative(message, PLAIN),
    encode: (message) => packr.pack(message),
    decode: (bytes) => packr.unpack(bytes),
  };
}
