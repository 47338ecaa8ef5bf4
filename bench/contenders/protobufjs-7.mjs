import generated from '../.cache/generated/protobufjs-7.cjs';
import { protobufjsCodec } from './protobufjs-8.mjs';

export { int64, isProtobuf } from './protobufjs-8.mjs';
export const name = 'protobufjs 7 static';
export const packages = ['protobufjs-7/protobufjs', 'protobufjs-7/protobufjs-cli'];

export function codec(type) {
  return protobufjsCodec(generated.im.protocol.v1[type]);
}
