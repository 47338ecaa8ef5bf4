import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { BENCH, ROOT } from '../prepare/paths.mjs';
import { protobufjsCodec } from './protobufjs-8.mjs';

export { int64, isProtobuf } from './protobufjs-8.mjs';
export const name = 'protobufjs 8 reflection';
export const packages = ['protobufjs'];

const PROTO = join(ROOT, 'proto');
const root = new protobuf.Root();
root.resolvePath = (_, target) => join(target.startsWith('google/') ? join(BENCH, 'node_modules/protobufjs') : PROTO, target);
root.loadSync(readdirSync(join(PROTO, 'im/protocol/v1')).map((file) => `im/protocol/v1/${file}`));

export function codec(type) {
  return protobufjsCodec(root.lookupType(`im.protocol.v1.${type}`));
}
