// Entry `@im/protocol/runtime/zod`: what generated zod schemas are made of. For generated code alone.
export { type MessageSchema, message } from '../wire/zod-message.js';
