import type { SessionOptions } from './session-options.js';

/** What a ServerSession can be told. All may be left out. */
export interface ServerSessionOptions extends SessionOptions {
  /** The client shall send a heartbeat so often, in milliseconds: 1000 to 600000. Default 30000. */
  readonly heartbeatIntervalMs?: number | undefined;
  /**
   * From the Welcome until LOGIN is accepted, in milliseconds; also how long a LOGIN that renews a token may take. Default 10000.
   */
  readonly loginTimeoutMs?: number | undefined;
  /** Identifies the connection in the logs of both sides, at most 64 bytes of printable ASCII. Default: empty. */
  readonly connectionId?: string | undefined;
}

/** Who is logged in on a connection. */
export interface LoggedIn {
  readonly userId: bigint;
  readonly terminal: number;
  /** The device, as it called itself; may be empty. */
  readonly deviceId: string;
}
