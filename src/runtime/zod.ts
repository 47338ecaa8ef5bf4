// Entry `@im/protocol/runtime/zod`: what generated zod schemas are made of. For generated code alone.
export { message, oneof } from '../wire/zod-message.js';
export { bytes, float, list, map, rule, text, told } from '../wire/zod-values.js';
export * from '../zod/index.js';
