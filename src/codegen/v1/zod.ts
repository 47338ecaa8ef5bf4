// Entry `@im/protocol/codegen/v1/zod`: what generated zod schemas are made of. For generated code alone.
export { type MessageSchema, message } from '../../wire/zod-message.js';
