// `@im/protocol/web`: clients and streams for browsers and workers. DEFLATE is in `@im/protocol/pako`. The types need no DOM lib.

export * from '../connection/index.js';
export { type ConnectOptions, connect, createClient, type UrlLike } from './connect.js';
export { LocalOutboxStorage, type StorageLike } from './local-outbox-storage.js';
export {
  type MiniProgramApi,
  type MiniProgramCallbacks,
  type MiniProgramFailure,
  type MiniProgramSocketOptions,
  miniProgramSocket,
  type SocketTaskLike,
} from './mini-program-socket.js';
export { type ReactNativeSocketOptions, type ReactNativeWebSocket, reactNativeSocket } from './react-native-socket.js';
export { createDecoderStream, createEncoderStream } from './streams.js';
export type { SocketAdapter, SocketEvents, WebSocketConstructor, WebSocketLike } from './websocket-transport.js';
