// `@im/protocol/node`: servers and clients over TCP, TLS and WebSocket, streams, DEFLATE. Optional peer dependencies:
// ws for WebSocket, proxy-addr and forwarded-parse for `trustProxy`.

export * from '../connection/index.js';
export {
  type HttpRequest,
  type LoginResult,
  type Membership,
  ServerConnection,
  type ServerErrorContext,
  type ServerHandlers,
} from '../connection/server-connection.js';
export { type ConnectOptions, connect, createClient } from './connect.js';
export { createDeflate } from './deflate.js';
export { FileStorage, type FileStorageOptions } from './file-storage.js';
export { listen } from './listen.js';
export type { AcceptRequest, ListenOptions, Server } from './listen-options.js';
export { createDecoderStream, createEncoderStream } from './streams.js';
