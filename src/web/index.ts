// `@im/protocol/web`: clients and streams for browsers and workers. DEFLATE is in `@im/protocol/pako`. The types need no DOM lib.

export * from '../connection/index.js';
export { type ConnectOptions, connect, createClient, type UrlLike } from './connect.js';
export { LocalOutboxStorage, type StorageLike } from './local-outbox-storage.js';
export { createDecoderStream, createEncoderStream } from './streams.js';
export type { WebSocketConstructor, WebSocketLike } from './websocket-transport.js';
