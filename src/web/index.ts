// `@im/protocol/web`: what browsers and workers need in the place of Node. Peer dependency: pako.
export type { Deflate } from '../frame/deflate.js';
export { createDeflate } from './deflate.js';
