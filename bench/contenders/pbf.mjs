import { PbfReader, PbfWriter } from 'pbf';
import { PLAIN, toNative } from '../native-form.mjs';

export const name = 'pbf';
export const packages = ['pbf'];
export const int64 = 'number (rounded beyond 2^53)';
export const isProtobuf = true;
export const isLossy = true;

const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const form = { ...PLAIN, int64: Number, name: snakeCase, oneof: (_, name, value) => ({ [snakeCase(name)]: value }) };

const generated = await import('../.cache/generated/pbf.mjs');

export function codec(type) {
  const write = generated[`write${type}`];
  const read = generated[`read${type}`];
  return {
    native: (message) => toNative(message, form),
    encode: (message) => {
      const writer = new PbfWriter();
      write(message, writer);
      return writer.finish();
    },
    decode: (bytes) => read(new PbfReader(bytes)),
  };
}
