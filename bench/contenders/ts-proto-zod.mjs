import { entry } from '../library.mjs';
import { codec as tsProto } from './ts-proto.mjs';

export const name = 'ts-proto + zod';
export const packages = ['ts-proto', 'zod'];
export const int64 = 'bigint';
export const isProtobuf = true;

const schemas = await entry('zod');

/** Checked by the zod schemas of @im/protocol, which fit because ts-proto's messages look like ours. */
export function codec(type) {
  const { native, encode, decode } = tsProto(type);
  const schema = schemas[`${type}Schema`];
  return { native, checked: { encode, decode: (bytes) => schema.parse(decode(bytes)) } };
}
