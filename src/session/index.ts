// `@im/protocol/session`: both sides of a connection as state machines, without socket, timer and clock.
//
//   Session          the public interface (session.ts, client-session.ts, server-session.ts)
//   SessionMachine   implements it: advances the clock, and calls the parts below (client-machine.ts, server-machine.ts)
//   SessionCore      the state: reader, writer, queue, events, requests; `finish` closes the connection
//   Incoming         frames of the peer      bytes -> FrameReader -> Incoming -> events
//   outgoing.ts      messages of the application      request, push, reply -> FrameWriter -> OutgoingQueue -> bytes
export { type Backoff, backoffDelay } from './backoff.js';
export { ClientSession, type ClientSessionOptions } from './client-session.js';
export { ConnectionRegistry, type KickOptions, type RegisteredConnection, type Sessions } from './connection-registry.js';
export { DeliveredWindow } from './delivered-window.js';
export { createErrorInfo, type ErrorInfoOptions } from './frame-writer.js';
export { type LoggedIn, ServerSession, type ServerSessionOptions } from './server-session.js';
export type { Session } from './session.js';
export type { SessionEvent, SessionState } from './session-event.js';
export type { SessionOptions } from './session-options.js';
export { type FrameTarget, SharedFrame } from './shared-frame.js';
export type { Traffic } from './traffic.js';
