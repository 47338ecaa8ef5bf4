// `@im/protocol/node`: what needs Node. Peer dependency, for WebSocket alone: ws.

export type { CallbackContext, OnError } from '../callbacks.js';
export type { ErrorContext } from '../connection/callback-context.js';
export { Client, type ClientOptions, type ClientState } from '../connection/client.js';
export type { Trace } from '../connection/driver.js';
export type { RequestOptions } from '../connection/outgoing-requests.js';
export type { ReplyData, RequestData, Requests } from '../connection/request-types.js';
export { ServerConnection, type ServerErrorContext, type ServerHandlers } from '../connection/server-connection.js';
export type { CancelSignal } from '../connection/transport.js';
export type { Deflate } from '../frame/deflate.js';
export { type ConnectOptions, connect } from './connect.js';
export { createDeflate } from './deflate.js';
export { listen } from './listen.js';
export type { ListenOptions, Server } from './listen-options.js';
export { createDecoderStream, createEncoderStream } from './streams.js';
