import { PLAIN, toNative } from '../native-form.mjs';

export const name = '@protobuf-ts';
export const packages = ['@protobuf-ts/runtime', '@protobuf-ts/plugin'];
export const int64 = 'bigint';
export const isProtobuf = true;

const form = { ...PLAIN, oneof: (oneof, name, value) => ({ [oneof]: { oneofKind: name, [name]: value } }) };

const generated = await import('../.cache/generated/protobuf-ts.mjs');

export function codec(type) {
  const model = generated[type];
  return {
    native: (message) => model.create(toNative(message, form)),
    encode: (message) => model.toBinary(message),
    decode: (bytes) => model.fromBinary(bytes),
  };
}
