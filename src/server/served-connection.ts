import type { RegisteredConnection } from '../session/connection-registry.js';

/** A connection of a client, as the functions of this folder need it: a ServerConnection. */
export interface ServedConnection extends RegisteredConnection {
  /** Identifies the connection among all that the server ever had. */
  readonly id: string;
  /** The state of its session. */
  readonly state: string;
  /** Number of bytes that wait to be written. */
  readonly bufferedBytes: number;
  /** Maximum size of a frame that the client accepts, in bytes; undefined before the handshake. */
  readonly maxFrameBytes: number | undefined;
  /** Calls back once when the connection has ended, at once if it has. */
  whenClosed(listener: () => void): void;
}
