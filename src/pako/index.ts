// `@im/protocol/pako`: DEFLATE for environments without node:zlib. Peer dependency: pako.

export type { Deflate } from '../frame/deflate.js';
export { createDeflate } from './deflate.js';
