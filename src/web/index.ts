// `@im/protocol/web`: what browsers and workers need in the place of Node. DEFLATE is in `@im/protocol/pako`.

export type { CallbackContext, OnError } from '../callbacks.js';
export type { ErrorContext } from '../connection/callback-context.js';
export { Client, type ClientOptions, type ClientState } from '../connection/client.js';
export type { Trace } from '../connection/driver.js';
export type { RequestOptions } from '../connection/outgoing-requests.js';
export type { ReplyData, RequestData, Requests } from '../connection/request-types.js';
export type { CancelSignal } from '../connection/transport.js';
export type { Deflate } from '../frame/deflate.js';
export { type ConnectOptions, connect } from './connect.js';
export { createDecoderStream, createEncoderStream } from './streams.js';
export type { WebSocketConstructor, WebSocketLike } from './websocket-transport.js';
