import type { LoginInfoInit } from '../../generated/im/protocol/v1/login_info.js';
import type { SendInfo, SendInfoInit } from '../../generated/im/protocol/v1/send_info.js';
import type { SessionInfo } from '../../generated/im/protocol/v1/session_info.js';
import type { OnError } from '../callbacks.js';
import type { ProtocolError } from '../errors.js';
import type { Backoff } from '../session/backoff.js';
import type { ClientSessionOptions } from '../session/client-session.js';
import type { ErrorContext } from './callback-context.js';
import type { Trace } from './driver.js';
import type { OutboxPart } from './outbox-part.js';
import type { SyncPart } from './sync-link.js';
import type { CancelSignal } from './transport.js';

/** Options of `connect` and `createClient`. `login` is required. */
export interface ClientOptions extends Omit<ClientSessionOptions, 'login' | 'transport' | 'timeOriginMs' | 'delivered'> {
  /**
   * The token to log in with, or a function that is called before each connection and returns a fresh one. If the function fails, the
   * attempt counts as failed and is retried; a ProtocolError that does not allow a reconnect (UNAUTHENTICATED) ends the client. If
   * the server states when a token expires, a function is also called before that, and renews the token on the open connection.
   */
  readonly login: LoginInfoInit | (() => LoginInfoInit | Promise<LoginInfoInit>);
  /** Timeout for a `login` that is a function, in milliseconds. Default 10000. */
  readonly loginTimeoutMs?: number | undefined;
  /** Backoff between attempts to reconnect. `false`: a lost connection ends the client. Default: `{}`. */
  readonly reconnect?: Backoff | false | undefined;
  /**
   * Retries the first connection as well, with the same backoff, until it is authenticated. Default false: if it fails, the client ends.
   */
  readonly retryFirst?: boolean | undefined;
  /**
   * Sends requests again on the next connection if they were not answered when their connection was lost. The server may have
   * accepted such a request already; it recognizes a message by its `client_message_id`. Default false: they fail.
   */
  readonly resume?: boolean | undefined;
  /**
   * Keeps the conversations of the user: a ClientSync of `@im/protocol/sync`. On connections with version 2 and the feature `sync`, messages,
   * read positions and states go there, and no longer to the iteration over the client. Default: none.
   */
  readonly sync?: SyncPart | undefined;
  /**
   * Keeps messages until the server has answered them, over lost connections and, with a storage, over restarts: an Outbox. Default: none.
   */
  readonly outbox?: OutboxPart | undefined;
  /** An AbortSignal that ends the client with CLOSED. Default: none. */
  readonly signal?: CancelSignal | undefined;
  /** Number of message ids that are remembered, so that a message that arrives twice is delivered once: 1 or more. Default 4096. */
  readonly deliveredIds?: number | undefined;
  /**
   * When a message that expects a receipt is confirmed to the server. `received`: when a loop over the client receives it, or its handlers
   * have been called. `stored`: when the application calls `client.confirm(message)`. Default `received`.
   */
  readonly confirm?: 'received' | 'stored' | undefined;
  /**
   * Answers commands of the application (1000 and up) that the server sends as requests. Default: UNSUPPORTED_COMMAND.
   * @throws ProtocolError to refuse the request. Any other error is INTERNAL to the server, and goes to `onError`.
   */
  readonly onRequest?: ((message: SendInfo) => SendInfoInit | undefined | Promise<SendInfoInit | undefined>) | undefined;
  /** The client has authenticated. Called once for each connection. */
  readonly onLogin?: ((session: SessionInfo) => void) | undefined;
  /** The connection was lost. The next attempt follows after `delayMs` milliseconds. */
  readonly onReconnect?: ((error: ProtocolError, delayMs: number) => void) | undefined;
  /** Something was refused or dropped, and the connection stays open. */
  readonly onNotice?: ((error: ProtocolError) => void) | undefined;
  /**
   * A callback threw or rejected, or did not answer in time. The client goes on. A ProtocolError thrown to refuse a request is
   * not reported. Default: a line on stderr, or on the console of a browser.
   */
  readonly onError?: OnError<ErrorContext> | undefined;
  /** Called with all bytes, received and sent, for debugging. They include secrets. Do not change them. */
  readonly trace?: Trace | undefined;
}

/**
 * The state of a client. `connecting`: the first connection is not authenticated yet. `authenticated`: requests are sent at once. `draining`:
 * the server has sent DRAIN, and the client moves to another connection. `reconnecting`: it has no connection. `closed`: it has ended.
 */
export type ClientState = 'connecting' | 'authenticated' | 'draining' | 'reconnecting' | 'closed';

/** A client at a moment: see `Client.getSnapshot`. It never changes; a change makes another one. */
export interface ClientSnapshot {
  /** The state of the client. */
  readonly state: ClientState;
  /** The session of the current connection, or of the last one. */
  readonly session: SessionInfo | undefined;
  /** Why the last attempt failed or the connection was lost, or why the client has ended. Undefined while it is authenticated. */
  readonly error: ProtocolError | undefined;
  /** How long the client waits before its next attempt to connect, in milliseconds. Undefined unless it waits. */
  readonly retryInMs: number | undefined;
}
