import type { LoginInfoInit } from '../../generated/init/im/protocol/v1/login_info.js';
import type { SendInfoInit } from '../../generated/init/im/protocol/v1/send_info.js';
import type { SendInfo } from '../../generated/types/im/protocol/v1/send_info.js';
import type { SessionInfo } from '../../generated/types/im/protocol/v1/session_info.js';
import type { OnError } from '../callbacks.js';
import type { ProtocolError } from '../errors.js';
import type { Backoff } from '../session/backoff.js';
import type { ClientSessionOptions } from '../session/client-session.js';
import type { ErrorContext } from './callback-context.js';
import type { Trace } from './driver.js';
import type { CancelSignal } from './link.js';

/** What a client can be told. */
export interface ClientOptions extends Omit<ClientSessionOptions, 'login' | 'transport' | 'timeOriginMs' | 'delivered'> {
  /**
   * How to log in; a function is asked before each connection, so that a new token can be had. Where it fails, the connection counts as
   * lost, and is tried again; a ProtocolError whose `properties` do not allow that (UNAUTHENTICATED) ends the client.
   */
  readonly login: LoginInfoInit | (() => LoginInfoInit | Promise<LoginInfoInit>);
  /** How long a `login` that is a function may take, in milliseconds; then it counts as failed. Default 10000. */
  readonly loginTimeoutMs?: number | undefined;
  /** How long to wait between tries to connect anew; false = a connection that is lost is not replaced. Default: `{}`. */
  readonly reconnect?: Backoff | false | undefined;
  /**
   * Sends requests again, on the next connection, that were not answered when theirs was lost. Default false: they fail. The server may
   * have taken one over all the same: it knows a message again by its client_message_id.
   */
  readonly resume?: boolean | undefined;
  /** Ends the client. */
  readonly signal?: CancelSignal | undefined;
  /** How many ids of messages are remembered, so that one that comes twice is handed over once. Default 4096. */
  readonly deliveredIds?: number | undefined;
  /**
   * Answers commands of the application (1000 and up) that the server sends as requests. Default: UNSUPPORTED_COMMAND.
   * @throws ProtocolError to refuse the request. Any other error is an INTERNAL to the server, and goes to `onError`.
   */
  readonly onRequest?: ((message: SendInfo) => SendInfoInit | undefined | Promise<SendInfoInit | undefined>) | undefined;
  /** The client has logged in: once for each connection. */
  readonly onLogin?: ((session: SessionInfo) => void) | undefined;
  /** The connection was lost, and another try is made after `delayMs`. */
  readonly onReconnect?: ((error: ProtocolError, delayMs: number) => void) | undefined;
  /** Something was refused or dropped, and the connection is kept: for a log. */
  readonly onNotice?: ((error: ProtocolError) => void) | undefined;
  /**
   * A callback of these options threw or rejected, or did not answer in time: for a log. What it throws to refuse something is no error.
   * Whatever a callback does, the client goes on. Default: a line on stderr, or on the console where there is no stderr.
   */
  readonly onError?: OnError<ErrorContext> | undefined;
  /** Sees all bytes, for a log or a test. */
  readonly trace?: Trace | undefined;
}

/** Where a client stands: `authenticated` means that requests go out at once. */
export type ClientState = 'connecting' | 'authenticated' | 'draining' | 'reconnecting' | 'closed';
