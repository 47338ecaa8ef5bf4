export const name = 'ts-proto';
export const packages = ['ts-proto'];
export const int64 = 'bigint';
export const isProtobuf = true;

const generated = await import('../.cache/generated/ts-proto.mjs');

export function codec(type) {
  const { fromPartial, encode, decode } = generated[type];
  return {
    native: (message) => fromPartial(message),
    encode: (message) => encode(message).finish(),
    decode: (bytes) => decode(bytes),
  };
}
