import Long from 'long';
import generated from '../.cache/generated/protobufjs-8.cjs';
import { PLAIN, toNative } from '../native-form.mjs';

export const name = 'protobufjs 8 static';
export const packages = ['protobufjs', 'protobufjs-cli'];
export const int64 = 'Long (two 32-bit halves)';
export const isProtobuf = true;

/** @param models the classes by name, static or reflected. */
export function protobufjsCodec(model) {
  const form = { ...PLAIN, int64: (value) => Long.fromBigInt(value) };
  return {
    native: (message) => model.fromObject(toNative(message, form)),
    encode: (message) => model.encode(message).finish(),
    decode: (bytes) => model.decode(bytes),
  };
}

export function codec(type) {
  return protobufjsCodec(generated.im.protocol.v1[type]);
}
