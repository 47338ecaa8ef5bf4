import type { SessionOptions } from './session-options.js';

/** Options of a ServerSession. All optional. */
export interface ServerSessionOptions extends SessionOptions {
  /** Interval of the heartbeats of clients, in milliseconds: 1000 to 600000. Clients learn it in the handshake. Default 30000. */
  readonly heartbeatIntervalMs?: number | undefined;
  /** Timeout for LOGIN, from the Welcome until it is accepted, in milliseconds. Default 10000. */
  readonly loginTimeoutMs?: number | undefined;
  /** Identifies the connection in the logs of both sides, at most 64 bytes of printable ASCII. Default: empty. */
  readonly connectionId?: string | undefined;
}

/** The authenticated user of a connection. */
export interface LoggedIn {
  readonly userId: bigint;
  readonly terminal: number;
  /** The device, as the client named it; may be empty. */
  readonly deviceId: string;
}
