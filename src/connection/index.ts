// A session with a transport and a clock, and the client that stays connected. `@im/protocol/node` and `@im/protocol/web` export this page.
//
//   socket -> Transport -> Driver -> Session -> events -> ServerConnection, or ClientConnection -> Connector -> Client
//
//   transport.ts          Transport: an open socket, written by src/node and src/web; Dial opens one
//   platform.ts           Platform: clock, timers, ids, also from src/node and src/web
//   driver.ts             Driver: moves bytes and time between Transport and Session, with back-pressure and deadlines
//   server-connection.ts  ServerConnection: calls the handlers of a server, one message after the other
//   client-connection.ts  ClientConnection: one connection of a client, from dialing to its end
//   connector.ts          Connector: connects, reconnects with backoff, moves when the server drains
//   client.ts             Client: requests as promises (outgoing-requests.ts)
//   receiver.ts           Receiver: messages of the server by iteration (inbox.ts) and handlers (handlers.ts), requests of the server
//   client-status.ts      ClientStatus: snapshots of a client for user interfaces (store.ts)
//   outbox.ts             Outbox: keeps messages until they are answered, over lost connections and restarts
//   sleep-watch.ts        notices that the device has slept
//
// Nothing here knows Node or the DOM, so tests run with a fake Transport and a fake Platform.

export type { CallbackContext, OnError } from '../callbacks.js';
export type { Deflate } from '../frame/deflate.js';
export type { ErrorContext } from './callback-context.js';
export { Client, type ClientOptions, type ClientSnapshot, type ClientState } from './client.js';
export type { Trace } from './driver.js';
export type { MessageHandler, ReceivedData, ServerMessages } from './handlers.js';
export { Outbox, type OutboxOptions } from './outbox.js';
export type { OutboxCommand, OutboxMessage } from './outbox-entry.js';
export type { OutboxLink, OutboxPart } from './outbox-part.js';
export type { OutboxStorage, StoredOutboxMessage } from './outbox-storage.js';
export type { RequestOptions } from './outgoing-requests.js';
export type { Platform } from './platform.js';
export type { PushData, Pushes, ReplyData, RequestData, Requests, SpecifiedCommand } from './request-types.js';
export type { SyncLink, SyncPart } from './sync-link.js';
export type { CancelSignal } from './transport.js';
