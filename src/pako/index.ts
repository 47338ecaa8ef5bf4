// `@im/protocol/pako`: DEFLATE where there is no node:zlib. Peer dependency: pako.

export type { Deflate } from '../frame/deflate.js';
export { createDeflate } from './deflate.js';
