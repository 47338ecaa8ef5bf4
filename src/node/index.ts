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
export type { OutcomeCode } from '../connection/server-observer.js';
export type { SessionListener, SessionObservation } from '../connection/session-reporter.js';
export type { Traffic } from '../session/traffic.js';
export { type ConnectOptions, connect, createClient } from './connect.js';
export { createDeflate } from './deflate.js';
export { type DrainOnSignalOptions, drainOnSignal } from './drain-on-signal.js';
export { FileStorage, type FileStorageOptions } from './file-storage.js';
export { answerHealth } from './health.js';
export { listen } from './listen.js';
export type { AcceptRequest, DrainOptions, ListenOptions, Server, ServerStatus } from './listen-options.js';
export type {
  CallMessage,
  ConnectionClosedMessage,
  ConnectionMessage,
  ConnectionRefusedMessage,
  FrameRefusedMessage,
  HandshakeMessage,
  LoginMessage,
  QueueMessage,
  RequestDurationsMessage,
  RequestMessage,
  ServerChannels,
  ServerTracingChannels,
} from './server-channels.js';
export type { CountsByCode, CountsByTransport, DurationHistogram, ServerMetrics } from './server-metrics.js';
export { createDecoderStream, createEncoderStream } from './streams.js';
