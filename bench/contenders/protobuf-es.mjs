import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { PLAIN, toNative } from '../native-form.mjs';

export const name = '@bufbuild/protobuf';
export const packages = ['@bufbuild/protobuf'];
export const int64 = 'bigint';
export const isProtobuf = true;

const form = { ...PLAIN, oneof: (oneof, name, value) => ({ [oneof]: { case: name, value } }) };

const generated = await import('../.cache/generated/protobuf-es.mjs');

export function codec(type) {
  const schema = generated[type];
  return {
    native: (message) => create(schema, toNative(message, form)),
    encode: (message) => toBinary(schema, message),
    decode: (bytes) => fromBinary(schema, bytes),
  };
}
