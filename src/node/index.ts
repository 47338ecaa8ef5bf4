// `@im/protocol/node`: what needs Node.
export type { Deflate } from '../frame/deflate.js';
export { createDeflate } from './deflate.js';
