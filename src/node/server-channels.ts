// The channels of `node:diagnostics_channel` to which servers publish, and their messages.
import { channel, tracingChannel } from 'node:diagnostics_channel';
import type { SendInfo } from '../../generated/im/protocol/v1/send_info.js';
import type { ServerConnection } from '../connection/server-connection.js';
import type { OutcomeCode } from '../connection/server-observer.js';
import type { ProtocolError } from '../errors.js';
import type { Server } from './listen-options.js';

/** A message about a connection. */
export interface ConnectionMessage {
  /** The server, as `listen` has returned it. */
  readonly server: Server;
  /** The connection of the client. `httpRequest` may have secrets. */
  readonly connection: ServerConnection;
}

/** `im.protocol.server.connection.close`: a connection has ended, before `onClose`. */
export interface ConnectionClosedMessage extends ConnectionMessage {
  /** The code of the reason; `OK` if one side closed without an error. */
  readonly code: OutcomeCode;
  /** The reason, as in `onClose`. */
  readonly error: ProtocolError | undefined;
  /** How long the connection was open, in milliseconds. */
  readonly durationMs: number;
}

/** `im.protocol.server.connection.refuse`: `accept`, `maxConnectionsPerAddress` or, on WebSocket, `maxConnections` has refused a client. */
export interface ConnectionRefusedMessage {
  /** The server, as `listen` has returned it. */
  readonly server: Server;
  /** How the client is connected. */
  readonly transport: ServerConnection['transport'];
  /** As `AcceptRequest.remoteAddress`. */
  readonly remoteAddress: string;
  /** The error that the client gets. */
  readonly error: ProtocolError;
}

/** `im.protocol.server.handshake`: Hello was answered, or the connection ended with an error before. */
export interface HandshakeMessage extends ConnectionMessage {
  /** `OK`, or the code of the error. */
  readonly code: OutcomeCode;
  /** Why there was no agreement; undefined if there is one: `connection.agreement`. */
  readonly error: ProtocolError | undefined;
  /** Time since the client connected, in milliseconds. */
  readonly durationMs: number;
}

/** `im.protocol.server.frame.refuse`: a frame was refused or dropped because of its content. */
export interface FrameRefusedMessage extends ConnectionMessage {
  /** Why: its code, and where they apply, offset, path and limit. */
  readonly error: ProtocolError;
}

/** `im.protocol.server.queue`: the client reads too slowly, or fast enough again. */
export interface QueueMessage extends ConnectionMessage {
  /** True: the transport was still full after a turn of the event loop. False: it has written its buffer. */
  readonly isFull: boolean;
  /** As `ServerConnection.bufferedBytes`. */
  readonly bufferedBytes: number;
}

/** `im.protocol.server.request.durations`: requests have ended. Published for 1,000 requests at once, and for the rest by `Server.metrics()`. */
export interface RequestDurationsMessage {
  /** The server, as `listen` has returned it. */
  readonly server: Server;
  /** Times from the call of `member` or `message` to the answer, in milliseconds, in the order of the answers. */
  readonly durationsMs: readonly number[];
}

/** A message of the tracing channels. All five channels of a call get the same object. */
export interface CallMessage extends ConnectionMessage {
  /** The result, from `asyncStart` on: `OK`, or the code of the error that the client gets. */
  code?: OutcomeCode | undefined;
  /** What the callback has thrown, if it has. It may contain secrets. */
  error?: unknown;
  /** Time from the call to the answer, in milliseconds, from `asyncStart` on. */
  durationMs?: number | undefined;
  /**
   * For subscribers of `start`: `wrap` must call its argument, which calls the callback, once and at once. It is for contexts that are not an
   * AsyncLocalStorage, which `bindStore` requires: `message.within((call) => context.with(active, call))`.
   */
  within(wrap: (call: () => void) => void): void;
}

/** `im.protocol.server.login`: a LOGIN is verified by the callback `login`. It does not contain the token. */
export interface LoginMessage extends CallMessage {
  /** The connection is authenticated already, and renews its token. */
  readonly isRenewal: boolean;
}

/** `im.protocol.server.request`: a message of a client is handled by the callbacks `member` and `message`. */
export interface RequestMessage extends CallMessage {
  /** The name of the command, as in `Server.metrics()`: `OTHER` for a command that the option `commands` does not list. */
  readonly command: string;
  /** The whole message, with the texts of users: do not log it. */
  readonly message: SendInfo;
}

/** The channels of a server, by name, and their messages. */
export interface ServerChannels {
  /** A connection was opened; nothing of it has been read. */
  readonly 'im.protocol.server.connection.open': ConnectionMessage;
  readonly 'im.protocol.server.connection.close': ConnectionClosedMessage;
  readonly 'im.protocol.server.connection.refuse': ConnectionRefusedMessage;
  readonly 'im.protocol.server.handshake': HandshakeMessage;
  readonly 'im.protocol.server.frame.refuse': FrameRefusedMessage;
  readonly 'im.protocol.server.queue': QueueMessage;
  readonly 'im.protocol.server.request.durations': RequestDurationsMessage;
}

/** The tracing channels of a server, by the name for `tracingChannel`, and their messages. */
export interface ServerTracingChannels {
  readonly 'im.protocol.server.login': LoginMessage;
  readonly 'im.protocol.server.request': RequestMessage;
}

const named = (name: keyof ServerChannels) => channel(name);
const traced = (name: keyof ServerTracingChannels) => tracingChannel(name);

export const CHANNELS = {
  opened: named('im.protocol.server.connection.open'),
  closed: named('im.protocol.server.connection.close'),
  refused: named('im.protocol.server.connection.refuse'),
  handshake: named('im.protocol.server.handshake'),
  frameRefused: named('im.protocol.server.frame.refuse'),
  queue: named('im.protocol.server.queue'),
  requestDurations: named('im.protocol.server.request.durations'),
  login: traced('im.protocol.server.login'),
  request: traced('im.protocol.server.request'),
};
